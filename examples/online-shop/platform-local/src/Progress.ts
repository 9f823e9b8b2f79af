/** Shows on one line how far something is; draws it anew each time where the output is a terminal. */
import * as Effect from "effect/Effect"
import * as Terminal from "effect/Terminal"

const width = 24

const line = (what: string, done: number, total: number): string => {
  const filled = Math.round((done / total) * width)
  return `${what.padEnd(12)}${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}`
}

/** Does something with one item after the other, and shows how far it is. */
export const forEach = Effect.fnUntraced(
  function*<A, E, R>(what: string, items: ReadonlyArray<A>, each: (item: A) => Effect.Effect<unknown, E, R>) {
    const terminal = yield* Terminal.Terminal
    const isTerminal = (yield* terminal.columns) > 0
    const show = (done: number) => {
      const end = done === items.length ? "\n" : "\r"
      return isTerminal || end === "\n"
        ? Effect.ignore(terminal.display(line(what, done, items.length) + end))
        : Effect.void
    }
    yield* Effect.forEach(items, (item, index) => Effect.andThen(each(item), show(index + 1)), { discard: true })
  }
)
