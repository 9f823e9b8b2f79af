import { EventChanged, EventStoreError, PlanChanged, StoreUnavailable } from "@reventless/core/EventStore"
import type { EventShape } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as StoreRules from "@reventless/core/StoreRules"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { DynamoError, Item } from "../Dynamo.ts"
import { refuse, toEventStoreError } from "./failure.ts"
import * as Items from "./items.ts"
import * as Partitions from "./partitions.ts"
import { backoff, maxTries, untilAnswered } from "./retries.ts"
import type { Place } from "./tableReader.ts"

/** What is kept of the plan is preceded by this while a copy is made. */
const copying = "copying "

const planKey = (prefix: string): Item => Items.key(prefix, Partitions.registry("plan"), 0)

const shapesKey = (prefix: string): Item => Items.key(prefix, Partitions.registry("shapes"), 0)

/** Makes a request until it is answered; a condition that isn't met is an answer, with what stands there instead. */
const conditionally = <A>(
  { name }: Place,
  request: Effect.Effect<A, DynamoError>
): Effect.Effect<Result.Result<A, Item | undefined>, EventStoreError> =>
  untilAnswered(
    name,
    Effect.catch(
      Effect.map(request, (answer): Result.Result<A, Item | undefined> => Result.succeed(answer)),
      (error): Effect.Effect<Result.Result<A, Item | undefined>, DynamoError> =>
        error.reason._tag === "ConditionFailed"
          ? Effect.succeed(Result.fail(error.reason.item))
          : Effect.fail(error)
    )
  )

/**
 * Registers a writer: refused when the table was written so that its events are found otherwise. Answers how many were
 * registered before, this one included, which tells the writers of a table apart.
 *
 * A plan with other types of events is no other plan: what is known of all of them is kept.
 */
export const register = Effect.fnUntraced(function*(place: Place, plan: IndexPlan.IndexPlan) {
  let before: string | undefined
  for (let tries = 1; tries <= maxTries; tries++) {
    if (before?.startsWith(copying)) return yield* planChanged(copyGoesOn(place))
    const after = IndexPlan.remembered(before, plan)
    if (Result.isFailure(after)) return yield* planChanged(otherPlan(place, after.failure))
    const registered = yield* conditionally(
      place,
      place.dynamo.send("UpdateItem", {
        TableName: place.name,
        Key: planKey(place.prefix),
        UpdateExpression: "SET e = :after ADD startCount :one",
        ConditionExpression: before === undefined ? "attribute_not_exists(e) OR e = :after" : "e = :before",
        ExpressionAttributeValues: {
          ":after": { S: after.success },
          ":one": { N: "1" },
          ...(before === undefined ? {} : { ":before": { S: before } })
        },
        ReturnValues: "ALL_NEW",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD"
      })
    )
    if (Result.isSuccess(registered)) return Number(registered.success.Attributes?.["startCount"]?.N)
    before = registered.failure?.["e"]?.S
  }
  return yield* new EventStoreError({
    reason: new StoreUnavailable({ detail: `others kept registering at table '${place.name}'` })
  })
})

const copyGoesOn = ({ name }: Place): string =>
  `a copy into table '${name}' hasn't come to its end. Run DynamoReindex.copy again until it is done`

const otherPlan = ({ name }: Place, why: string): string =>
  `table '${name}' was written so that ${why}. Stop its writers, copy it with DynamoReindex.copy into a table for the new ` +
  "plan, and start again on that one"

const planChanged = (detail: string): Effect.Effect<never, EventStoreError> =>
  Effect.fail(new EventStoreError({ reason: new PlanChanged({ detail }) }))

/** What is kept of a plan. */
const kept = (plan: IndexPlan.IndexPlan): string => Result.getOrThrow(IndexPlan.remembered(undefined, plan))

/** Marks a place into which a copy is being made, so that no store opens it; refused when it was ever opened. */
export const beginCopy = Effect.fnUntraced(function*(to: Place, plan: IndexPlan.IndexPlan) {
  const e = { S: copying + kept(plan) }
  const begun = yield* conditionally(
    to,
    to.dynamo.send("PutItem", {
      TableName: to.name,
      Item: { ...planKey(to.prefix), e },
      ConditionExpression: "attribute_not_exists(pk) OR e = :copying",
      ExpressionAttributeValues: { ":copying": e }
    })
  )
  if (Result.isFailure(begun)) {
    return yield* refuse(`table '${to.name}' holds a store already; copy into a new table, or into another key prefix`)
  }
})

/** Opens a place for stores of the plan, now that the copy is whole; what is known of the source's writers and shapes goes on. */
export const endCopy = Effect.fnUntraced(function*(from: Place, to: Place, plan: IndexPlan.IndexPlan) {
  const read = (key: Item) =>
    Effect.map(
      untilAnswered(
        from.name,
        from.dynamo.send("GetItem", { TableName: from.name, Key: key, ConsistentRead: true })
      ),
      ({ Item: item }) => item
    )
  const write = (item: Item) => untilAnswered(to.name, to.dynamo.send("PutItem", { TableName: to.name, Item: item }))
  const shapes = yield* read(shapesKey(from.prefix))
  if (shapes !== undefined) yield* write({ ...shapes, ...shapesKey(to.prefix) })
  const { startCount = { N: "0" } } = (yield* read(planKey(from.prefix))) ?? {}
  yield* write({ ...planKey(to.prefix), e: { S: kept(plan) }, startCount })
})

const merge = Effect.fnUntraced(function*(known: Readonly<Record<string, string>>, shapes: ReadonlyArray<EventShape>) {
  const merged = { ...known }
  for (const { shape, type, version } of shapes) {
    const key = `${type} ${version}`
    const before = merged[key] ?? shape
    const detail = StoreRules.changedShape(before, shape)
    if (detail !== undefined) {
      return yield* new EventStoreError({ reason: new EventChanged({ event: type, version, detail }) })
    }
    merged[key] = StoreRules.rememberedShape(before, shape)
  }
  return merged
})

/** Remembers the shapes of a plugin's events; refuses one that changed under its version. */
export const rememberShapes = Effect.fnUntraced(function*(place: Place, shapes: ReadonlyArray<EventShape>) {
  for (let tries = 1; tries <= maxTries; tries++) {
    const { Item: found } = yield* untilAnswered(
      place.name,
      place.dynamo.send("GetItem", { TableName: place.name, Key: shapesKey(place.prefix), ConsistentRead: true })
    )
    const before = found?.["e"]?.S ?? "{}"
    const after = JSON.stringify(yield* merge(JSON.parse(before), shapes))
    if (after === before) return
    const written = yield* Effect.result(place.dynamo.send("PutItem", {
      TableName: place.name,
      Item: { ...shapesKey(place.prefix), e: { S: after } },
      ...(found === undefined
        ? { ConditionExpression: "attribute_not_exists(pk)" }
        : { ConditionExpression: "e = :before", ExpressionAttributeValues: { ":before": { S: before } } })
    }))
    if (written._tag === "Success") return
    const { reason } = written.failure
    if (reason._tag === "NoTable" || reason._tag === "Rejected" || tries === maxTries) {
      return yield* toEventStoreError(place.name, written.failure)
    }
    yield* backoff(tries)
  }
})
