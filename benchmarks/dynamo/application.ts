/** The application on DynamoDB, on one table, for commands alone. */
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as SnapshotStoreDynamo from "@reventless/aws/SnapshotStoreDynamo"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Platform from "@reventless/core/Platform"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Commands } from "../application/courses.ts"

/** The command bus of a process. */
export const openBus = (send: Dynamo.RawSend, table: string) => {
  const place = EventStoreDynamo.oneTable(table)
  const stores = Layer.mergeAll(
    EventStoreDynamo.layerStores(place),
    SnapshotStoreDynamo.layerStores(place),
    ViewStoreMemory.layerStores,
    WorkStoreMemory.layerStores
  ).pipe(Layer.provide([Doorbells.layerNone, Dynamo.layerRaw(send)]))
  return Layer.build(Platform.layer({ version: "1.0.0", plugins: [Commands] }).pipe(Layer.provide(stores))).pipe(
    Effect.map((context) => Context.get(context, CommandBus)),
    Effect.orDie
  )
}
