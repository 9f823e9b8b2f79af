import * as Effect from "effect/Effect"
import { check, eachRound, type Ending, ending, keyOf, type Probe, put, type Target } from "./probe.ts"

/** How many pairs of each kind there are at most, and how many are under way at once. */
const most = 1000
const concurrency = 4

/** What one of a pair does with the slot that both want. */
type Use = "check" | "put" | "PutItem"

const pairs: ReadonlyArray<readonly [Use, Use]> = [
  ["check", "check"],
  ["check", "put"],
  ["put", "put"],
  ["check", "PutItem"],
  ["put", "PutItem"]
]

const titles: Readonly<Record<Use, string>> = {
  check: "a transaction that checks",
  put: "a transaction that puts",
  PutItem: "a PutItem"
}

/** A write that uses the slot; a transaction puts an item of its own beside it. */
const use = ({ dynamo, table }: Target, how: Use, slot: string, own: string) =>
  ending(
    how === "PutItem"
      ? dynamo.send("PutItem", {
        TableName: table,
        Item: keyOf(slot, 1),
        ConditionExpression: "attribute_not_exists(pk)"
      })
      : dynamo.send("TransactWriteItems", {
        TransactItems: [how === "check" ? check(table, slot, 1) : put(table, slot, 1), put(table, own, 1)]
      })
  )

const compare = Effect.fnUntraced(function*(target: Target, [one, other]: readonly [Use, Use]) {
  const found = yield* eachRound(Math.min(target.rounds, most), concurrency, (index) => {
    const slot = `conflicts#${one}#${other}#${index}`
    return Effect.all([use(target, one, slot, `${slot}#one`), use(target, other, slot, `${slot}#other`)], {
      concurrency: "unbounded"
    })
  })
  const has = (ending: Ending) => (pair: ReadonlyArray<Ending>) => pair.includes(ending)
  const told = found.filter((pair) => !has("disturbed")(pair))
  const refused = told.map((pair) => pair.filter((ending) => ending === "conflict").length)
  return {
    case: `${titles[one]}, ${titles[other]}`,
    pairs: told.length,
    "both applied": told.filter((pair) => pair.every((ending) => ending === "applied")).length,
    "one refused by a conflict": refused.filter((count) => count === 1).length,
    "both refused by a conflict": refused.filter((count) => count === 2).length,
    "refused by the condition": told.filter(has("condition")).length,
    disturbed: found.length - told.length
  }
})

/** How often two writes that are sent at the same time refuse each other. */
export const conflicts: Probe = {
  name: "conflicts",
  question: "How often do two writes at one slot, sent at the same time, refuse each other?",
  most: (rounds) => ({ writeUnits: Math.min(rounds, most) * (4 * 8 + 8), readUnits: 0, streamReads: 0 }),
  run: (target) => Effect.forEach(pairs, (pair) => compare(target, pair))
}
