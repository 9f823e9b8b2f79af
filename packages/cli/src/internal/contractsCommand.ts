import * as Contract from "@reventless/core/Contract"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as SpecPackages from "./contracts/specPackages.ts"
import { fileText, ofPackage, type PointVerdict } from "./contracts/verdicts.ts"
import { isPlugin } from "./exportedPlugins.ts"
import { refused } from "./failure.ts"
import * as Modules from "./modules.ts"
import * as Output from "./output.ts"
import { root } from "./root.ts"

/** A sentence to people, also where the output is no terminal: builds are read in logs. JSON when `--json` asks for it. */
const say = Effect.fnUntraced(function*(lines: ReadonlyArray<string>, value: unknown) {
  const { json } = yield* root
  yield* Option.contains(json, true) ? Output.jsonLines([value]) : Console.log(lines.join("\n"))
})

const versionOf = ({ version: { commands, events } }: Contract.Contract): string =>
  commands === events ? events : `commands ${commands}, events ${events}`

const versionsOf = (contracts: ReadonlyArray<Contract.Contract>): string => contracts.map(versionOf).join(" and ")

const standing = ({ changes, contracts, dropped, isNew, published }: PointVerdict): string => {
  if (published.length === 0) return `${versionsOf(contracts)}, not published yet`
  const more = dropped.length > 0
  if (!isNew) return `${versionsOf(contracts)}, as published${more ? ":" : ""}`
  const since = `${versionsOf(contracts)} after ${versionsOf(published)}`
  return changes.length === 0 && !more ? `${since}: nothing changed` : `${since}:`
}

const majorOf = ({ version: { commands, events } }: Contract.Contract): string => {
  const [ofCommands, ofEvents] = [commands, events].map((version) => `${version.split(".")[0]}.x`)
  return ofCommands === ofEvents ? ofEvents! : `commands ${ofCommands}, events ${ofEvents}`
}

/** Each thing that changed on a line, once: both halves tell who may connect. */
const changeLines = ({ changes, dropped }: PointVerdict): ReadonlyArray<string> => [
  ...new Set([
    ...changes.map(({ detail, isBreaking }) => `  ${isBreaking ? "breaks" : "addition"}: ${detail}`),
    ...dropped.map((one) => `  ${majorOf(one)} isn't exported any more: nobody should be left who connects with it`)
  ])
]

const judge = Effect.fnUntraced(function*(folders: ReadonlyArray<string>) {
  const packages = yield* SpecPackages.find(folders)
  const judged = yield* Effect.forEach(packages, ofPackage)
  const verdicts = judged.flatMap((one) => one.verdicts)
  const problems = judged.flatMap((one) => [...one.verdicts.flatMap((verdict) => verdict.problems), ...one.forgotten])
  if (problems.length > 0) return yield* refused(problems.map((problem) => `${problem}.`).join("\n"))
  return verdicts
})

const warn = Effect.fnUntraced(function*(modules: ReadonlyArray<string>) {
  const values = yield* Effect.forEach(modules, Modules.load)
  const plugins = [...new Set(values.flat().filter(isPlugin))]
  if (modules.length > 0 && plugins.length === 0) {
    return yield* refused(`No plugin is exported by ${modules.join(", ")}.`)
  }
  yield* Effect.forEach(plugins.flatMap(Contract.reused), (sentence) => Console.error(`Warning: ${sentence}.`), {
    discard: true
  })
})

const folders = Argument.String("folder").pipe(
  Argument.withDescription("Where packages named '*-spec' are, in it or below; this folder when absent"),
  Argument.variadic()
)

const orHere = (folders: ReadonlyArray<string>): ReadonlyArray<string> => folders.length === 0 ? ["."] : folders

/** `reventless contracts check [folder...] [--plugins module]` */
const check = Command.make(
  "check",
  {
    folders,
    plugins: Flag.String("plugins").pipe(
      Flag.withMetavar("module"),
      Flag.withDescription("A module that exports plugins: warns when their contracts use what is internal to them"),
      Flag.atLeast(0)
    )
  },
  Effect.fnUntraced(function*({ folders, plugins }) {
    const verdicts = yield* judge(orHere(folders))
    yield* Effect.forEach(
      verdicts,
      (verdict) =>
        say([`${verdict.name} ${standing(verdict)}`, ...changeLines(verdict)], {
          contract: verdict.name,
          versions: verdict.contracts.map(({ version }) => version),
          published: verdict.published.map(({ version }) => version),
          changes: verdict.changes,
          dropped: verdict.dropped.map(({ version }) => version)
        }),
      { discard: true }
    )
    yield* warn(plugins)
  })
).pipe(
  Command.withDescription(
    "Compares contracts with what was published last; fails when one breaks without a major version"
  )
)

/** `reventless contracts publish [folder...]` */
const publish = Command.make(
  "publish",
  { folders },
  Effect.fnUntraced(function*({ folders }) {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    for (const verdict of yield* judge(orHere(folders))) {
      const { contracts, file, isNew, name, publishes } = verdict
      if (isNew) {
        yield* Effect.mapError(
          Effect.andThen(
            fs.makeDirectory(path.dirname(file), { recursive: true }),
            fs.writeFileString(file, fileText(name, publishes))
          ),
          ({ message }) => refused(`${file} can't be written: ${message}`)
        )
      }
      yield* say([`${name} ${versionsOf(contracts)} ${isNew ? `is published in ${file}` : "is published already"}`], {
        contract: name,
        versions: contracts.map(({ version }) => version),
        file,
        written: isNew
      })
    }
  })
).pipe(Command.withDescription("Keeps contracts as published, beside their packages; refuses what 'check' refuses"))

/** `reventless contracts` */
export const contracts = Command.make("contracts").pipe(
  Command.withDescription("What extension points say, compared with what was published of them"),
  Command.withSubcommands([check, publish])
)
