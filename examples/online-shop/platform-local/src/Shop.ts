/**
 * The online shop on one machine: its plugins on an SQLite file, served over HTTP, an inbox folder and a file of mails
 * beside it. The composition root, and the only file that names providers.
 */
import * as Access from "@reventless/core/Access"
import * as ObjectStoreFolder from "@reventless/core/ObjectStoreFolder"
import * as Platform from "@reventless/core/Platform"
import * as Principal from "@reventless/core/Principal"
import { Catalog } from "@reventless/example-catalog"
import { Ordering } from "@reventless/example-ordering"
import * as HttpServer from "@reventless/http/HttpServer"
import { PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MailFile from "./MailFile.ts"

export interface Options {
  readonly version: string
  /** The database; the inbox and the mails lie beside it. */
  readonly file: string
  readonly port: number
}

/** Where the shop finds the files that are dropped, and where it keeps mails. */
export const beside = (file: string): { readonly inbox: string; readonly mails: string } => {
  const name = file.replace(/\.db$/, "")
  return { inbox: `${name}-inbox`, mails: `${name}-mails.jsonl` }
}

/** What payments are signed with unless the environment says it: everybody may know it, so it is for development only. */
export const developmentSecret = "for-development-only"

const Settings = ConfigProvider.layerAdd(ConfigProvider.fromUnknown({ PAYMENT_WEBHOOK_SECRET: developmentSecret }))

/** Takes every caller for a shop manager: right for a demo on one's own machine, and nowhere else. */
const EveryoneManages = Layer.succeed(PrincipalResolver, {
  challenge: "Bearer",
  resolve: () => Effect.succeed(Principal.user("demo", ["shop-manager"]))
})

export const layer = ({ file, port, version }: Options) => {
  const { inbox, mails } = beside(file)
  const database = SqlitePlatform.layer({ filename: file })
  // Where the database can't be opened, nothing is made beside it.
  const objects = Layer.flatMap(database, () => ObjectStoreFolder.layer({ folder: inbox }))
  return HttpServer.layer({ port, title: "Online shop" }).pipe(
    Layer.provide(EveryoneManages),
    Layer.provideMerge(
      Platform.layer({ version, plugins: [Catalog, Ordering], operators: Access.groups("shop-manager") })
    ),
    Layer.provide([database, MailFile.layer(mails), Settings]),
    Layer.provideMerge(objects)
  )
}
