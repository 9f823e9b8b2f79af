/**
 * An object store in a folder of a file system, for the embedded platform. What others drop into the folder are objects:
 * a file's key is its path in the folder, with `/` on every system. Hidden files and unfinished ones are none, see
 * `ObjectStore`, and neither is what a symbolic link points to.
 *
 * The version of an object is its size and the time of its last change, to the millisecond. One that is written in place
 * is taken for written when neither has changed for a second; a file that was renamed into its place was whole before.
 *
 * The folder is looked through once a second, or less often when that takes longer than a tenth of the time: what the
 * system tells about changed folders differs between systems, and gets lost. It is for some ten thousand objects, not for
 * millions. A folder that has gone, such as an unmounted one, is an error; an empty one in its place means that all
 * objects were removed.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import * as Stream from "effect/Stream"
import * as Walk from "./internal/tasks/walkFolder.ts"
import {
  checkKey,
  type ObjectInfo,
  ObjectNotFound,
  ObjectStore,
  ObjectStoreError,
  type ObjectStoreShape
} from "./ObjectStore.ts"
import * as Signal from "./Signal.ts"

/** Which folder. */
export interface Options {
  /** Its path. It is made when it isn't there. */
  readonly folder: string
}

/** A file that doesn't change for so long is written, in milliseconds. */
const quietMillis = 1000

/** How often the folder is looked through, in milliseconds. */
const lookMillis = 1000

/** A version of a file, and when it was seen first. */
interface Seen {
  readonly version: string
  readonly since: number
  readonly isWritten: boolean
}

const seenNow = (before: Seen | undefined, version: string, now: number): Seen => {
  if (before?.version !== version) return { version, since: now, isWritten: false }
  // When the clock was set back, the second begins anew.
  const since = Math.min(before.since, now)
  return { version, since, isWritten: before.isWritten || now - since >= quietMillis }
}

const failed = (what: string) => (cause: PlatformError): ObjectStoreError => {
  const tag = cause.reason._tag
  const isRetryable = tag !== "BadArgument" && tag !== "PermissionDenied" && tag !== "InvalidData"
  return new ObjectStoreError({ detail: `${what}: ${cause.message}`, isRetryable, cause })
}

/** Makes the store, and watches the folder as long as the scope is open. */
export const make = Effect.fnUntraced(function*({ folder }: Options): Effect.fn.Return<
  ObjectStoreShape,
  ObjectStoreError,
  FileSystem.FileSystem | Path.Path | Scope.Scope
> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const changed = Signal.make()
  // What this store writes must not be seen by the half of a look.
  const looking = Semaphore.makeUnsafe(1)
  let seen: ReadonlyMap<string, Seen> = new Map()

  const root = yield* fs.makeDirectory(folder, { recursive: true }).pipe(
    Effect.andThen(fs.realPath(folder)),
    Effect.mapError(failed(`the folder '${folder}' can't be used`))
  )

  /** Looks through a folder of it. A version that is seen for the first time is not written yet. */
  const look = Effect.fnUntraced(
    function*(prefix: string) {
      const files = yield* Walk.files({ fs, path, folder: root }, prefix, seen.keys())
      const now = yield* Clock.currentTimeMillis
      const next = new Map([...seen].filter(([key]) => !key.startsWith(prefix)))
      for (const { key, version } of files) next.set(key, seenNow(seen.get(key), version, now))
      const isNews = next.size !== seen.size ||
        files.some(({ key }) => {
          const before = seen.get(key)
          const { isWritten, version } = next.get(key)!
          return before?.version !== version || before.isWritten !== isWritten
        })
      seen = next
      if (isNews) changed.notify()
      return files.map((file): ObjectInfo => ({ ...file, isWritten: next.get(file.key)!.isWritten }))
    },
    looking.withPermit,
    Effect.mapError(failed(`the folder '${folder}' can't be read`))
  )

  const locate = Effect.fnUntraced(function*(key: string) {
    yield* checkKey(key)
    return path.join(root, ...key.split("/"))
  })

  /** What is found by a link is somebody else's. */
  const stayInside = Effect.fnUntraced(function*(key: string, file: string) {
    const real = yield* fs.realPath(file)
    if (real !== root && !real.startsWith(root + path.sep)) {
      return yield* new ObjectStoreError({
        detail: `'${key}' leads out of the folder '${folder}' by a link; remove the link`,
        isRetryable: false
      })
    }
  })

  const orNotFound = (key: string) => <A>(effect: Effect.Effect<A, PlatformError | ObjectStoreError>) =>
    Effect.mapError(effect, (error) =>
      error._tag === "ObjectStoreError"
        ? error
        : error.reason._tag === "NotFound"
        ? new ObjectNotFound({ key })
        : failed(`'${key}' can't be read`)(error))

  const get = Effect.fnUntraced(function*(key: string) {
    const file = yield* locate(key)
    return yield* orNotFound(key)(Effect.andThen(stayInside(key, file), fs.readFile(file)))
  })

  const writing = (key: string) => <A>(effect: Effect.Effect<A, PlatformError | ObjectStoreError>) =>
    Effect.mapError(
      effect,
      (error) => error._tag === "ObjectStoreError" ? error : failed(`'${key}' can't be written`)(error)
    )

  const put = Effect.fnUntraced(function*(key: string, content: Uint8Array | string) {
    const file = yield* locate(key)
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content
    const directory = path.dirname(file)
    const draft = path.join(directory, `.${(yield* Random.nextIntBetween(0, 2 ** 48)).toString(36)}.part`)
    return yield* Effect.gen(function*() {
      yield* fs.makeDirectory(directory, { recursive: true })
      yield* stayInside(key, directory)
      yield* fs.writeFile(draft, bytes)
      return yield* looking.withPermit(Effect.gen(function*() {
        yield* fs.rename(draft, file)
        const version = Walk.versionOf(yield* fs.stat(file))
        // It was whole when it got its name.
        seen = new Map([...seen, [key, { version, since: 0, isWritten: true }]])
        changed.notify()
        return { key, version, size: bytes.length, isWritten: true }
      }))
    }).pipe(
      Effect.onError(() => Effect.ignore(fs.remove(draft, { force: true }))),
      writing(key)
    )
  })

  yield* look("")
  yield* Effect.forkScoped(Effect.forever(Effect.gen(function*() {
    const begun = yield* Clock.currentTimeMillis
    // Who lists the objects is told of the failure; here it passes or comes again.
    yield* Effect.ignore(look(""))
    const took = (yield* Clock.currentTimeMillis) - begun
    yield* Effect.sleep(Math.max(lookMillis, 9 * took))
  })))

  return {
    get,
    text: (key) => Effect.map(get(key), (content) => new TextDecoder().decode(content)),
    put,
    remove: Effect.fnUntraced(function*(key) {
      const file = yield* locate(key)
      yield* looking.withPermit(Effect.gen(function*() {
        yield* fs.remove(file, { force: true })
        seen = new Map([...seen].filter(([other]) => other !== key))
        changed.notify()
      })).pipe(Effect.mapError(failed(`'${key}' can't be removed`)))
    }),
    list: (prefix) =>
      Stream.unwrap(
        Effect.map(look(prefix.slice(0, prefix.lastIndexOf("/") + 1)), (found) =>
          Stream.fromIterable(found.filter(({ key }) => key.startsWith(prefix))))
      ),
    changed: changed.next
  }
})

/**
 * The objects in a folder. It needs the file system and the paths of where it runs: `NodeServices.layer` of
 * `@effect/platform-node` has both.
 *
 * @example
 * ```ts
 * import * as NodeServices from "@effect/platform-node/NodeServices"
 * import * as ObjectStoreFolder from "@reventless/core/ObjectStoreFolder"
 * import * as Layer from "effect/Layer"
 *
 * const Inbox = ObjectStoreFolder.layer({ folder: "inbox" }).pipe(Layer.provide(NodeServices.layer))
 * ```
 */
export const layer = (
  options: Options
): Layer.Layer<ObjectStore, ObjectStoreError, FileSystem.FileSystem | Path.Path> =>
  Layer.effect(ObjectStore, make(options))
