/** What a plugin's package.json says about it. */
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SemVer from "effect/SemVer"
import type { Problem } from "./problems.ts"

/** What `Plugin.make` is told besides the components. */
export interface Manifest {
  /** The package's name, such as `@acme/catalog`. */
  readonly packageName: string
  readonly name: string
  /** What the plugin is called in code: its name, or `OrderManagement` for `order-management`. */
  readonly constant: string
  /** Whether the plugin is named after the package. */
  readonly isDerived: boolean
  readonly version: string
  readonly heartbeatInterval?: string | number
  readonly uiBundleUrl?: string
}

const Json = Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown))
const isRecord = Schema.is(Schema.Record(Schema.String, Schema.Unknown))

/** `order-management` -> `OrderManagement` */
const constantFrom = (name: string): string =>
  name.split(/[^A-Za-z0-9_]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("")

/** A name that `Plugin.make` takes, and whose constant can stand beside `import * as Plugin`. */
const isName = (name: string): boolean => /^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name) && constantFrom(name) !== "Plugin"

/** A duration longer than nothing; a number means seconds. */
const isDuration = (value: unknown): boolean =>
  typeof value === "number"
    ? value > 0 && Number.isFinite(value)
    : typeof value === "string" && Option.exists(Duration.fromInput(value as Duration.Input), Duration.isPositive)

const known = ["plugin", "heartbeatInterval", "uiBundleUrl"]

/** The package's name, also where the rest of its package.json isn't right. */
export const packageNameIn = (text: string): string => {
  const { name } = Option.getOrElse(Schema.decodeUnknownOption(Json)(text), () => ({ name: "" }))
  return typeof name === "string" ? name : ""
}

/** Reads the text of a package.json; answers everything that is wrong with it. */
export const read = (text: string): Result.Result<Manifest, ReadonlyArray<Problem>> => {
  const json = Option.getOrUndefined(Schema.decodeUnknownOption(Json)(text))
  const refused = (messages: ReadonlyArray<string>) =>
    Result.fail(messages.map((message) => ({ file: "package.json", message })))
  if (json === undefined) return refused(["it isn't a JSON object. Mend it."])
  const packageName = packageNameIn(text)
  const { reventless = {}, version } = json
  if (!isRecord(reventless)) return refused([`'reventless' must be an object, such as { "plugin": "Catalog" }.`])
  const { heartbeatInterval, plugin, uiBundleUrl } = reventless
  const problems: Array<string> = []

  const unknown = Object.keys(reventless).filter((field) => !known.includes(field))
  if (unknown.length > 0) {
    problems.push(`'reventless' has no field '${unknown.join("', '")}'. It has ${known.join(", ")}.`)
  }
  const name = plugin ?? constantFrom(packageName.slice(packageName.lastIndexOf("/") + 1))
  if (typeof name !== "string" || !isName(name)) {
    problems.push(
      plugin === undefined
        ? `no plugin can be named after '${packageName}'. Add "reventless": { "plugin": "Catalog" } with its name.`
        : `'reventless.plugin' must be a name such as Catalog: a letter, then at most 99 letters, digits, '_' or '-', and not Plugin.`
    )
  }
  if (typeof version !== "string" || Result.isFailure(SemVer.parse(version))) {
    problems.push(`'version' must be the plugin's SemVer, such as "1.0.0".`)
  }
  if (heartbeatInterval !== undefined && !isDuration(heartbeatInterval)) {
    problems.push(`'reventless.heartbeatInterval' must be a duration such as "5 minutes", or a number of seconds.`)
  }
  if (uiBundleUrl !== undefined && typeof uiBundleUrl !== "string") {
    problems.push("'reventless.uiBundleUrl' must be a string.")
  }
  if (problems.length > 0) return refused(problems)
  return Result.succeed({
    packageName,
    name: name as string,
    constant: constantFrom(name as string),
    isDerived: plugin === undefined,
    version: version as string,
    ...heartbeatInterval === undefined ? {} : { heartbeatInterval: heartbeatInterval as string | number },
    ...uiBundleUrl === undefined ? {} : { uiBundleUrl: uiBundleUrl as string }
  })
}
