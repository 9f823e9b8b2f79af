import { assert, describe, layer } from "@effect/vitest"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"

const client = Layer.unwrap(Effect.map(DynamoEmulator.DynamoEmulator, ({ client }) => Dynamo.layer(client))).pipe(
  Layer.provideMerge(DynamoEmulator.layer)
)

const definition = {
  BillingMode: "PAY_PER_REQUEST",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, { AttributeName: "sk", AttributeType: "N" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }]
} satisfies Partial<Dynamo.Requests["CreateTable"]>

const put = (table: string) =>
  Effect.flatMap(
    Dynamo.Dynamo,
    (dynamo) => dynamo.send("PutItem", { TableName: table, Item: { pk: { S: "t#cart:1" }, sk: { N: "1" } } })
  )

const refusal = (table: string) => Effect.map(Effect.flip(DynamoTable.create({ table })), ({ message }) => message)

layer(client)("the table of an event store", (it) => {
  it.effect("can be used at once when it was created, and creating it again changes nothing", () =>
    Effect.gen(function*() {
      const dynamo = yield* Dynamo.Dynamo
      const table = yield* DynamoEmulator.tableName
      yield* DynamoTable.create({ table })
      yield* put(table)
      yield* DynamoTable.create({ table })
      const { Table } = yield* dynamo.send("DescribeTable", { TableName: table })
      assert.deepStrictEqual(Table?.KeySchema, definition.KeySchema)
      assert.deepStrictEqual(Table?.StreamSpecification, { StreamEnabled: true, StreamViewType: "NEW_IMAGE" })
      assert.strictEqual(Table?.BillingModeSummary?.BillingMode, "PAY_PER_REQUEST")
      assert.strictEqual((yield* dynamo.send("Scan", { TableName: table })).Count, 1)
    }))

  it.effect("can be created by many at once", () =>
    Effect.gen(function*() {
      const table = yield* DynamoEmulator.tableName
      yield* Effect.all(Array.from({ length: 8 }, () => DynamoTable.create({ table })), { concurrency: "unbounded" })
      yield* put(table)
    }))

  it.effect("is gone with its items when it was removed; what isn't there is removed too", () =>
    Effect.gen(function*() {
      const table = yield* DynamoEmulator.tableName
      yield* DynamoTable.create({ table })
      yield* put(table)
      yield* DynamoTable.remove({ table })
      yield* DynamoTable.remove({ table })
      assert.strictEqual((yield* Effect.flip(put(table))).reason._tag, "NoTable")
    }))

  it.effect("is refused when it has other keys or no stream of new images, with all the differences", () =>
    Effect.gen(function*() {
      const dynamo = yield* Dynamo.Dynamo
      const table = yield* DynamoEmulator.tableName
      yield* dynamo.send("CreateTable", {
        TableName: table,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "N" }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }]
      })
      assert.strictEqual(
        yield* refusal(table),
        `The event store can't be read: the table '${table}' is not the table of an event store: its partition key is ` +
          "'pk' (number), and has to be 'pk' (text); its sort key is missing, and has to be 'sk' (number); its stream is " +
          "off, and has to be NEW_IMAGE. Name another table, or change this one"
      )
      const other = yield* DynamoEmulator.tableName
      yield* dynamo.send("CreateTable", {
        TableName: other,
        ...definition,
        StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" }
      })
      assert.include(yield* refusal(other), "its stream is KEYS_ONLY, and has to be NEW_IMAGE")
    }))

  it.effect("may have a stream of old images too", () =>
    Effect.gen(function*() {
      const table = yield* DynamoEmulator.tableName
      const stream = { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" } as const
      const dynamo = yield* Dynamo.Dynamo
      yield* dynamo.send("CreateTable", { TableName: table, ...definition, StreamSpecification: stream })
      yield* DynamoTable.create({ table })
    }))

  it.effect("with a name that DynamoDB refuses is refused", () =>
    Effect.gen(function*() {
      const error = yield* Effect.flip(DynamoTable.create({ table: "x" }))
      assert.strictEqual(error.reason._tag, "StoreUnreadable")
      assert.include(error.message, "ValidationException")
    }))
})

/** A DynamoDB whose table has these states one after the other, and then the last one for good. */
const states = (sequence: ReadonlyArray<string | undefined>) => {
  const made: Array<string> = []
  let look = 0
  const answer = (operation: Dynamo.Operation): Effect.Effect<unknown, Dynamo.SendFailed> => {
    made.push(operation)
    const status = operation === "DescribeTable" ? sequence[Math.min(look++, sequence.length - 1)] : "CREATING"
    if (operation === "CreateTable" && made.filter((name) => name === operation).length > 1) {
      return Effect.fail({
        cause: { name: "ResourceInUseException", $fault: "client", $metadata: { httpStatusCode: 400 } }
      })
    }
    return status === undefined
      ? Effect.fail({ cause: { name: "ResourceNotFoundException", $fault: "client" } })
      : Effect.succeed({
        Table: {
          ...definition,
          TableStatus: status,
          StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_IMAGE" }
        }
      })
  }
  return { made, layer: Dynamo.layerRaw((operation) => Effect.suspend(() => answer(operation))) }
}

describe("a table that isn't ready yet", () => {
  layer(Layer.empty)((it) => {
    it.effect("is waited for, also when it is being removed or not seen after it was created", () =>
      Effect.gen(function*() {
        const { layer, made } = states(["DELETING", undefined, undefined, "CREATING", "CREATING", "ACTIVE"])
        const fiber = yield* Effect.forkChild(Effect.provide(DynamoTable.create({ table: "events" }), layer))
        yield* TestClock.adjust("5 seconds")
        yield* Fiber.join(fiber)
        assert.deepStrictEqual(made.filter((name) => name !== "DescribeTable"), ["CreateTable", "CreateTable"])
        assert.strictEqual(made.length, 8)
      }))

    it.effect("is waited for about a minute", () =>
      Effect.gen(function*() {
        const { layer } = states(["CREATING"])
        const fiber = yield* Effect.forkChild(
          Effect.flip(Effect.provide(DynamoTable.create({ table: "events" }), layer))
        )
        yield* TestClock.adjust("70 seconds")
        const error = yield* Fiber.join(fiber)
        assert.isTrue(error.isRetryable)
        assert.include(error.message, "the table 'events' is still CREATING")
      }))
  })
})
