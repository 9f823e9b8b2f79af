/**
 * Extension points: the public interface of a plugin, and the only way in which plugins talk. A definition is a contract:
 * it lives in a package of its own (`*-spec`), has versions, and names the events that others may follow, the commands that
 * they may send, and the directives that its mappings may ask for.
 */
import * as SemVer from "effect/SemVer"
import type * as Action from "./Action.ts"
import type * as Aggregate from "./Aggregate.ts"
import type * as Command from "./Command.ts"
import type * as CommandBus from "./CommandBus.ts"
import type * as Directive from "./Directive.ts"
import type * as Event from "./Event.ts"
import type * as Extension from "./Extension.ts"
import type * as Mapping from "./ExtensionPointMapping.ts"
import type * as Id from "./Id.ts"
import type { NoExcess } from "./internal/commands/behavior.ts"
import type { InstanceOf } from "./internal/definitions/definition.ts"
import { definePoint } from "./internal/talking/definePoint.ts"
import type { CheckDotted, NoSensitive } from "./internal/talking/pointRefusals.ts"

/** The versions of a contract, SemVer. */
export interface Versions {
  readonly commands: string
  readonly events: string
}

/** What a contract says. */
export interface Options<C extends Command.Any, E extends Event.Any, D extends Directive.Any> {
  /** The version of the whole contract, or one for its commands and one for its events. */
  readonly version: string | Versions
  /** The commands that others may send; without them the extension point is read-only. */
  readonly commands?: ReadonlyArray<C>
  /** The events that others may follow. */
  readonly events?: ReadonlyArray<E>
  /** The side effects that mappings and extensions may ask for. */
  readonly directives?: ReadonlyArray<D>
  /** The plugins that may connect; every one when absent. */
  readonly connect?: ReadonlyArray<string>
  readonly description?: string
}

/** The addresses of a contract's commands, for extensions. */
export type Addresses<Name extends string, C extends Command.Any> = [C] extends [never]
  ? { readonly [K in `extension point '${Name}' is read-only: it takes no commands`]: never }
  : Aggregate.Addresses<C, false, Name>

/** An extension point's contract. */
export interface ExtensionPoint<
  Name extends string,
  C extends Command.Any,
  E extends Event.Any,
  D extends Directive.Any
> {
  new(_: never): object
  readonly kind: "ExtensionPoint"
  readonly tag: Name
  /** The plugin that provides it. */
  readonly plugin: string
  readonly version: Versions
  /** The addresses of its commands: `publishCommand(Products.commands.Restock, { ... })` in an extension. */
  readonly commands: Addresses<Name, C>
  readonly commandDefinitions: ReadonlyArray<C>
  readonly events: ReadonlyArray<E>
  readonly directives: ReadonlyArray<D>
  readonly connect: ReadonlyArray<string> | undefined
  readonly description: string | undefined
  /**
   * Maps the providing plugin's events to the contract's, and the contract's commands to the plugin's. A mapping may be an
   * Effect program; it may run several times for one message and must then give the same actions in the same order.
   */
  readonly mapping: <
    S extends Mapping.Source,
    Out,
    In,
    Sends extends CommandBus.AnyTarget = never
  >(
    options:
      & {
        /** Names it where a plugin maps the same source several times. */
        readonly name?: string
        /** What it maps from: an aggregate, or events of the plugin's slices. */
        readonly from?: S
        /** The id that orders the events of slices; needed where they share several. */
        readonly key?: Id.Id<any>
        /** What each event of the source comes to. */
        readonly outgoing?: Out & Mapping.OfEvents<Mapping.EventsOf<S>, Mapping.Leaving<E, D>, Mapping.MappingContext>
        /** What each command of the contract comes to. */
        readonly incoming?: In & Mapping.OfCommands<C, Mapping.Entering<D>, Mapping.MappingContext>
        /**
         * The commands that the handlers may send, of which the model of the application is drawn. Without it every command is
         * allowed, and the model shows none.
         */
        readonly sends?: ReadonlyArray<Sends>
        /**
         * The commands that the directives of its handlers send or schedule, of components of the plugin; for the model, too.
         * What a directive does isn't compared with it.
         */
        readonly directivesSend?: ReadonlyArray<CommandBus.AnyTarget>
      }
      & NoExcess<Out, Mapping.EventsOf<S>["tag"], "events">
      & NoExcess<In, C["tag"], "commands">
      & Mapping.NoUnlisted<In, Sends>
  ) => Mapping.Mapping<Name, Mapping.TargetsOf<Out> | Mapping.TargetsOf<In>, Mapping.NeedsOf<Out> | Mapping.NeedsOf<In>>
  /** Follows the extension point from another plugin, and sends to it. */
  readonly extension: <
    S extends Mapping.Source,
    In,
    Out,
    Sends extends CommandBus.AnyTarget = never
  >(
    options:
      & {
        readonly name?: string
        /** What each event of the contract comes to. */
        readonly incoming?: In & Mapping.OfEvents<E, Extension.Does<D>, Extension.IncomingContext>
        /** Whose events become commands: an aggregate, or events of the plugin's slices. */
        readonly from?: S
        /** The id that orders the events of slices; needed where they share several. */
        readonly key?: Id.Id<any>
        /** What each event of the source comes to. */
        readonly outgoing?: Out & Mapping.OfEvents<Mapping.EventsOf<S>, Extension.Does<D>, Mapping.MappingContext>
        /**
         * The commands that the handlers may send, of which the model of the application is drawn. Without it every command is
         * allowed, and the model shows none.
         */
        readonly sends?: ReadonlyArray<Sends>
      }
      & NoExcess<In, E["tag"], "events">
      & NoExcess<Out, Mapping.EventsOf<S>["tag"], "events">
      & Extension.NoPlatform<In>
      & Extension.NoPlatform<Out>
      & Mapping.NoUnlisted<In, Sends>
      & Mapping.NoUnlisted<Out, Sends>
  ) => Extension.Extension<
    Name,
    Mapping.TargetsOf<In> | Mapping.TargetsOf<Out>,
    Mapping.NeedsOf<In> | Mapping.NeedsOf<Out>
  >
  /** Goes on serving an older major version: each current event as one of the older version, each older command as a current one. */
  readonly older: <OC extends Command.Any, OE extends Event.Any>(
    contract: ExtensionPoint<Name, OC, OE, any>,
    options: {
      /** What each current event is in the older version; undefined where it has none. */
      readonly events: {
        readonly [K in E["tag"]]: (event: InstanceOf<Extract<E, { readonly tag: K }>>) => InstanceOf<OE> | undefined
      }
      /** What each older command is in the current version. */
      readonly commands: {
        readonly [K in OC["tag"]]: (
          command: Command.TypeOf<Extract<OC, { readonly tag: K }>>
        ) => Action.PublishCommand<CommandBus.Target<any, any, any, Name>>
      }
    }
  ) => Mapping.Older<Name>
}

/** Any extension point's contract. */
export interface Any {
  readonly kind: "ExtensionPoint"
  readonly tag: string
  readonly plugin: string
  readonly version: Versions
  readonly commands: Readonly<Record<string, CommandBus.AnyTarget>>
  readonly commandDefinitions: ReadonlyArray<Command.Any>
  readonly events: ReadonlyArray<Event.Any>
  readonly directives: ReadonlyArray<Directive.Any>
  readonly connect: ReadonlyArray<string> | undefined
  readonly description: string | undefined
}

/** The major version of a SemVer. */
export const major = (version: string): number => SemVer.parseUnsafe(version).major

/**
 * Defines an extension point: the contract that other plugins import.
 *
 * @example
 * ```ts
 * import { publishCommand, publishEvent } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Schema from "effect/Schema"
 *
 * // catalog-spec
 * const ProductId = Id.make("product")
 * class ProductBecameAvailable extends Event.make("ProductBecameAvailable", { productId: ProductId, name: Schema.String }) {}
 * class Products extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ProductBecameAvailable] }) {}
 *
 * // catalog: maps its own events to the contract's
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, name: Schema.String, cost: Schema.Int }) {}
 * const ProductsMappingLive = Products.mapping({
 *   from: [ProductAdded],
 *   outgoing: { ProductAdded: (event) => publishEvent(ProductBecameAvailable.make(event)) }
 * })
 *
 * // ordering: follows them
 * class OfferProduct extends StateChangeSlice.make("OfferProduct", {
 *   command: { productId: ProductId },
 *   consumes: [],
 *   produces: []
 * }) {}
 * const ProductsExtensionLive = Products.extension({
 *   incoming: { ProductBecameAvailable: ({ productId }) => publishCommand(OfferProduct, { productId }) }
 * })
 * ```
 */
export const make = <
  const Name extends string,
  C extends Command.Any = never,
  E extends Event.Any = never,
  D extends Directive.Any = never
>(
  name: Name,
  options:
    & Options<C, E, D>
    & CheckDotted<NoInfer<Name>>
    & NoSensitive<C, "command">
    & NoSensitive<E, "event">
    & NoSensitive<D, "directive">
): ExtensionPoint<Name, C, E, D> => definePoint(name, options)
