/**
 * The table of an event store: an item is an event in one of its partitions (`pk`, text) at one version (`sk`, a number),
 * and the table's stream tells which items were added. It is billed for each request.
 *
 * ```ts
 * DynamoTable.create({ table: "shop-events" }).pipe(Effect.provide(Dynamo.layer()))
 * ```
 *
 * Several plugins may share a table.
 */
import type { KeyType, ScalarAttributeType, TableDescription } from "@aws-sdk/client-dynamodb"
import { EventStoreError, StoreUnavailable, StoreUnreadable } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { Dynamo, type DynamoError, type Requests } from "./Dynamo.ts"
import { untilAnswered } from "./internal/retries.ts"

/** Which table. */
export interface Options {
  /** Its name, of 3 to 255 letters, digits, `_`, `-` and `.`; or its ARN. */
  readonly table: string
}

/**
 * Creates the table and waits until it can be used, at most about a minute. A table that is there already is left as it
 * is; when it has other keys or no stream of new images, it fails with `StoreUnreadable`, which names the difference.
 */
export const create = ({ table }: Options): Effect.Effect<void, EventStoreError, Dynamo> =>
  Effect.flatMap(Dynamo, (dynamo) =>
    settled(table, (found) =>
      found === undefined
        ? Effect.as(unlessInUse(table, dynamo.send("CreateTable", { TableName: table, ...definition })), false)
        : isUsable(found)
        ? Effect.as(checked(table, found), true)
        : Effect.succeed(false)))

/** Removes the table with all that is in it, and waits until it is gone. A table that isn't there is no failure. */
export const remove = ({ table }: Options): Effect.Effect<void, EventStoreError, Dynamo> =>
  Effect.flatMap(Dynamo, (dynamo) =>
    settled(table, (found) =>
      found === undefined
        ? Effect.succeed(true)
        : found.TableStatus === "DELETING"
        ? Effect.succeed(false)
        : Effect.as(unlessInUse(table, dynamo.send("DeleteTable", { TableName: table })), false)))

const definition = {
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, { AttributeName: "sk", AttributeType: "N" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }],
  StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" }
} satisfies Partial<Requests["CreateTable"]>

/** The longest pause between two looks, and how many looks there are: together about a minute. */
const longestPause = 2000
const looks = 36

/** Looks at the table until `step` says that nothing more has to be done. */
const settled = Effect.fnUntraced(function*(
  table: string,
  step: (found: TableDescription | undefined) => Effect.Effect<boolean, EventStoreError>
) {
  const dynamo = yield* Dynamo
  const look = untilAnswered(
    table,
    dynamo.send("DescribeTable", { TableName: table }).pipe(
      Effect.map(({ Table }) => Table),
      Effect.catch((error) => error.reason._tag === "NoTable" ? Effect.undefined : Effect.fail(error))
    )
  )
  let found = yield* look
  for (let pause = 20, count = 1; !(yield* step(found)); pause = Math.min(pause * 2, longestPause), count++) {
    // What was just asked for is mostly seen at the first look.
    if (count > 1) yield* Effect.sleep(pause)
    if (count > looks) {
      const detail = `the table '${table}' is still ${found?.TableStatus ?? "not there"}`
      return yield* new EventStoreError({ reason: new StoreUnavailable({ detail }) })
    }
    found = yield* look
  }
})

/** Being created, removed or changed by an earlier request, or by somebody else: the next look shows what it becomes. */
const unlessInUse = (table: string, request: Effect.Effect<unknown, DynamoError>) =>
  untilAnswered(
    table,
    Effect.catch(request, (error) =>
      Predicate.hasProperty(error.cause, "name") && error.cause.name === "ResourceInUseException"
        ? Effect.void
        : Effect.fail(error))
  )

/** A table that is being changed can be used meanwhile. */
const isUsable = ({ TableStatus }: TableDescription): boolean => TableStatus === "ACTIVE" || TableStatus === "UPDATING"

const checked = (table: string, found: TableDescription): Effect.Effect<void, EventStoreError> => {
  const differences = [
    ...keyDifference("partition key", "HASH", found),
    ...keyDifference("sort key", "RANGE", found),
    ...streamDifference(found)
  ]
  return differences.length === 0 ? Effect.void : Effect.fail(
    new EventStoreError({
      reason: new StoreUnreadable({
        detail: `the table '${table}' is not the table of an event store: ${differences.join("; ")}. ` +
          "Name another table, or change this one"
      })
    })
  )
}

const keyDifference = (what: string, type: KeyType, { AttributeDefinitions, KeySchema }: TableDescription) => {
  const key = (schema: TableDescription["KeySchema"], types: TableDescription["AttributeDefinitions"]) => {
    const name = schema?.find(({ KeyType }) => KeyType === type)?.AttributeName
    const typeName = types?.find(({ AttributeName }) => AttributeName === name)?.AttributeType
    return name === undefined ? "missing" : `'${name}' (${typeNames[typeName ?? ""] ?? typeName})`
  }
  const is = key(KeySchema, AttributeDefinitions)
  const mustBe = key(definition.KeySchema, definition.AttributeDefinitions)
  return is === mustBe ? [] : [`its ${what} is ${is}, and has to be ${mustBe}`]
}

const typeNames: Record<string, string> = { S: "text", N: "number", B: "binary" } satisfies Record<
  ScalarAttributeType,
  string
>

/** A stream that has the old images too has the new ones. */
const streamDifference = ({ StreamSpecification: stream }: TableDescription) =>
  stream?.StreamEnabled === true && stream.StreamViewType?.startsWith("NEW_") === true
    ? []
    : [`its stream is ${stream?.StreamEnabled === true ? stream.StreamViewType : "off"}, and has to be NEW_IMAGE`]
