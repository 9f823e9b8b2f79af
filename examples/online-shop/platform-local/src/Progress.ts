/** Shows on one line how far something is; draws it anew each time where the output is a terminal. */
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Terminal from "effect/Terminal"

const width = 24

const line = (what: string, done: number, total: number): string => {
  const filled = Math.round((done / total) * width)
  return `${what.padEnd(12)}${"█".repeat(filled)}${"░".repeat(width - filled)} ${done}/${total}`
}

/** Does something with several items at once, and shows how many are done. */
export const forEach = Effect.fnUntraced(
  function*<A, E, R>(
    what: string,
    items: ReadonlyArray<A>,
    each: (item: A) => Effect.Effect<unknown, E, R>,
    concurrency = 16
  ) {
    const terminal = yield* Terminal.Terminal
    const isTerminal = (yield* terminal.columns) > 0
    const done = yield* Ref.make(0)
    const show = Effect.flatMap(Ref.updateAndGet(done, (count) => count + 1), (count) => {
      const end = count === items.length ? "\n" : "\r"
      return isTerminal || end === "\n"
        ? Effect.ignore(terminal.display(line(what, count, items.length) + end))
        : Effect.void
    })
    yield* Effect.forEach(items, (item) => Effect.andThen(each(item), show), { concurrency, discard: true })
  }
)
