import * as Array from "effect/Array"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Option from "effect/Option"
import * as Path from "effect/Path"
import * as Stream from "effect/Stream"
import * as TextDiff from "effect/TextDiff"
import { type Failure, refused } from "./failure.ts"
import { isStale, type Plan, plan, type Refusal } from "./generator/plan.ts"
import { placeOf } from "./generator/problems.ts"
import { livesIn } from "./generator/render.ts"
import { changes } from "./generator/watch.ts"
import * as Output from "./output.ts"
import { root } from "./root.ts"

/** How much of a difference is shown. */
const maxDiffLines = 20

/** What the plugin has now and hadn't before, and the other way round. */
const difference = ({ before = "", components }: Plan) => {
  const [old, now] = [livesIn(before), components.map(({ live }) => live)]
  const names = (lives: ReadonlyArray<string>) => lives.map((live) => live.replace(/Live$/, ""))
  return {
    added: names(now.filter((live) => !old.includes(live))),
    removed: names(old.filter((live) => !now.includes(live)))
  }
}

const count = (components: number): string => `${components} component${components === 1 ? "" : "s"}`

const whatChanged = (planned: Plan): string => {
  const { added, removed } = difference(planned)
  const parts = [
    ...planned.before === undefined || added.length === 0 ? [] : [`added ${added.join(", ")}`],
    ...removed.length === 0 ? [] : [`removed ${removed.join(", ")}`]
  ]
  return parts.length === 0 ? "" : `: ${parts.join("; ")}`
}

/** The plugin, and where it has its name from when nobody gave it one. */
const titleOf = ({ manifest: { isDerived, name, packageName } }: Plan): string =>
  isDerived ? `${name} (named after the package '${packageName}')` : name

/** A sentence to people, also where the output is no terminal: builds are read in logs. JSON when `--json` asks for it. */
const say = Effect.fnUntraced(function*(sentence: string, value: unknown) {
  const { json } = yield* root
  yield* Option.contains(json, true) ? Output.jsonLines([value]) : Console.log(sentence)
})

const tell = (planned: Plan, sentence: string, written: boolean) =>
  say(`${titleOf(planned)}: ${sentence}`, {
    plugin: planned.manifest.name,
    file: planned.file,
    components: planned.components.length,
    written,
    ...written ? difference(planned) : {}
  })

const tellUpToDate = (planned: Plan) =>
  tell(planned, `${planned.file} is up to date, ${count(planned.components.length)}`, false)

const explain = Effect.fnUntraced(function*(refusals: ReadonlyArray<Refusal>) {
  const path = yield* Path.Path
  const lines = refusals.flatMap(({ folder, problems }) =>
    problems.map((problem) => `    ${path.join(folder, placeOf(problem))}: ${problem.message}`)
  )
  return yield* refused([
    lines.length === 1 ? "This doesn't make a plugin:" : `${lines.length} things don't make a plugin:`,
    ...lines,
    "  Nothing was written."
  ].join("\n"))
})

/** Plans every folder, and refuses all when one is refused: nothing is half done. */
const planAll = Effect.fnUntraced(function*(folders: ReadonlyArray<string>, options: { readonly force: boolean }) {
  const planned = yield* Effect.mapError(
    Effect.forEach(folders, (folder) => plan(folder, options)),
    ({ message }) => refused(`The files can't be read: ${message}`)
  )
  const [plans, refusals] = Array.separate(planned)
  if (refusals.length > 0) return yield* explain(refusals)
  return plans
})

const write = Effect.fnUntraced(function*(planned: Plan) {
  const fs = yield* FileSystem.FileSystem
  if (!isStale(planned)) return false
  yield* Effect.mapError(
    fs.writeFileString(planned.file, planned.after),
    ({ message }) => refused(`${planned.file} can't be written: ${message}`)
  )
  yield* tell(planned, `wrote ${planned.file}, ${count(planned.components.length)}${whatChanged(planned)}`, true)
  return true
})

const generate = Effect.fnUntraced(function*(folders: ReadonlyArray<string>, options: { readonly force: boolean }) {
  for (const planned of yield* planAll(folders, options)) {
    const wrote = yield* write(planned)
    if (!wrote) yield* tellUpToDate(planned)
  }
})

const diff = ({ after, before = "" }: Plan): string => {
  const [, , ...lines] = TextDiff.unified(TextDiff.lines(before, after), { context: 1, fromFile: "a", toFile: "b" })
    .trimEnd().split("\n")
  const shown = lines.slice(0, maxDiffLines).map((line) => `  ${line}`)
  return [...shown, ...lines.length > maxDiffLines ? [`  ... ${lines.length - maxDiffLines} more lines`] : []].join(
    "\n"
  )
}

const check = Effect.fnUntraced(function*(folders: ReadonlyArray<string>) {
  const all = yield* planAll(folders, { force: false })
  for (const planned of all.filter((one) => !isStale(one))) {
    yield* tellUpToDate(planned)
  }
  const stale = all.filter(isStale)
  if (stale.length > 0) {
    return yield* refused([
      ...stale.map((planned) =>
        planned.before === undefined
          ? `${planned.file} is missing.`
          : `${planned.file} isn't what its folder says:\n${diff(planned)}`
      ),
      `Write it with: reventless generate-plugin ${stale.map(({ folder }) => folder).join(" ")}`
    ].join("\n"))
  }
})

/** Generates whenever files change. A refusal is told once; meanwhile the file stays as it is. */
const watchFolder = (folder: string, options: { readonly force: boolean }) => {
  const once = Effect.fnUntraced(function*(told: string | undefined) {
    for (const planned of yield* planAll([folder], options)) {
      const wrote = yield* write(planned)
      if (!wrote && told === undefined) yield* tellUpToDate(planned)
      if (!wrote && told !== undefined && told !== "") yield* tell(planned, "mended, nothing to write", false)
    }
    return ""
  })
  const onRefusal = ({ message }: Failure, told: string | undefined) =>
    Effect.as(message === told ? Effect.void : Console.error(message), message)
  return Stream.runFoldEffect(
    changes(folder),
    (): string | undefined => undefined,
    (told) => Effect.catch(once(told), (failure) => onRefusal(failure, told))
  )
}

const watch = Effect.fnUntraced(function*(folders: ReadonlyArray<string>, options: { readonly force: boolean }) {
  yield* say("Watching for changes; Ctrl-C ends it.", { watching: folders })
  yield* Effect.forEach(folders, (folder) => watchFolder(folder, options), { concurrency: "unbounded", discard: true })
})

const flag = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

/** `reventless generate-plugin [folder...]` */
export const generatePlugin = Command.make(
  "generate-plugin",
  {
    folders: Argument.String("folder").pipe(
      Argument.withDescription("The folder of a plugin's package; the current one when none is given"),
      Argument.variadic()
    ),
    check: flag("check", "Write nothing; end with 1 when a file isn't what it would be"),
    watch: flag("watch", "Go on, and write whenever files change"),
    force: flag("force", "Replace a Plugin.ts that was written by hand")
  },
  Effect.fnUntraced(function*({ check: onlyCheck, folders: given, force, watch: goOn }) {
    const folders = given.length === 0 ? ["."] : given
    if (onlyCheck && (goOn || force)) {
      return yield* refused("--check writes nothing: leave out --watch and --force, or --check.")
    }
    yield* onlyCheck ? check(folders) : goOn ? watch(folders, { force }) : generate(folders, { force })
  })
).pipe(Command.withDescription("Writes src/Plugin.ts of a plugin from the files in its folders"))
