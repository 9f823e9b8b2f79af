import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoStream from "@reventless/aws/DynamoStream"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as SnapshotStoreDynamo from "@reventless/aws/SnapshotStoreDynamo"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Layer from "effect/Layer"

/** Events and snapshots of all plugins in one table. The rest is in memory: each process makes its views anew at its start. */
export const layer = (table: string, client: Dynamo.Config & DynamoStream.ClientConfig) => {
  const places = EventStoreDynamo.oneTable(table)
  return Layer.mergeAll(
    EventStoreDynamo.layerStores(places),
    SnapshotStoreDynamo.layerStores(places),
    ViewStoreMemory.layerStores,
    WorkStoreMemory.layerStores
  ).pipe(
    Layer.provide(DynamoStream.layer({ client })),
    Layer.provide(Dynamo.layer(client))
  )
}
