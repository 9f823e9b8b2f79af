import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { dynamoLayer, newTable, sharedRaw } from "./support.ts"

const raw = sharedRaw()

EventStoreConformance.suite({
  name: "the DynamoDB store",
  capabilities: { positions: false, plans: true, atomicReads: false },
  patience: 15_000,
  layer: (plan) =>
    Layer.unwrap(Effect.map(newTable, (table) => EventStoreDynamo.layer({ table, plan }))).pipe(
      Layer.provide(dynamoLayer),
      Layer.provide(raw)
    )
})
