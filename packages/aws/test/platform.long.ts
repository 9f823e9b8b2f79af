import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as SnapshotStoreDynamo from "@reventless/aws/SnapshotStoreDynamo"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as PlatformConformance from "@reventless/testing/PlatformConformance"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { dynamoLayer, sharedRaw } from "./support.ts"

const raw = sharedRaw()

/** Events and snapshots on DynamoDB; views and work in memory, as long as there are no such stores on AWS. */
const stores = Layer.unwrap(Effect.gen(function*() {
  const table = yield* DynamoEmulator.tableName
  yield* DynamoTable.create({ table })
  const place = EventStoreDynamo.oneTable(table)
  return Layer.mergeAll(EventStoreDynamo.layerStores(place), SnapshotStoreDynamo.layerStores(place))
}))

PlatformConformance.suite({
  name: "a platform whose events are on DynamoDB",
  capabilities: { durable: false, ordered: false },
  patience: 15_000,
  provider: () =>
    Layer.mergeAll(stores, ViewStoreMemory.layerStores, WorkStoreMemory.layerStores).pipe(
      Layer.provide(dynamoLayer),
      Layer.provide(raw)
    )
})
