/**
 * The online shop on one machine: its plugins on an SQLite file, served over HTTP, an inbox folder and a file of mails
 * beside it. The composition root, and the only file that names providers. All plugins run in one process, or each in one
 * of its own: they find each other in the registry that the file has.
 */
import * as Access from "@reventless/core/Access"
import * as ObjectStoreFolder from "@reventless/core/ObjectStoreFolder"
import * as Platform from "@reventless/core/Platform"
import { Catalog } from "@reventless/example-catalog"
import { Customers } from "@reventless/example-customers"
import { Ordering } from "@reventless/example-ordering"
import { Shipping } from "@reventless/example-shipping"
import * as DevelopmentIssuer from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as MailFile from "./MailFile.ts"

export interface Options {
  readonly version: string
  /** The database; the inbox and the mails lie beside it. */
  readonly file: string
  readonly port: number
}

/** Where the shop finds the files that are dropped, and where it keeps mails, addresses and the key of its tokens. */
export const beside = (
  file: string
): { readonly inbox: string; readonly mails: string; readonly addresses: string; readonly key: string } => {
  const name = file.replace(/\.db$/, "")
  return {
    inbox: `${name}-inbox`,
    mails: `${name}-mails.jsonl`,
    addresses: `${name}-addresses.jsonl`,
    key: `${name}.dev-key`
  }
}

/** What payments are signed with unless the environment says it: everybody may know it, so it is for development only. */
export const developmentSecret = "for-development-only"

const Settings = ConfigProvider.layerAdd(ConfigProvider.fromUnknown({ PAYMENT_WEBHOOK_SECRET: developmentSecret }))

const operators = Access.groups("shop-manager")

/** The whole shop. */
const whole = (version: string) =>
  Platform.layer({ version, plugins: [Catalog, Customers, Ordering, Shipping], operators })

/** One plugin by itself: what it follows is provided elsewhere. */
const alone = {
  catalog: (version: string) => Platform.layer({ version, plugins: [Catalog], operators }),
  customers: (version: string) => Platform.layer({ version, plugins: [Customers], operators }),
  ordering: (version: string) =>
    Platform.layer({
      version,
      plugins: [Ordering],
      external: ["Catalog.Products", "Customers.Customers", "Shipping.Parcels"],
      operators
    }),
  shipping: (version: string) =>
    Platform.layer({ version, plugins: [Shipping], external: ["Ordering.Orders"], operators })
}

/** The plugins, as they are called where one of them is to run alone. */
export type PluginName = keyof typeof alone
export const pluginNames = Object.keys(alone) as ReadonlyArray<PluginName>

/** Makes the folder that lists of products are dropped into. */
const drop = (inbox: string) =>
  Layer.effectDiscard(
    Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeDirectory(`${inbox}/products`, { recursive: true }))
  )

/** The shop, or one plugin of it. */
export const layer = ({ file, port, version }: Options, only?: PluginName) => {
  const { addresses, inbox, key, mails } = beside(file)
  const database = SqlitePlatform.layer({ filename: file })
  // Where the database can't be opened, nothing is made beside it.
  const objects = Layer.flatMap(database, () => Layer.merge(ObjectStoreFolder.layer({ folder: inbox }), drop(inbox)))
  const issuer = Layer.flatMap(database, () => DevelopmentIssuer.layer({ keyFile: key }))
  const platform: ReturnType<typeof whole> = (only === undefined ? whole : alone[only])(version)
  return HttpServer.layer({ port, title: "Online shop" }).pipe(
    Layer.provideMerge(platform),
    Layer.provide([database, MailFile.mailer(mails), MailFile.addressBook(addresses), Settings]),
    Layer.provideMerge([objects, issuer])
  )
}
