import * as Effect from "effect/Effect"
import type { DynamoError, Requests } from "../../src/Dynamo.ts"
import { check, type Finding, keyOf, type Probe, put, type Target } from "./probe.ts"

/** How often each request is made. */
const times = 50

interface Used {
  readonly CapacityUnits?: number | undefined
}

/** What an answer or a failure says that it has used; undefined when it doesn't say. */
const unitsOf = (said: unknown): number | undefined => {
  const used = (said as { readonly ConsumedCapacity?: Used | ReadonlyArray<Used> } | undefined)?.ConsumedCapacity
  if (used === undefined) return undefined
  return (Array.isArray(used) ? used as ReadonlyArray<Used> : [used as Used])
    .reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0)
}

interface Case {
  readonly name: string
  /** Which metric of CloudWatch shows it, when its answer may not say it: it is then measured in a minute of its own. */
  readonly metric?: "ConsumedWriteCapacityUnits"
  readonly request: (target: Target, index: number) => Effect.Effect<unknown, DynamoError>
}

const ReturnConsumedCapacity = "TOTAL"

const transact = (
  { dynamo }: Target,
  TransactItems: Requests["TransactWriteItems"]["TransactItems"],
  ClientRequestToken?: string
) => dynamo.send("TransactWriteItems", { TransactItems, ReturnConsumedCapacity, ClientRequestToken })

const putItem = ({ dynamo, table }: Target, partition: string, version: number) =>
  dynamo.send("PutItem", {
    TableName: table,
    Item: keyOf(partition, version),
    ConditionExpression: "attribute_not_exists(pk)",
    ReturnConsumedCapacity
  })

/** Each works on what those before it have written. */
const cases: ReadonlyArray<Case> = [
  { name: "PutItem", request: (target, index) => putItem(target, "units#put", index) },
  {
    name: "PutItem, its condition fails",
    metric: "ConsumedWriteCapacityUnits",
    request: (target, index) => putItem(target, "units#put", index)
  },
  {
    name: "transaction of two Puts",
    request: (target, index) =>
      transact(
        target,
        [put(target.table, "units#a", index), put(target.table, "units#b", index)],
        `${target.id}-${index}`
      )
  },
  {
    name: "transaction of two Puts, sent again with its token",
    request: (target, index) =>
      transact(
        target,
        [put(target.table, "units#a", index), put(target.table, "units#b", index)],
        `${target.id}-${index}`
      )
  },
  {
    name: "transaction of a Put and a ConditionCheck",
    request: (target, index) =>
      transact(target, [put(target.table, "units#c", index), check(target.table, "units#d", index)])
  },
  {
    name: "transaction of two Puts, one condition fails",
    metric: "ConsumedWriteCapacityUnits",
    request: (target, index) =>
      transact(target, [put(target.table, "units#e", index), put(target.table, "units#a", index)])
  },
  {
    name: "TransactGetItems of two free slots",
    request: ({ dynamo, table }, index) =>
      dynamo.send("TransactGetItems", {
        TransactItems: ["units#d", "units#e"].map((slot) => ({ Get: { TableName: table, Key: keyOf(slot, index) } })),
        ReturnConsumedCapacity
      })
  },
  {
    name: "consistent Query of an empty partition",
    request: ({ dynamo, table }) =>
      dynamo.send("Query", {
        TableName: table,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :p",
        ExpressionAttributeValues: { ":p": { S: "units#nothing" } },
        ReturnConsumedCapacity
      })
  }
]

const minute = 60_000

/** Waits for the next full minute, with a second to spare. */
const nextMinute = Effect.suspend(() => Effect.sleep(minute - (Date.now() % minute) + 1000))

const measure = Effect.fnUntraced(function*(target: Target, { metric, name, request }: Case) {
  const isAlone = target.isAws && metric !== undefined
  if (isAlone) yield* nextMinute
  const began = new Date(Math.floor(Date.now() / minute) * minute)
  const said: Array<number | undefined> = []
  for (let index = 1; index <= times; index++) {
    const result = yield* Effect.result(request(target, index))
    if (result._tag === "Failure" && ["Rejected", "NoTable"].includes(result.failure.reason._tag)) {
      return yield* result.failure
    }
    said.push(unitsOf(result._tag === "Success" ? result.success : result.failure.cause))
  }
  if (isAlone) yield* nextMinute
  const known = said.filter((units) => units !== undefined)
  const finding: Finding = {
    case: name,
    requests: times,
    "units each": known.length === 0
      ? "not said"
      : Math.round(known.reduce((sum, units) => sum + units, 0) / known.length * 100) / 100,
    ...(isAlone
      ? { cloudwatch: `${metric} of ${target.table}, Sum of the minute ${began.toISOString()}, by ${times}` }
      : {})
  }
  return finding
})

/** What requests are charged, above all those that are refused. */
export const units: Probe = {
  name: "units",
  question: "What is charged, above all for what is refused? (Refused requests say it in CloudWatch alone.)",
  most: () => ({ writeUnits: times * (1 + 1 + 4 + 4 + 4 + 4), readUnits: times * (4 + 4 + 1), streamReads: 0 }),
  run: (target) => Effect.forEach(cases, (each) => measure(target, each))
}
