// #region platform
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ObjectStoreFolder from "@reventless/core/ObjectStoreFolder"
import * as Platform from "@reventless/core/Platform"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Layer from "effect/Layer"
import { Registration } from "./nightly.ts"

const Inbox = ObjectStoreFolder.layer({ folder: "inbox" }).pipe(Layer.provide(NodeServices.layer))

export const Main = Platform.layer({ version: "1.0.0", plugins: [Registration] }).pipe(
  Layer.provide(Inbox),
  Layer.provide(SqlitePlatform.layer({ filename: "workshops.db" }))
)
// #endregion platform
