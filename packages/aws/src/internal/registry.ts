import { EventChanged, EventStoreError, PlanChanged } from "@reventless/core/EventStore"
import type { EventShape } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as StoreRules from "@reventless/core/StoreRules"
import * as Effect from "effect/Effect"
import type { DynamoShape, Item } from "../Dynamo.ts"
import { toEventStoreError } from "./failure.ts"
import * as Items from "./items.ts"
import * as Partitions from "./partitions.ts"
import { backoff, maxTries, untilAnswered } from "./retries.ts"

/** Where the registry stands. */
interface Place {
  readonly dynamo: DynamoShape
  readonly name: string
  readonly prefix: string
}

/**
 * Registers a writer: refused when the table was written for another plan. Answers how many were registered before, this
 * one included, which tells the writers of a table apart.
 */
export const register = (place: Place, plan: IndexPlan.IndexPlan): Effect.Effect<number, EventStoreError> => {
  const request = place.dynamo.send("UpdateItem", {
    TableName: place.name,
    Key: Items.key(place.prefix, Partitions.registry("plan"), 0),
    UpdateExpression: "SET planHash = if_not_exists(planHash, :plan) ADD startCount :one",
    ConditionExpression: "attribute_not_exists(planHash) OR planHash = :plan",
    ExpressionAttributeValues: { ":plan": { S: IndexPlan.hash(plan) }, ":one": { N: "1" } },
    ReturnValues: "ALL_NEW"
  })
  return untilAnswered(
    place.name,
    Effect.result(request).pipe(
      Effect.flatMap((answer) =>
        answer._tag === "Success"
          ? Effect.succeed(Number(answer.success.Attributes?.["startCount"]?.N))
          : answer.failure.reason._tag === "ConditionFailed"
          ? Effect.undefined
          : Effect.fail(answer.failure)
      )
    )
  ).pipe(
    Effect.flatMap((start) =>
      start !== undefined ? Effect.succeed(start) : Effect.fail(
        new EventStoreError({
          reason: new PlanChanged({
            detail:
              `table '${place.name}' was written so that events are found by other tags. Stop its writers, copy it ` +
              "with DynamoReindex.copy into a table for the new plan, and start again on that one"
          })
        })
      )
    )
  )
}

const shapesKey = (prefix: string): Item => Items.key(prefix, Partitions.registry("shapes"), 0)

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
