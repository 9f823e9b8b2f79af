/** So many at a time, each doing one thing after another. */
import * as Effect from "effect/Effect"
import { sum } from "./statistics.ts"

/** How many were done a second, and how long each took, in milliseconds. */
export interface Measured {
  readonly rate: number
  readonly times: ReadonlyArray<number>
}

/** Does `act` for so many milliseconds; it is told who does it, and for how manieth time. */
export const run = Effect.fnUntraced(function*(
  count: number,
  millis: number,
  act: (sender: number, turn: number) => Effect.Effect<unknown, unknown>
) {
  const begin = performance.now()
  const send = Effect.fnUntraced(function*(sender: number) {
    const times: Array<number> = []
    while (performance.now() - begin < millis) {
      const start = performance.now()
      yield* Effect.orDie(act(sender, times.length))
      times.push(performance.now() - start)
    }
    return times
  })
  const each = yield* Effect.forEach(Array.from({ length: count }, (_, n) => n), send, { concurrency: "unbounded" })
  const measured: Measured = {
    rate: sum(each.map(({ length }) => length)) / ((performance.now() - begin) / 1000),
    times: each.flat()
  }
  return measured
})
