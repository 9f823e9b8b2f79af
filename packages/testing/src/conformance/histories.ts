/** Randomized runs whose whole history is proven correct. A failure names the seed, which asks for the same run again. */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { type AnyCheck, chapter, fail, type PositionedCheck, Seed } from "./Check.ts"
import { range } from "./Fixture.ts"
import { type History, violations, violationsInCommitOrder } from "./History.ts"
import * as Workload from "./Workload.ts"

const check = chapter("histories")

const size: Workload.Size = { fibers: 12, turns: 25 }

/** The seed that was asked for, or one of its own. */
const seed = Effect.flatMap(
  Seed,
  (given) => given === undefined ? Effect.map(Random.nextIntBetween(0, 2 ** 31), String) : Effect.succeed(given)
)

const proven = (prove: (history: History) => ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const own = yield* seed
    const found = prove(yield* Workload.run(own, size))
    if (found.length > 0) {
      return yield* fail([`seed ${own}: ${found.length} violations`, ...found.slice(0, 5)].join("\n  "))
    }
  })

export const histories: ReadonlyArray<AnyCheck> = range(2).map((index) =>
  check(
    `a randomized run happened as if one by one: every accepted decision saw exactly what precedes it (${
      index + 1
    } of 2)`,
    proven((history) => violations(history, { reads: "unproven" }))
  )
)

export const atomicHistories: ReadonlyArray<AnyCheck> = [
  check("in a randomized run every read, too, saw exactly what precedes it", proven(violations))
]

export const positionedHistories: ReadonlyArray<PositionedCheck> = [
  check(
    "in a randomized run every accepted append saw exactly the matching events that precede it in the log",
    proven(violationsInCommitOrder)
  )
]
