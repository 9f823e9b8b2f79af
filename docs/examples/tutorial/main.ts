import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Access from "@reventless/core/Access"
import * as Platform from "@reventless/core/Platform"
import * as HttpServer from "@reventless/http/HttpServer"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Layer from "effect/Layer"
import { Seats } from "./seats.ts"

const Main = HttpServer.layer({ port: 4000 }).pipe(
  Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Seats], defaultAccess: Access.anyone })),
  Layer.provide(SqlitePlatform.layer({ filename: "seats.db" }))
)

NodeRuntime.runMain(Layer.launch(Main))
