/**
 * State view slices: rows projected from one set of events. `StateViewSliceStream` is the same with live queries.
 */
import type * as Event from "./Event.ts"
import type { NoExcess } from "./internal/commands/behavior.ts"
import { definitionClass, type Fields, type InstanceOf } from "./internal/definitions/definition.ts"
import * as Rows from "./Rows.ts"
import * as View from "./View.ts"

/** A projection: for each consumed event, the actions on rows. */
export type Handlers<Consumed extends Event.Any, Row> = {
  readonly [K in Consumed["tag"]]: (event: InstanceOf<Extract<Consumed, { readonly tag: K }>>) => Rows.Actions<Row>
}

/** A state view definition. */
export interface StateViewSlice<
  Name extends string,
  F extends Fields,
  Consumed extends Event.Any,
  O,
  Live extends boolean
> extends View.View<F, O, Live> {
  new(_: never): object
  readonly kind: "StateViewSlice"
  readonly tag: Name
  readonly consumes: ReadonlyArray<Consumed>
  /** The view's projection, made with the row actions that its ordering allows. */
  readonly projection: <D extends View.Any, H extends Handlers<Consumed, View.RowOf<F>>>(
    this: D,
    make: (rows: View.RowsFor<F, O>) => H & NoExcess<H, Consumed["tag"], "events">
  ) => View.Behavior<Name, View.NeedsOf<O>, D>
}

/** Makes the constructor of a variant. */
export const variant = <const Live extends boolean>(live: Live) =>
<
  const Name extends string,
  const F extends Fields,
  Consumed extends Event.Any,
  const Key extends string | undefined = undefined,
  const Id extends string | undefined = undefined,
  const Sort extends string | undefined = undefined,
  const Order extends "total" | "none" | undefined = undefined,
  Index extends string = never
>(
  name: Name,
  options: View.Options<F, Key, Id, Sort, Order, Index> & View.CheckKeys<NoInfer<F>, Key, Id, Sort, Order> & {
    readonly consumes: ReadonlyArray<Consumed>
  }
): StateViewSlice<Name, F, Consumed, View.Naming<Key, Id, Sort, Order, Index>, Live> => {
  const spec = View.spec(name, options.consumes, options as View.Options<F>, live)
  const projection = (
    make: (rows: any) => Readonly<Record<string, (event: any) => Rows.Actions<any>>>
  ): View.Behavior<Name, never> => {
    const handlers = make(spec.lane._tag === "Unordered" ? Rows.commuting : Rows.ordered)
    return {
      kind: "StateViewSliceBehavior",
      name,
      definition: self,
      "~R": (_) => _,
      project: (event) => handlers[event._tag]?.(event) ?? []
    }
  }
  const self = definitionClass<
    StateViewSlice<Name, F, Consumed, View.Naming<Key, Id, Sort, Order, Index>, Live> & View.Any
  >({
    kind: "StateViewSlice" as const,
    tag: name,
    spec,
    row: options.row,
    live,
    consumes: options.consumes,
    projection
  })
  return self
}

/**
 * Defines a state view.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as StateViewSlice from "@reventless/core/StateViewSlice"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, name: Schema.String }) {}
 *
 * class Products extends StateViewSlice.make("Products", {
 *   row: { productId: ProductId, name: Schema.String },
 *   key: "productId",
 *   consumes: [ProductAdded],
 *   indexes: { byName: ["name"] }
 * }) {}
 *
 * const ProductsLive = Products.projection((rows) => ({
 *   ProductAdded: ({ name, productId }) => rows.set({ productId, name })
 * }))
 * ```
 */
export const make = variant(false)
