import { type Address, addressName } from "@reventless/core/CommandBus"

/** How a plugin is called in paths: `OnlineShop` is `online-shop`. */
export const pluginSegment = (plugin: string): string =>
  plugin.replace(/([a-z0-9])([A-Z])/g, "$1-$2").replace(/([A-Z])([A-Z][a-z])/g, "$1-$2").toLowerCase()

type Path = `/${string}`

/** `/catalog/commands/AddProduct`, `/catalog/commands/Category/CreateCategory`. */
export const command = (plugin: string, address: Address): Path =>
  `/${pluginSegment(plugin)}/commands/${addressName(address).replace(".", "/")}`

/** `/catalog/views/Products`. */
export const view = (plugin: string, name: string): Path => `/${pluginSegment(plugin)}/views/${name}`

/** `/catalog/watch/Products`: beside the view, so that no row's key is in its way. */
export const watch = (plugin: string, name: string): Path => `/${pluginSegment(plugin)}/watch/${name}`

/** `/shop/inbound/PaymentReceived`. */
export const inbound = (plugin: string, name: string): Path => `/${pluginSegment(plugin)}/inbound/${name}`

/** Where the outcomes of pending commands are told, as a template. */
export const outcomes = (plugin: string): Path => `/${pluginSegment(plugin)}/outcomes/:messageId`

/** Where the outcome of a pending command is told. */
export const outcome = (plugin: string, messageId: string): Path =>
  `/${pluginSegment(plugin)}/outcomes/${encodeURIComponent(messageId)}`
