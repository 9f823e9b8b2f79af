import type * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import type { PlatformError } from "effect/PlatformError"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { refused } from "../failure.ts"
import * as Modules from "../modules.ts"

/** A package of contracts, and the extension points that it exports. */
export interface SpecPackage {
  readonly name: string
  readonly folder: string
  readonly points: ReadonlyArray<ExtensionPoint.Any>
}

const Manifest = Schema.Struct({
  name: Schema.optionalKey(Schema.String),
  exports: Schema.optionalKey(Schema.Json),
  main: Schema.optionalKey(Schema.String)
})

/** What isn't looked into: what is installed, what is built, what is hidden. */
const isPassedOver = (name: string): boolean => name === "node_modules" || name === "dist" || name.startsWith(".")

/** The folders with a `package.json` in a folder and below it. */
const packageFolders = Effect.fnUntraced(function*(
  folder: string
): Effect.fn.Return<ReadonlyArray<string>, PlatformError, FileSystem.FileSystem | Path.Path> {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const names = (yield* fs.readDirectory(folder)).filter((name) => !isPassedOver(name)).sort()
  const below = yield* Effect.forEach(names, (name) => {
    const at = path.join(folder, name)
    return Effect.flatMap(
      // A link that leads to a folder above would lead round and round.
      Effect.all([Effect.isSuccess(fs.readLink(at)), fs.stat(at)]),
      ([isLink, { type }]) => !isLink && type === "Directory" ? packageFolders(at) : Effect.succeed([])
    )
  })
  return [...names.includes("package.json") ? [folder] : [], ...below.flat()]
})

/** The file that `exports` names for the package itself. */
const entryOf = (exports: unknown): string | undefined => {
  if (typeof exports === "string") return exports
  if (!Predicate.isObject(exports)) return undefined
  const conditions = exports as Readonly<Record<string, unknown>>
  if ("." in conditions) return entryOf(conditions["."])
  for (const condition of ["import", "node", "default"]) {
    const found = entryOf(conditions[condition])
    if (found !== undefined) return found
  }
  return undefined
}

const isPoint = (value: unknown): value is ExtensionPoint.Any =>
  Predicate.hasProperty(value, "kind") && value.kind === "ExtensionPoint" && Predicate.hasProperty(value, "tag")

const readManifest = Effect.fnUntraced(function*(folder: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const file = path.join(folder, "package.json")
  return yield* Effect.mapError(
    Effect.flatMap(fs.readFileString(file), Schema.decodeEffect(Schema.fromJsonString(Manifest))),
    ({ message }) => refused(`${file} can't be read: ${message}`)
  )
})

const read = Effect.fnUntraced(function*(folder: string, { exports, main, name = folder }: typeof Manifest.Type) {
  const path = yield* Path.Path
  const entry = exports === undefined ? main : entryOf(exports)
  if (entry === undefined) {
    return yield* refused(`Package '${name}' has no entry: give its package.json an 'exports' with '.'.`)
  }
  const points = (yield* Modules.load(path.join(folder, entry))).filter(isPoint)
  const spec: SpecPackage = { name, folder, points }
  return spec
})

/**
 * The packages of contracts in these folders and below: those whose names end with `-spec`. Refuses folders without any,
 * and an extension point that two packages export.
 */
export const find = Effect.fnUntraced(function*(folders: ReadonlyArray<string>) {
  const found = yield* Effect.mapError(
    Effect.forEach(folders, packageFolders),
    (error) =>
      refused(
        error.reason._tag === "NotFound"
          ? `There is no folder '${error.reason.pathOrDescriptor}'.`
          : `The folders can't be read: ${error.message}.`
      )
  )
  const manifests = yield* Effect.forEach(
    [...new Set(found.flat())],
    (folder) => Effect.map(readManifest(folder), (manifest) => ({ folder, manifest }))
  )
  const specs = manifests.filter(({ manifest }) => manifest.name?.endsWith("-spec"))
  if (specs.length === 0) {
    return yield* refused(`There is no package of contracts in ${folders.join(", ")}: their names end with '-spec'.`)
  }
  const packages = yield* Effect.forEach(specs, ({ folder, manifest }) => read(folder, manifest))
  for (const [index, { name, points }] of packages.entries()) {
    for (const { tag } of points) {
      const other = packages.slice(0, index).find((one) => one.points.some((point) => point.tag === tag))
      if (other !== undefined) {
        return yield* refused(`'${tag}' is exported by '${other.name}' and by '${name}': export it from its own alone.`)
      }
    }
  }
  return packages
})
