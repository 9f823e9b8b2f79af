import * as Access from "@reventless/core/Access"
import * as Platform from "@reventless/core/Platform"
import * as DevelopmentIssuer from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Layer from "effect/Layer"
import { Notes } from "./notes.ts"

export const Main = HttpServer.layer({ port: 4000 }).pipe(
  Layer.provideMerge(DevelopmentIssuer.layer({ keyFile: "notes.db.dev-key" })),
  Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Notes], operators: Access.groups("operator") })),
  Layer.provide(SqlitePlatform.layer({ filename: "notes.db" }))
)
