import * as Effect from "effect/Effect"
import type * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import type * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import { faultOfKey } from "./objectKey.ts"

/** A file that is there. */
export interface Found {
  readonly key: string
  readonly version: string
  /** In bytes. */
  readonly size: number
}

/** A folder, and what it is looked through with. */
export interface Root {
  readonly fs: FileSystem.FileSystem
  readonly path: Path.Path
  /** The real path of the folder. */
  readonly folder: string
}

/** The version of a file: its size, and when it changed last, in milliseconds since 1970. */
export const versionOf = ({ mtime, size }: FileSystem.File.Info): string =>
  `${size}-${Option.match(mtime, { onNone: () => 0, onSome: (time) => time.getTime() })}`

/** How many files of a folder are looked at, at the same time. */
const concurrency = 16

const isGone = (error: PlatformError): boolean => error.reason._tag === "NotFound"

const orElse = <B>(missing: B) => <A>(effect: Effect.Effect<A, PlatformError>): Effect.Effect<A | B, PlatformError> =>
  Effect.catchIf(effect, isGone, () => Effect.succeed(missing))

/**
 * The files below a folder of the root, in no order. `prefix` is empty, or the folder's path with `/` at its end. Fails
 * when the root is missing or something can't be read; what goes while it looks is gone. Links are not followed.
 *
 * A folder that is read while it changes may leave a file out. So files that were `known` and are not found are looked
 * for by their names.
 */
export const files = Effect.fnUntraced(function*(
  { folder, fs, path }: Root,
  prefix: string,
  known: Iterable<string>
): Effect.fn.Return<ReadonlyArray<Found>, PlatformError> {
  const found = new Map<string, Found>()
  const fileOf = (key: string) => path.join(folder, ...key.split("/"))

  const look = Effect.fnUntraced(function*(key: string) {
    const info = yield* orElse(undefined)(fs.stat(fileOf(key)))
    if (info?.type === "File") found.set(key, { key, version: versionOf(info), size: Number(info.size) })
  })

  const enter = (under: string): Effect.Effect<void, PlatformError> =>
    Effect.gen(function*() {
      const entries = yield* orElse([])(fs.readDirectoryEntries(fileOf(under)))
      const keys = entries.map(({ name, type }) => ({ key: `${under}${name}`, type }))
      const usable = keys.filter(({ key }) => faultOfKey(key) === undefined)
      yield* Effect.forEach(usable, ({ key, type }) => type === "File" ? look(key) : Effect.void, {
        concurrency,
        discard: true
      })
      yield* Effect.forEach(usable, ({ key, type }) => type === "Directory" ? enter(`${key}/`) : Effect.void, {
        discard: true
      })
    })

  yield* fs.access(folder)
  if (prefix !== "") {
    const start = fileOf(prefix.slice(0, -1))
    if (faultOfKey(prefix.slice(0, -1)) !== undefined) return []
    if ((yield* orElse(undefined)(fs.realPath(start))) !== start) return []
  }
  yield* enter(prefix)
  for (const key of known) {
    const isMissing = key.startsWith(prefix) && !found.has(key)
    if (isMissing && (yield* orElse(undefined)(fs.realPath(fileOf(key)))) === fileOf(key)) yield* look(key)
  }
  return [...found.values()]
})
