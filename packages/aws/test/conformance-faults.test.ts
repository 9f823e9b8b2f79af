import * as Dynamo from "@reventless/aws/Dynamo"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as DynamoFaults from "@reventless/testing/DynamoFaults"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { newTable, sharedDynamo, sharedRaw } from "./support.ts"

/** Three of ten requests are disturbed, and of three of ten transactions some items are seen late. */
const rates: DynamoFaults.Rates = { hide: 0.3, late: 0.06, lose: 0.06, retry: 0.06, throttle: 0.06, conflict: 0.06 }

const raw = sharedRaw()

EventStoreConformance.suite({
  name: "the DynamoDB store, of whose requests three in ten are disturbed,",
  capabilities: { positions: false, plans: true, atomicReads: false },
  patience: 20_000,
  layer: (plan) =>
    Layer.unwrap(Effect.gen(function*() {
      const send = yield* raw
      const table = yield* newTable.pipe(Effect.provideService(Dynamo.Dynamo, Dynamo.fromRaw(send)))
      const faults = yield* DynamoFaults.make(rates)
      return EventStoreDynamo.layer({ table, plan }).pipe(Layer.provide(Dynamo.layerRaw(faults.wrap(send))))
    }))
})
