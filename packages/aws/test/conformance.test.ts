import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

EventStoreConformance.suite({
  name: "the DynamoDB store",
  capabilities: { positions: false, plans: true },
  layer: (plan) =>
    Layer.unwrap(Effect.gen(function*() {
      const table = yield* DynamoEmulator.tableName
      yield* DynamoTable.create({ table })
      return EventStoreDynamo.layer({ table, plan })
    })).pipe(
      Layer.provide(Layer.unwrap(Effect.map(DynamoEmulator.DynamoEmulator, ({ client }) => Dynamo.layer(client)))),
      Layer.provide(DynamoEmulator.layer)
    )
})
