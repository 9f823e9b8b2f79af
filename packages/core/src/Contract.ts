/**
 * Contracts as data: what an extension point says, in a form that is kept beside its package and compared with what is
 * published later. The comparison says of every change whether it breaks those who connect, and so which version it needs.
 *
 * Who reads events has been built with an older contract, and reads what was published before as well as what comes. Who
 * sends commands has been built with an older contract, too. So within one major version
 * - an event may get fields that can be absent; with a raised `version` of the event and an upcast for the older one also
 *   fields that must be there, and values may become fewer;
 * - a command may get fields that can be absent, fields may become optional, and values may become more.
 *
 * What nobody can judge counts as breaking, and says so. What a comparison can't see: code behind a check of your own, and
 * brands that aren't ids.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SemVer from "effect/SemVer"
import type * as ExtensionPoint from "./ExtensionPoint.ts"
import { canonicalJson } from "./internal/canonicalJson.ts"
import * as CheckContracts from "./internal/contracts/checkContracts.ts"
import * as CompareContracts from "./internal/contracts/compareContracts.ts"
import { Field } from "./internal/contracts/shape.ts"
import { errorOf, fieldsOf } from "./internal/contracts/shapeOf.ts"
import { refuse } from "./internal/definitions/definition.ts"
import type { Plugin } from "./Plugin.ts"

const Version = Schema.String.check(
  Schema.makeFilter((text: string) => Result.isSuccess(SemVer.parse(text)) || "must be a SemVer, such as 1.0.0")
)

const Fields = Schema.Record(Schema.String, Field)

const MessageShape = Schema.Struct({
  /** The field whose value says which entity a message is about, unless the mapping says another. */
  entity: Schema.optionalKey(Schema.String),
  fields: Fields
})

/** A contract as data: JSON, its names in sorted order. */
export const Contract = Schema.Struct({
  /** `Plugin.Name`. */
  name: Schema.String,
  version: Schema.Struct({ commands: Version, events: Version }),
  /** The plugins that may connect; every one when absent. */
  connect: Schema.optionalKey(Schema.Array(Schema.String)),
  /** The commands by their names. */
  commands: Schema.Record(
    Schema.String,
    Schema.Struct({ ...MessageShape.fields, errors: Schema.Record(Schema.String, Fields) })
  ),
  /** The events by their names. */
  events: Schema.Record(Schema.String, Schema.Struct({ ...MessageShape.fields, version: Schema.Int })),
  /** The directives by their names. They never travel. */
  directives: Schema.Record(Schema.String, Schema.Struct({ fields: Fields }))
}).annotate({ identifier: "Contract" })

/** A contract as data: JSON, its names in sorted order. */
export type Contract = typeof Contract.Type

/** What a change asks of the version: `none` for one that nobody notices. */
export type Bump = "none" | "minor" | "major"

/** One change of a contract. */
export interface Change {
  /** Whose version it needs: that of the commands or of the events. Directives count as events. */
  readonly half: "commands" | "events"
  /** The command, event or directive, or what else it is about: `event 'ProductBecameAvailable'`. */
  readonly message: string
  /** The field; empty when the whole message is meant. */
  readonly path: string
  /** What it is: `field removed`, `narrower`. */
  readonly kind: string
  readonly isBreaking: boolean
  readonly bump: Bump
  /** What happened, as a sentence that names the message and the field. */
  readonly detail: string
  /** When it breaks: whom, and how: `who reads it finds it missing`. */
  readonly why?: string
  /** When it breaks: what to do beside a new major version, one of these: `make it optional`. */
  readonly instead?: ReadonlyArray<string>
}

/** How a contract differs from an earlier one. */
export interface Comparison {
  readonly changes: ReadonlyArray<Change>
  /** What the changes ask of each version. */
  readonly required: { readonly commands: Bump; readonly events: Bump }
}

const sorted = <A>(entries: ReadonlyArray<readonly [string, A]>): Readonly<Record<string, A>> =>
  Object.fromEntries([...entries].sort(([a], [b]) => a < b ? -1 : 1))

const entityOf = (paths: ReadonlyMap<string, string>): { readonly entity?: string } => {
  const [first] = paths.keys()
  return first === undefined ? {} : { entity: first }
}

/**
 * A contract as data.
 *
 * @example
 * ```ts
 * import * as Contract from "@reventless/core/Contract"
 * import * as Event from "@reventless/core/Event"
 * import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
 * import * as Id from "@reventless/core/Id"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 * class ProductBecameAvailable extends Event.make("ProductBecameAvailable", { productId: ProductId, name: Schema.String }) {}
 * class Products extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ProductBecameAvailable] }) {}
 *
 * class Priced extends Event.make("ProductBecameAvailable", { productId: ProductId, price: Schema.Int }) {}
 * class Changed extends ExtensionPoint.make("Catalog.Products", { version: "1.1.0", events: [Priced] }) {}
 *
 * Contract.check([Contract.of(Products)], [Contract.of(Changed)]).problems
 * // the field 'name' of event 'ProductBecameAvailable' is gone; the field 'price' is new, and must be there
 * ```
 */
export const of = (point: ExtensionPoint.Any): Contract => ({
  name: point.tag,
  version: point.version,
  ...(point.connect === undefined ? {} : { connect: [...point.connect].sort() }),
  commands: sorted(point.commandDefinitions.map(({ errors, fields, tag, tagPaths }) => [
    tag,
    { ...entityOf(tagPaths.paths), fields: fieldsOf(fields), errors: sorted(errors.map(errorOf)) }
  ])),
  events: sorted(point.events.map(({ fields, tag, tagPaths, version }) => [
    tag,
    { version, ...entityOf(tagPaths.paths), fields: fieldsOf(fields) }
  ])),
  directives: sorted(point.directives.map(({ fields, tag }) => [tag, { fields: fieldsOf(fields) }]))
})

const order: ReadonlyArray<Bump> = ["none", "minor", "major"]

/** How a contract differs from an earlier one of the same name, whatever their versions are. */
export const compare = (previous: Contract, next: Contract): Comparison => {
  if (previous.name !== next.name) return refuse(`'${next.name}' can't be compared with '${previous.name}'`)
  const changes = CompareContracts.changes(previous, next)
  const required = (half: Change["half"]): Bump =>
    order[Math.max(0, ...changes.filter((change) => change.half === half).map(({ bump }) => order.indexOf(bump)))]!
  return { changes, required: { commands: required("commands"), events: required("events") } }
}

/** What following a published contract asks of its successors. */
export interface Verdict {
  /** What changed since, breaking or not. */
  readonly changes: ReadonlyArray<Change>
  /** What is wrong with the versions, as sentences; none when they are right. */
  readonly problems: ReadonlyArray<string>
  /** What was published and is of no major version that there is now: nobody should be left who connects with it. */
  readonly dropped: ReadonlyArray<Contract>
  /** What is published when nothing is wrong: the last contract of each major version, the oldest first. */
  readonly publishes: ReadonlyArray<Contract>
}

/**
 * Compares the contracts of one extension point with what was published of it. Those are the current one and, while they
 * are served, older ones; each is compared with the last one that was published of its major version, its commands and its
 * events for themselves. The first of a major version is compared with the one before: it may break, and what it breaks is
 * among the changes.
 */
export const check = (published: ReadonlyArray<Contract>, contracts: ReadonlyArray<Contract>): Verdict =>
  CheckContracts.check(published, contracts)

/** What is kept of an extension point's contracts: the last one of each major version that was published. */
export const Published = Schema.Struct({
  name: Schema.String,
  published: Schema.Array(Contract)
}).annotate({ identifier: "PublishedContracts" })

/** What is kept of an extension point's contracts: the last one of each major version that was published. */
export type Published = typeof Published.Type

/** The JSON text of contracts, the same for equal ones: its names in sorted order, two spaces, a line end at the end. */
export const stringify = (contracts: Contract | Published): string =>
  `${JSON.stringify(JSON.parse(canonicalJson(contracts as unknown as Schema.Json)), null, 2)}\n`

/**
 * What a plugin's contracts share with its own events and commands, as sentences: a contract that is an internal definition
 * can't stay as it is when that one changes. None when they are separate.
 */
export const reused = (plugin: Plugin<string, unknown>): ReadonlyArray<string> => {
  const events = new Set([...plugin.events.values()].flatMap((event): ReadonlyArray<unknown> => [event, event.fields]))
  const own = [
    ...plugin.aggregates.flatMap(({ definition }) => Object.values(definition.commands)),
    ...plugin.stateChangeSlices.map(({ definition }) => definition)
  ].map((target) => target["~address"].command)
  const commands = new Set(own.flatMap((command): ReadonlyArray<unknown> => [command, command.fields]))
  const sentence = (what: string, point: string) =>
    `${what} of contract '${point}' is one of plugin '${plugin.name}' itself: whoever changes it changes the contract. ` +
    "Give the contract a definition of its own, with what others need to know"
  return plugin.extensionPoints.flatMap(({ point }) => [
    ...point.events.filter((event) => events.has(event) || events.has(event.fields)).map(({ tag }) =>
      sentence(`event '${tag}'`, point.tag)
    ),
    ...point.commandDefinitions.filter((command) => commands.has(command) || commands.has(command.fields)).map((
      { tag }
    ) => sentence(`command '${tag}'`, point.tag))
  ])
}
