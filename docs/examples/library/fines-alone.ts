import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Access from "@reventless/core/Access"
import * as Platform from "@reventless/core/Platform"
import * as HttpServer from "@reventless/http/HttpServer"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Layer from "effect/Layer"
import { Fines } from "./fines.ts"

// #region main
const Main = HttpServer.layer({ port: 4001 }).pipe(
  Layer.provide(Platform.layer({
    version: "1.0.0",
    plugins: [Fines],
    external: ["Library.Loans"],
    defaultAccess: Access.anyone,
    operators: Access.anyone
  })),
  Layer.provide(SqlitePlatform.layer({ filename: "library.db" }))
)

NodeRuntime.runMain(Layer.launch(Main))
// #endregion main
