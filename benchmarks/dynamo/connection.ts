/** The DynamoDB that is measured on: an emulator, or what REVENTLESS_DYNAMODB_ENDPOINT names. */
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import { EventStore } from "@reventless/core/EventStore"
import type * as IndexPlan from "@reventless/core/IndexPlan"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { subscribedType } from "../contenders/event.ts"

/** How to reach it, and one client for all. */
export interface Connection {
  readonly config: DynamoEmulator.ClientConfig
  readonly send: Dynamo.RawSend
}

export const open = Effect.gen(function*() {
  const { client } = yield* DynamoEmulator.make
  const connection: Connection = { config: client, send: yield* Dynamo.makeRaw(client) }
  return connection
})

/** Events are found by their course alone: each is one item. */
const plan: IndexPlan.IndexPlan = {
  _tag: "Planned",
  all: false,
  types: { [subscribedType]: { partitions: ["course"], references: ["student"], home: "course", byType: false } }
}

export const newTable = ({ send }: Connection) =>
  DynamoEmulator.tableName.pipe(
    Effect.tap((table) => Effect.provide(DynamoTable.create({ table }), Dynamo.layerRaw(send))),
    Effect.orDie
  )

/** Without a stream, which the emulator takes most of its time for: for tables that are filled first and then only read. */
export const newTableWithoutStream = Effect.fnUntraced(function*({ send }: Connection) {
  const table = yield* DynamoEmulator.tableName
  yield* Dynamo.fromRaw(send).send("CreateTable", {
    TableName: table,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, { AttributeName: "sk", AttributeType: "N" }],
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }]
  })
  return table
}, Effect.orDie)

/** A store of events with one partition. */
export const openStore = ({ send }: Connection, table: string) =>
  Layer.build(EventStoreDynamo.layer({ table, plan })).pipe(
    Effect.provide(Layer.merge(Doorbells.layerNone, Dynamo.layerRaw(send))),
    Effect.map((context) => Context.get(context, EventStore)),
    Effect.orDie
  )
