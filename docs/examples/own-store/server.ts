import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as StoreServer from "@reventless/testing/StoreServer"
import * as Layer from "effect/Layer"
import { key } from "./key.ts"
import * as SealedStore from "./SealedStore.ts"

const Store = SealedStore.layer(key).pipe(Layer.provide(EventStoreMemory.layer()))

NodeRuntime.runMain(Layer.launch(StoreServer.layer({ port: 3000 }).pipe(Layer.provide(Store))))
