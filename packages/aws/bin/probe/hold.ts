import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { eachRound, ending, keyOf, type Probe, put, quantile, type Target } from "./probe.ts"

/** How many transactions are watched at most in each way, and how many at once: few, so that the machine keeps time. */
const most = 500
const concurrency = 2

/** At how many milliseconds after its start a transaction is met. */
const meetings = Array.from({ length: 16 }, (_, index) => index * 2)

type Way = "TransactGetItems" | "PutItem"

/** Meets a transaction at the slot that it holds. */
const meet = ({ dynamo, table }: Target, way: Way, slot: string) =>
  ending(
    way === "PutItem"
      ? dynamo.send("PutItem", { TableName: table, Item: keyOf(slot, 1) })
      : dynamo.send("TransactGetItems", { TransactItems: [{ Get: { TableName: table, Key: keyOf(slot, 1) } }] })
  )

/** A transaction that holds the slot by a check, which always passes. */
const holding = ({ dynamo, table }: Target, slot: string) =>
  ending(dynamo.send("TransactWriteItems", {
    TransactItems: [
      {
        ConditionCheck: {
          TableName: table,
          Key: keyOf(slot, 1),
          ConditionExpression: "attribute_not_exists(nothing)"
        }
      },
      put(table, `${slot}#own`, 1)
    ]
  }))

const round = Effect.fnUntraced(function*(target: Target, way: Way, index: number) {
  const slot = `hold#${way}#${index}`
  const began = performance.now()
  const since = () => performance.now() - began
  const transaction = yield* Effect.forkChild(Effect.map(holding(target, slot), (how) => ({ how, at: since() })))
  const met = yield* Effect.forEach(meetings, (pause) =>
    Effect.gen(function*() {
      yield* Effect.sleep(pause)
      const at = since()
      return { at, how: yield* meet(target, way, slot) }
    }), { concurrency: "unbounded" })
  const { at, how } = yield* Fiber.join(transaction)
  const refused = met.filter(({ how }) => how === "conflict").map(({ at }) => at)
  return { at, how, refused }
})

const watch = Effect.fnUntraced(function*(target: Target, way: Way) {
  const rounds = yield* eachRound(Math.min(target.rounds, most), concurrency, (index) => round(target, way, index))
  const applied = rounds.filter(({ how }) => how === "applied")
  const last = applied.flatMap(({ refused }) => refused.length === 0 ? [] : [Math.max(...refused)])
  return {
    case: `${way} at a slot that a transaction checks`,
    transactions: applied.length,
    "themselves refused": rounds.filter(({ how }) => how === "conflict").length,
    "answered after ms, median": quantile(applied.map(({ at }) => at), 0.5),
    "met by a refusal": last.length,
    "last refused was sent at ms, median": quantile(last, 0.5),
    p99: quantile(last, 0.99),
    "refused though sent after the answer": applied.filter(({ at, refused }) => refused.some((sent) => sent > at))
      .length
  }
})

/** How long a transaction stands in the way of others. */
export const hold: Probe = {
  name: "hold",
  question: "How long after its start does a transaction refuse others at a slot that it only checks?",
  most: (rounds) => ({
    writeUnits: Math.min(rounds, most) * (2 * 4 + meetings.length),
    readUnits: Math.min(rounds, most) * 2 * meetings.length,
    streamReads: 0
  }),
  run: (target) => Effect.forEach(["TransactGetItems", "PutItem"] as const, (way) => watch(target, way))
}
