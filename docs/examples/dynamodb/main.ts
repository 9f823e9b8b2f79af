import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Access from "@reventless/core/Access"
import * as Platform from "@reventless/core/Platform"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Layer from "effect/Layer"
import { Seats } from "../tutorial/seats.ts"
import * as DynamoPlatform from "./platform.ts"

/** Without limits the SDK waits for ever for an answer that doesn't come. */
const client = {
  region: "eu-central-1",
  requestHandler: { connectionTimeout: 1000, requestTimeout: 3000, throwOnRequestTimeout: true }
}

const Main = HttpServer.layer({ port: 4000 }).pipe(
  Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Seats], defaultAccess: Access.anyone })),
  Layer.provide(DynamoPlatform.layer("seats-events", client))
)

NodeRuntime.runMain(Layer.launch(Main))
