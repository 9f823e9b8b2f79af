/**
 * Read models: rows projected from several named sources (aggregates, slices, or sets of events), one projection each.
 * `ReadModelStream` is the same with live queries.
 */
import type * as Aggregate from "./Aggregate.ts"
import type * as Event from "./Event.ts"
import type { NoExcess } from "./internal/commands/behavior.ts"
import { definitionClass, type Fields, type InstanceOf, refuse } from "./internal/definitions/definition.ts"
import * as Rows from "./Rows.ts"
import type * as StateChangeSlice from "./StateChangeSlice.ts"
import * as View from "./View.ts"

/** Where a read model's events come from: an aggregate's events, the events that a slice makes, or a set of events. */
export type Source = Aggregate.Any | StateChangeSlice.Any | ReadonlyArray<Event.Any>

/** The event definitions of a source. */
export type EventsOf<S> = S extends { readonly kind: "Aggregate"; readonly events: ReadonlyArray<infer E> } ? E
  : S extends { readonly kind: "StateChangeSlice"; readonly produces: ReadonlyArray<infer E> } ? E
  : S extends ReadonlyArray<infer E> ? E
  : never

/** The projections of a read model: for each source, the actions of each of its events. */
export type Projections<Sources, Row> = {
  readonly [S in keyof Sources]: {
    readonly [K in Extract<EventsOf<Sources[S]>, Event.Any>["tag"]]: (
      event: InstanceOf<Extract<EventsOf<Sources[S]>, { readonly tag: K }>>
    ) => Rows.Actions<Row>
  }
}

/** Refuses projections of events that a source doesn't have, with a sentence. */
type NoExcessEvents<P, Sources> = {
  readonly [S in keyof P & keyof Sources]: NoExcess<P[S], Extract<EventsOf<Sources[S]>, Event.Any>["tag"], "events">
}

/** A read model definition. */
export interface ReadModel<
  Name extends string,
  F extends Fields,
  Sources extends Readonly<Record<string, Source>>,
  O,
  Live extends boolean
> extends View.View<F, O, Live> {
  new(_: never): object
  readonly kind: "ReadModel"
  readonly tag: Name
  readonly sources: Sources
  /** The read model's projections, made with the row actions that its ordering allows. */
  readonly projections: <D extends View.Any, P extends Projections<Sources, View.RowOf<F>>>(
    this: D,
    make: (rows: View.RowsFor<F, O>) => P & NoExcess<P, keyof Sources, "sources"> & NoExcessEvents<P, Sources>
  ) => View.Behavior<Name, View.NeedsOf<O>, D>
}

const eventsOf = (source: Source): ReadonlyArray<Event.Any> =>
  "kind" in source ? source.kind === "Aggregate" ? source.events : source.produces : source

/** Makes the constructor of a variant. */
export const variant = <const Live extends boolean>(live: Live) =>
<
  const Name extends string,
  const F extends Fields,
  Sources extends Readonly<Record<string, Source>>,
  const Key extends string | undefined = undefined,
  const Id extends string | undefined = undefined,
  const Sort extends string | undefined = undefined,
  const Order extends "total" | "none" | undefined = undefined,
  Index extends string = never
>(
  name: Name,
  options: View.Options<F, Key, Id, Sort, Order, Index> & View.CheckKeys<NoInfer<F>, Key, Id, Sort, Order> & {
    readonly sources: Sources
  }
): ReadModel<Name, F, Sources, View.Naming<Key, Id, Sort, Order, Index>, Live> => {
  const sources = Object.entries(options.sources)
  if (sources.length === 0) refuse(`read model '${name}' has no source`)
  const events = [...new Set(sources.flatMap(([, source]) => eventsOf(source)))]
  const spec = View.spec(name, events, options as View.Options<F>, live)
  const projections = (
    make: (rows: any) => Readonly<Record<string, Readonly<Record<string, (event: any) => Rows.Actions<any>>>>>
  ): View.Behavior<Name, never> => {
    const bySource = make(spec.lane._tag === "Unordered" ? Rows.commuting : Rows.ordered)
    return {
      kind: "ReadModelBehavior",
      name,
      definition: self,
      "~R": (_) => _,
      project: (event) => sources.flatMap(([source]) => bySource[source]?.[event._tag]?.(event) ?? [])
    }
  }
  const self = definitionClass<ReadModel<Name, F, Sources, View.Naming<Key, Id, Sort, Order, Index>, Live> & View.Any>({
    kind: "ReadModel" as const,
    tag: name,
    spec,
    row: options.row,
    live,
    sources: options.sources,
    projections
  })
  return self
}

/**
 * Defines a read model.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as ReadModel from "@reventless/core/ReadModel"
 * import * as Schema from "effect/Schema"
 *
 * const CategoryId = Id.make("category")
 * class CategoryCreated extends Event.make("CategoryCreated", { categoryId: CategoryId, name: Schema.String }) {}
 * class ProductAdded extends Event.make("ProductAdded", { categoryIds: Schema.Array(CategoryId) }) {}
 *
 * class Categories extends ReadModel.make("Categories", {
 *   row: { categoryId: CategoryId, name: Schema.String, products: Schema.Int },
 *   key: "categoryId",
 *   sources: { Category: [CategoryCreated], Products: [ProductAdded] }
 * }) {}
 *
 * const CategoriesLive = Categories.projections((rows) => ({
 *   Category: { CategoryCreated: ({ categoryId, name }) => rows.set({ categoryId, name, products: 0 }) },
 *   Products: {
 *     ProductAdded: ({ categoryIds }) =>
 *       categoryIds.map((id) => rows.update(id, (row) => ({ ...row, products: row.products + 1 })))
 *   }
 * }))
 * ```
 */
export const make = variant(false)
