import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Access from "@reventless/core/Access"
import * as PackageVersion from "@reventless/core/PackageVersion"
import * as Platform from "@reventless/core/Platform"
import * as HttpServer from "@reventless/http/HttpServer"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Seats } from "../tutorial/seats.ts"

const Main = Layer.unwrap(Effect.gen(function*() {
  const version = yield* PackageVersion.fromCwd
  const filename = yield* Config.String("SEATS_FILE").pipe(Config.withDefault("seats.db"))
  const port = yield* Config.Int("PORT").pipe(Config.withDefault(4000))
  return HttpServer.layer({ port, host: "127.0.0.1", title: "Seats", drainTimeout: "10 seconds" }).pipe(
    Layer.provide(Platform.layer({ version, plugins: [Seats], defaultAccess: Access.authenticated })),
    Layer.provide(SqlitePlatform.layer({ filename, synchronous: "FULL", busyTimeout: 5000 }))
  )
}))

Layer.launch(Main).pipe(Effect.provide(NodeServices.layer), NodeRuntime.runMain)
