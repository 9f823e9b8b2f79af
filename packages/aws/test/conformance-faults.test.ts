import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoStream from "@reventless/aws/DynamoStream"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as DynamoFaults from "@reventless/testing/DynamoFaults"
import * as DynamoStreamFaults from "@reventless/testing/DynamoStreamFaults"
import * as EventStoreConformance from "@reventless/testing/EventStoreConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { dynamoLayer, newTable, Raw, sharedRaw } from "./support.ts"

/** Three of ten requests are disturbed, and of three of ten transactions some items are seen late. */
const rates: DynamoFaults.Rates = { hide: 0.3, late: 0.06, lose: 0.06, retry: 0.06, throttle: 0.06, conflict: 0.06 }

/** Records come twice, late and in any order, and the reader loses its place. */
const streamRates: DynamoStreamFaults.Rates = {
  repeat: 0.2,
  delay: 0.2,
  shuffle: 0.5,
  expire: 0.05,
  trim: 0.02,
  lose: 0.05
}

const disturbed = Layer.unwrap(Effect.gen(function*() {
  const { send, stream } = yield* Raw
  const faults = yield* DynamoFaults.make(rates)
  const streamFaults = yield* DynamoStreamFaults.make(streamRates)
  return DynamoStream.layerRaw(streamFaults.wrap(stream), { pollInterval: 25 }).pipe(
    Layer.provideMerge(Dynamo.layerRaw(faults.wrap(send)))
  )
}))

const raw = sharedRaw()

EventStoreConformance.suite({
  name: "the DynamoDB store, of whose requests three in ten are disturbed,",
  capabilities: { positions: false, plans: true, atomicReads: false },
  patience: 20_000,
  layer: (plan) =>
    Layer.unwrap(Effect.map(
      Effect.provide(newTable, dynamoLayer),
      (table) => EventStoreDynamo.layer({ table, plan })
    )).pipe(Layer.provide(disturbed), Layer.provide(raw))
})
