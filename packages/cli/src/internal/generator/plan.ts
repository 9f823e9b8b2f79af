/** What the files of a plugin's folder come to: its `Plugin.ts`, or why there is none. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Result from "effect/Result"
import * as Manifest from "./manifest.ts"
import { type Component, pair } from "./pair.ts"
import { byPlace, type Problem } from "./problems.ts"
import { isGenerated, render } from "./render.ts"
import { core, reader } from "./source.ts"

/** A plugin as its files have it. */
export interface Plan {
  readonly folder: string
  /** Where its Plugin.ts is, from where the command was typed. */
  readonly file: string
  readonly manifest: Manifest.Manifest
  readonly components: ReadonlyArray<Component>
  /** What the file says now; absent when there is none. */
  readonly before: string | undefined
  /** What it is to say. */
  readonly after: string
}

/** Why a plugin can't be made of the files in a folder; all of it. */
export interface Refusal {
  readonly folder: string
  readonly problems: ReadonlyArray<Problem>
}

const pluginFile = "src/Plugin.ts"

/** A source that may hold a component: no test, no declaration file, nothing with a further dot in its name. */
const isSource = (name: string): boolean => /^[^.]+\.ts$/.test(name)

const isFolder = (name: string): boolean => name !== "node_modules" && !name.startsWith(".")

/** The sources below a folder, from the package's folder, with slashes. */
const sourcesBelow = Effect.fnUntraced(function*(root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const walk = (folder: string): Effect.Effect<ReadonlyArray<string>, PlatformError> =>
    Effect.gen(function*() {
      const found = yield* Effect.forEach(
        yield* fs.readDirectoryEntries(path.join(root, folder)),
        Effect.fnUntraced(function*(entry) {
          const below = `${folder}/${entry.name}`
          // Some file systems don't say what a name in a folder is.
          const type = entry.type === "Unknown" ? (yield* fs.stat(path.join(root, below))).type : entry.type
          if (type === "Directory") return isFolder(entry.name) ? yield* walk(below) : []
          return isSource(entry.name) && below !== pluginFile ? [below] : []
        })
      )
      return found.flat()
    })
  return yield* walk("src")
})

/** A file's text; undefined when there is none, or not any more. */
const textOf = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.catchIf(
    fs.readFileString(file),
    ({ reason }) => reason._tag === "NotFound",
    () => Effect.undefined
  )
})

const byHand: Problem = {
  file: pluginFile,
  message: "it wasn't generated, and what is written by hand isn't overwritten. Keep it and don't name this folder, " +
    "delete it, or give --force."
}

/** Plans a plugin's file. Reads only; the order in which a folder is listed doesn't matter. */
export const plan = Effect.fnUntraced(function*(folder: string, options: { readonly force: boolean }) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const refuse = (...problems: ReadonlyArray<Problem>): Result.Result<Plan, Refusal> =>
    Result.fail({ folder, problems })
  const packageJson = yield* textOf(path.join(folder, "package.json"))
  if (packageJson === undefined) {
    return refuse({ file: "package.json", message: "there is none. Name the folder of a plugin's package." })
  }
  if (!(yield* fs.exists(path.join(folder, "src")))) {
    return refuse({ file: "src", message: "there is no such folder. Name the folder of a plugin's package." })
  }
  const manifest = Manifest.read(packageJson)
  const read = yield* reader
  const sources = yield* Effect.forEach(
    yield* sourcesBelow(folder),
    (file) =>
      Effect.flatMap(
        textOf(path.join(folder, file)),
        (source) => source === undefined ? Effect.succeed([]) : Effect.map(read(file, source), (one) => [one])
      )
  )
  const { components, problems } = pair(Manifest.packageNameIn(packageJson), sources.flat())
  const before = yield* textOf(path.join(folder, pluginFile))
  const empty = {
    file: "src",
    message:
      `nothing in it is a component. Define one in <Name>.ts: class <Name> extends <Kind>.make("<Name>", ...), ` +
      `with a <Kind> of ${core}.`
  }
  const all: Array<Problem> = [
    ...Result.isFailure(manifest) ? manifest.failure : [],
    ...problems,
    ...components.length === 0 && problems.length === 0 ? [empty] : [],
    ...before === undefined || isGenerated(before) || options.force ? [] : [byHand]
  ]
  if (Result.isFailure(manifest) || all.length > 0) return refuse(...all.sort(byPlace))
  const planned: Plan = {
    folder,
    file: path.join(folder, pluginFile),
    manifest: manifest.success,
    components,
    // A checkout may have given it other line endings; those are no change.
    before: before?.replaceAll("\r\n", "\n"),
    after: render(manifest.success, components)
  }
  return Result.succeed(planned)
})

/** Whether the file says something else. */
export const isStale = ({ after, before }: Plan): boolean => before !== after
