/** Shows on one line how far something is; draws it anew each time where the output is a terminal. */
import * as Effect from "effect/Effect"
import * as Terminal from "effect/Terminal"

const width = 24

/** The line, with a bar. */
export const line = (what: string, done: number, total: number): string => {
  const filled = Math.round((done / total) * width)
  return `${what} ${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}`
}

/** Does something with each item in turn, and shows how far it is. */
export const forEach = Effect.fnUntraced(
  function*<A, E, R>(what: string, items: ReadonlyArray<A>, each: (item: A) => Effect.Effect<unknown, E, R>) {
    const terminal = yield* Terminal.Terminal
    const live = (yield* terminal.columns) > 0
    const show = (done: number, end: string) => Effect.orDie(terminal.display(line(what, done, items.length) + end))
    yield* Effect.forEach(items, (item, index) => Effect.andThen(live ? show(index, "\r") : Effect.void, each(item)), {
      discard: true
    })
    yield* show(items.length, "\n")
  }
)
