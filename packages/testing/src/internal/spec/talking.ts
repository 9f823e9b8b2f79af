import type { AnyTarget, CommandBus, PayloadOf } from "@reventless/core/CommandBus"
import type * as Extension from "@reventless/core/Extension"
import type * as ExtensionPointMapping from "@reventless/core/ExtensionPointMapping"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import type { Scheduler } from "@reventless/core/Scheduler"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type { SpecFailure } from "../../SpecFailure.ts"
import * as TalkSpec from "../talkSpec.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { Verdict } from "./verdict.ts"

/** What a specification may say that a mapping or an extension knows; without `queries` it may not ask any view. */
export type TalkContext = TalkSpec.Context

/** What a platform gives to mappings and their directives. */
type PlatformServices = CommandBus | QueryEngine | Scheduler

/** A mapping of an extension point. `R` are the services that it and its directives need, without those of the platform. */
export interface GivenExtensionPoint<R> {
  /** Gives it an event of its source. */
  readonly whenEvent: (event: { readonly _tag: string }, context?: TalkContext) => WhenTalked<R>
  /** Gives it a command of the contract, by its address: `Products.commands.Restock`. */
  readonly whenCommand: <To extends AnyTarget>(
    to: To,
    command: PayloadOf<To>,
    context?: TalkContext
  ) => WhenTalked<R>
}

/** An extension. */
export interface GivenExtension<R> {
  /** Gives it an event of the contract. */
  readonly whenReceived: (event: { readonly _tag: string }, context?: TalkContext) => WhenTalked<R>
  /** Gives it an event of its own plugin. */
  readonly whenEvent: (event: { readonly _tag: string }, context?: TalkContext) => WhenTalked<R>
}

/** A mapping or an extension was given a message; now say what must come of it. */
export interface WhenTalked<R> {
  /**
   * Exactly these, in this order: events by `publishEvent`, compared as they leave, encoded by the contract; commands by
   * `publishCommand`; directives as they are made, `Announce.make({ ... })`. No directive is handled.
   */
  readonly then: (outcomes: ReadonlyArray<TalkSpec.Outcome>) => Verdict<R>
  /** Nothing. */
  readonly thenNothing: Verdict<R>
  /** It fails with an error of this class, or with this error; it would be tried again. */
  readonly thenFails: (error: Schema.Codec<unknown, any> | { readonly _tag: string }) => Verdict<R>
}

/**
 * A mapping of an extension point.
 *
 * @example
 * ```ts
 * import { publishEvent } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
 * import * as Id from "@reventless/core/Id"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 * class ProductBecameAvailable extends Event.make("ProductBecameAvailable", { productId: ProductId }) {}
 * class Products extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ProductBecameAvailable] }) {}
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, cost: Schema.Int }) {}
 * const ProductsLive = Products.mapping({
 *   from: [ProductAdded],
 *   outgoing: { ProductAdded: ({ productId }) => publishEvent(ProductBecameAvailable.make({ productId })) }
 * })
 *
 * const productId = ProductId.make("kettle")
 * const publishes = Spec.extensionPoint(ProductsLive)
 *   .whenEvent(ProductAdded.make({ productId, cost: 3 }))
 *   .then([publishEvent(ProductBecameAvailable.make({ productId }))])
 * ```
 */
export const extensionPoint = <Point extends string, Targets extends string, R>(
  mapping: ExtensionPointMapping.Mapping<Point, Targets, R>
): GivenExtensionPoint<Exclude<R, PlatformServices>> => ({
  whenEvent: (event, context = {}) =>
    whenTalked(
      TalkSpec.onEvent(mapping, mapping.source?.events ?? [], mapping.outgoing, mapping.source?.key, event, context)
    ),
  whenCommand: (to, command, context = {}) => whenTalked(TalkSpec.onCommand(mapping, to, command, context))
})

/**
 * An extension.
 *
 * @example
 * ```ts
 * import { publishCommand } from "@reventless/core/Action"
 * import * as Event from "@reventless/core/Event"
 * import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Spec from "@reventless/testing/Spec"
 *
 * const ProductId = Id.make("product")
 * class ProductBecameAvailable extends Event.make("ProductBecameAvailable", { productId: ProductId }) {}
 * class Products extends ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events: [ProductBecameAvailable] }) {}
 * class OfferProduct extends StateChangeSlice.make("OfferProduct", {
 *   command: { productId: ProductId },
 *   consumes: [],
 *   produces: []
 * }) {}
 * const ProductsExtensionLive = Products.extension({
 *   incoming: { ProductBecameAvailable: ({ productId }) => publishCommand(OfferProduct, { productId }) }
 * })
 *
 * const kettle = { productId: ProductId.make("kettle") }
 * const offers = Spec.extension(ProductsExtensionLive)
 *   .whenReceived(ProductBecameAvailable.make(kettle))
 *   .then([publishCommand(OfferProduct, kettle)])
 * ```
 */
export const extension = <Point extends string, Targets extends string, R>(
  one: Extension.Extension<Point, Targets, R>
): GivenExtension<Exclude<R, PlatformServices>> => ({
  whenReceived: (event, context = {}) =>
    whenTalked(TalkSpec.onEvent(
      one,
      one.incoming === undefined ? [] : one.point.events,
      one.incoming ?? {},
      undefined,
      event,
      context
    )),
  whenEvent: (event, context = {}) =>
    whenTalked(TalkSpec.onEvent(one, one.source?.events ?? [], one.outgoing, one.source?.key, event, context))
})

const whenTalked = (test: Effect.Effect<TalkSpec.TalkCase, SpecFailure>): WhenTalked<never> => {
  const assert = (outcomes: ReadonlyArray<TalkSpec.Outcome>) =>
    Effect.flatMap(test, (found) => TalkSpec.assertOutcomes(found, outcomes))
  return {
    then: (outcomes) => withCallerStack(assert(outcomes)),
    get thenNothing() {
      return withCallerStack(assert([]))
    },
    thenFails: (error) => withCallerStack(Effect.flatMap(test, (found) => TalkSpec.assertFails(found, error)))
  }
}
