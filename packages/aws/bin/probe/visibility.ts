import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { countsOf, eachRound, isThere, look, orDisturbed, type Probe, put, type Target } from "./probe.ts"

/** How many rounds are under way at once. */
const concurrency = 16

/** How often a transaction is looked at while it is written. */
const looks = 3

type Seen = "none" | "first" | "second" | "both"

const seenOf = (versions: ReadonlyArray<number>): Seen =>
  versions.includes(1) ? versions.includes(2) ? "both" : "first" : versions.includes(2) ? "second" : "none"

/** After how many milliseconds both items can be seen, at most 10 s. */
const untilBoth = Effect.fnUntraced(function*(target: Target, partition: string, began: number) {
  while (performance.now() - began < 10_000) {
    const seen = yield* orDisturbed(look(target, partition))
    if (seen !== undefined && seenOf(seen) === "both") break
    yield* Effect.sleep(2)
  }
  return performance.now() - began
})

const round = Effect.fnUntraced(function*(target: Target, index: number) {
  const partition = `visibility#${index}`
  const write = { isAnswered: false }
  const lookMeanwhile = Effect.gen(function*() {
    const seen: Array<Seen> = []
    while (!write.isAnswered && seen.length < looks) {
      const versions = yield* orDisturbed(look(target, partition))
      if (versions !== undefined) seen.push(seenOf(versions))
    }
    return seen
  })
  const looking = yield* Effect.forkChild(lookMeanwhile)
  const written = yield* orDisturbed(target.dynamo.send("TransactWriteItems", {
    TransactItems: [put(target.table, partition, 1), put(target.table, partition, 2)]
  }))
  write.isAnswered = true
  const answered = performance.now()
  const after = written === undefined ? undefined : yield* Effect.all(
    { query: orDisturbed(look(target, partition)), get: orDisturbed(isThere(target, partition, 2)) },
    { concurrency: "unbounded" }
  )
  const meanwhile = yield* Fiber.join(looking)
  if (after?.query === undefined || after.get === undefined) return { meanwhile }
  const query = seenOf(after.query)
  const late = query === "both" ? 0 : yield* untilBoth(target, partition, answered)
  return { meanwhile, query, get: after.get, late }
})

/** Whether an acknowledged transaction can be seen, and what can be seen of one that is being written. */
export const visibility: Probe = {
  name: "visibility",
  question: "Does a consistent read see an acknowledged transaction at once, and whole?",
  most: (rounds) => ({ writeUnits: rounds * 4, readUnits: rounds * (looks + 2), streamReads: 0 }),
  run: (target) =>
    Effect.map(eachRound(target.rounds, concurrency, (index) => round(target, index)), (rounds) => {
      const seen: ReadonlyArray<Seen> = ["none", "first", "second", "both"]
      const whole = rounds.flatMap(({ get, late, query }) => query === undefined ? [] : [{ query, get, late }])
      const query = countsOf(seen, whole.map(({ query }) => query))
      const meanwhile = countsOf(seen, rounds.flatMap(({ meanwhile }) => meanwhile))
      return [
        {
          case: "Query after the acknowledgement",
          looks: whole.length,
          ...query,
          "late by ms at most": Math.ceil(whole.reduce((most, { late }) => Math.max(most, late), 0)),
          disturbed: rounds.length - whole.length
        },
        {
          case: "GetItem after the acknowledgement",
          looks: whole.length,
          none: whole.filter(({ get }) => !get).length,
          second: whole.filter(({ get }) => get).length
        },
        {
          case: "Query before it",
          looks: Object.values(meanwhile).reduce((sum, count) => sum + count, 0),
          ...meanwhile
        }
      ]
    })
}
