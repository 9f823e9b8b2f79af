/**
 * The version of the application, from its package.json.
 */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"

/** No package.json with a version was found, or one can't be read. */
export class PackageVersionMissing extends Schema.TaggedError<PackageVersionMissing>()("PackageVersionMissing", {
  /** Where the search began. */
  directory: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `No version was found from '${this.directory}' upwards: ${this.detail}. ` +
      "Add a package.json with a version, or give the platform a version."
  }
}

const PackageJson = Schema.fromJsonString(Schema.Struct({ version: Schema.optionalKey(Schema.NonEmptyString) }))

/** The version in the nearest package.json that has one, from the directory upwards. */
export const fromDirectory = Effect.fnUntraced(function*(directory: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  let current = path.resolve(directory)
  while (true) {
    const file = path.join(current, "package.json")
    if (yield* Effect.orElseSucceed(fs.exists(file), () => false)) {
      const read = Effect.flatMap(fs.readFileString(file), Schema.decodeUnknownEffect(PackageJson))
      const { version } = yield* Effect.mapError(
        read,
        (error) => new PackageVersionMissing({ directory, detail: `${file}: ${error.message}` })
      )
      if (version !== undefined) return version
    }
    const parent = path.dirname(current)
    if (parent === current) {
      return yield* new PackageVersionMissing({ directory, detail: "there is no package.json with a version" })
    }
    current = parent
  }
})

/** The version in the nearest package.json that has one, from the working directory upwards. */
export const fromCwd = fromDirectory(".")
