/**
 * Given/when/then for behaviours, without a platform and without a test framework: every specification is an Effect that
 * succeeds, or fails with a `SpecFailure` whose message says what differs.
 *
 * Commands run through the real command pipeline against a store that holds the given events: events are encoded and
 * decoded by their definitions, access rules are checked, and what `decide` needs stands in `R` for the test to provide.
 * Projections run through the real reaction pipeline, once for every way in which a platform may deliver the events.
 */
import type * as Aggregate from "@reventless/core/Aggregate"
import type * as AutomationSlice from "@reventless/core/AutomationSlice"
import type { AnyTarget } from "@reventless/core/CommandBus"
import type * as Event from "@reventless/core/Event"
import type * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import type * as ReadModel from "@reventless/core/ReadModel"
import type * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import type * as View from "@reventless/core/View"
import type * as Schema from "effect/Schema"
import type { Tagged } from "./internal/eventDifference.ts"
import { type GivenAggregate, type GivenSlice, when, type WhenOptions } from "./internal/spec/command.ts"
import { type GivenTodoList, givenTodoList } from "./internal/spec/todoList.ts"
import { type GivenView, givenView } from "./internal/spec/view.ts"

export type { GivenAggregate, GivenSlice, When, WhenOptions } from "./internal/spec/command.ts"
export type { GivenTodoList, WhenProcessed } from "./internal/spec/todoList.ts"
export type { Verdict } from "./internal/spec/verdict.ts"
export type { GivenView } from "./internal/spec/view.ts"

/** Any behaviour that can be specified. */
export type Behavior =
  | AutomationSlice.Behavior<string, any>
  | OutboundTranslationSlice.Behavior<string, any>
  | StateChangeSlice.Behavior<string, any>
  | Aggregate.Behavior<string, any>
  | View.Behavior<string, any>

type Definitions<D> = D extends { readonly kind: "StateChangeSlice"; readonly consumes: ReadonlyArray<infer E> } ? E
  : D extends { readonly kind: "Aggregate"; readonly events: ReadonlyArray<infer E> } ? E
  : D extends { readonly kind: "StateViewSlice"; readonly consumes: ReadonlyArray<infer E> } ? E
  : D extends {
    readonly kind: "AutomationSlice" | "OutboundTranslationSlice"
    readonly collects: ReadonlyArray<infer C>
    readonly resolves: ReadonlyArray<infer E>
  } ? C | E
  : D extends { readonly kind: "ReadModel"; readonly sources: infer S } ? ReadModel.EventsOf<S[keyof S]>
  : never

/** The events that a behaviour's state or rows are made of. */
export type EventOf<B extends Behavior> = Event.TypeOf<Definitions<B["definition"]>>

type ItemOf<F> = F extends Schema.Struct.Fields ? Schema.Struct<F>["Type"] : never

/** What can be said about a behaviour with its history. */
export type Given<B extends Behavior> = B extends StateChangeSlice.Behavior<string, infer R, infer D> ? GivenSlice<D, R>
  : B extends Aggregate.Behavior<string, infer R, infer D> ? GivenAggregate<D, R>
  : B extends AutomationSlice.Behavior<string, infer R, infer D> ? GivenTodoList<ItemOf<D["item"]>, R>
  : B extends OutboundTranslationSlice.Behavior<string, infer R, infer D> ? GivenTodoList<ItemOf<D["item"]>, R>
  : B["definition"] extends View.View<infer F, infer O, boolean> ? GivenView<View.RowOf<F>, View.RowId<F, O>>
  : never

/**
 * A behaviour with the events that happened before. Each given event must be one that the command's decision looks at;
 * one that it would never see is a failure that names the event and its tags.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId }) {}
 * class ProductExists extends Schema.TaggedError<ProductExists>()("ProductExists", { productId: ProductId }) {}
 * class AddProduct extends StateChangeSlice.make("AddProduct", {
 *   command: { productId: ProductId },
 *   consumes: [ProductAdded],
 *   produces: [ProductAdded],
 *   errors: [ProductExists]
 * }) {}
 * const AddProductLive = AddProduct.behavior({
 *   initial: false,
 *   evolve: { ProductAdded: () => true },
 *   decide: (command, exists) =>
 *     exists ? Effect.fail(new ProductExists(command)) : Effect.succeed([ProductAdded.make(command)])
 * })
 *
 * const kettle = { productId: ProductId.make("kettle") }
 *
 * const addsOnce = Spec.given(AddProductLive, []).when(kettle).then([ProductAdded.make(kettle)])
 * const refusesTwice = Spec.given(AddProductLive, [ProductAdded.make(kettle)]).when(kettle).thenFails(ProductExists)
 * ```
 */
export const given = <B extends Behavior>(behavior: B, events: ReadonlyArray<EventOf<B>>): Given<B> =>
  givenAny(behavior, events) as Given<B>

export { type GivenInbound, inbound, type WhenReceived } from "./internal/spec/inbound.ts"
export { mapping, type WhenMapped } from "./internal/spec/mapping.ts"
export { type Stored, stored, type StoredEvent } from "./internal/spec/stored.ts"
export {
  extension,
  extensionPoint,
  type GivenExtension,
  type GivenExtensionPoint,
  type TalkContext,
  type WhenTalked
} from "./internal/spec/talking.ts"
export { type GivenTask, task, type TaskInput, type WhenTask } from "./internal/spec/task.ts"

const givenAny = (behavior: Behavior, events: ReadonlyArray<Tagged>) => {
  switch (behavior.kind) {
    case "StateChangeSliceBehavior":
      return {
        when: (command: unknown, options?: WhenOptions) => when(behavior, events, behavior.definition, command, options)
      }
    case "AggregateBehavior":
      return {
        when: (to: AnyTarget, command: unknown, options?: WhenOptions) => when(behavior, events, to, command, options)
      }
    case "AutomationSliceBehavior":
    case "OutboundTranslationSliceBehavior":
      return givenTodoList(behavior, events)
    default:
      return givenView(behavior, events)
  }
}
