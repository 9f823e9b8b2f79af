import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import { root } from "./root.ts"

/** Whether a person reads it: at a terminal, unless told otherwise. */
export const isForPeople: Effect.Effect<boolean, never, Stdio.Stdio | CommandContext> = Effect.gen(function*() {
  const { json } = yield* root
  const stdio = yield* Stdio.Stdio
  return Option.isSome(json) ? !json.value : yield* stdio.stdoutIsTerminal
})

/** What reading the flags of the command above needs. */
type CommandContext = Effect.Services<typeof root>

/** Values as JSON, each on a line. */
export const jsonLines = (values: ReadonlyArray<unknown>): Effect.Effect<void> =>
  Effect.forEach(values, (value) => Console.log(JSON.stringify(value)), { discard: true })

const cut = (line: string, width: number): string =>
  width > 0 && line.length > width ? `${line.slice(0, width - 1)}…` : line

/** What would move the cursor or colour the screen isn't shown: texts come from outside. */
const plain = (text: string): string => text.replace(/\p{Cc}+/gu, " ")

/** A table with a line for each row, as wide as the terminal at most. */
export const table = Effect.fnUntraced(
  function*(head: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>) {
    const terminal = yield* Terminal.Terminal
    const width = yield* terminal.columns
    const lines = [head, ...rows.map((row) => row.map(plain))]
    const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)))
    yield* Effect.forEach(
      lines,
      (line) => Console.log(cut(line.map((cell, column) => cell.padEnd(widths[column]!)).join("  ").trimEnd(), width)),
      {
        discard: true
      }
    )
  }
)

/** How people read a list. */
export interface ListOptions<A> {
  readonly head: ReadonlyArray<string>
  readonly row: (value: A) => ReadonlyArray<string>
  /** What they read when there are none. */
  readonly none: string
}

/** Shows rows as a table to people, and as JSON lines to programs. */
export const list = Effect.fnUntraced(function*<A>(values: ReadonlyArray<A>, options: ListOptions<A>) {
  if (!(yield* isForPeople)) return yield* jsonLines(values)
  return yield* values.length === 0 ? Console.log(options.none) : table(options.head, values.map(options.row))
})

/** A sentence to people, a value to programs. */
export const say = Effect.fnUntraced(function*(sentence: string, value: unknown) {
  yield* (yield* isForPeople) ? Console.log(plain(sentence)) : jsonLines([value])
})

/** `2.5 s`, `3 min`, `2 h`: the size of it. */
export const duration = (millis: number): string => {
  const units = [["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]] as const
  const [unit, size] = units.find(([, size]) => millis >= size) ?? ["ms", 1]
  return `${Math.round((millis / size) * 10) / 10} ${unit}`
}

/** An instant to the second, in UTC. */
export const instant = (millis: number): string =>
  Option.match(DateTime.make(millis), {
    onNone: () => String(millis),
    onSome: (time) => DateTime.formatIso(time).slice(0, 19).replace("T", " ")
  })
