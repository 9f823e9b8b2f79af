/**
 * What state views and read models share: rows with a declared key, fed by events, found by declared indexes. One engine
 * runs them all.
 *
 * A view says what orders its rows. With `key`, a field that is an id, the events of each entity come in commit order and
 * any action is allowed. With `id` alone there is no order between events, on every platform, and only actions that
 * commute are allowed. With `id` and `order: "total"` all events come in one order; such a view needs a platform with a
 * `PositionedEventStore`.
 */
import type * as Brand from "effect/Brand"
import * as Schema from "effect/Schema"
import type * as Access from "./Access.ts"
import type * as Event from "./Event.ts"
import type { TotalOrder } from "./EventStores.ts"
import { checkName, type Fields, refuse, type ValuesOf } from "./internal/definitions/definition.ts"
import { tagKey } from "./internal/definitions/tagAnnotations.ts"
import { md5Hex } from "./internal/md5.ts"
import * as Lane from "./Lane.ts"
import type * as Rows from "./Rows.ts"

/** The row of a view. */
export type RowOf<F extends Fields> = ValuesOf<F>

/** The fields of a row whose values are ids. */
export type IdFields<F extends Fields> =
  & { [K in keyof F]: F[K] extends IdSchema ? K : never }[keyof F]
  & string

/** What every schema of ids has, however it was annotated. */
interface IdSchema {
  readonly schema: typeof Schema.NonEmptyString
  readonly identifier: string
  readonly "Type": Brand.Brand<any>
}

/** A field that an index orders by; dotted when it is nested. */
export type IndexField<F extends Fields> = (keyof F & string) | `${keyof F & string}.${string}`

/** How the rows of a view are named and ordered, and its indexes, by the fields' names; `undefined` is what it doesn't say. */
export interface Naming<
  Key extends string | undefined,
  Id extends string | undefined,
  Sort extends string | undefined,
  Order extends "total" | "none" | undefined,
  Index extends string
> {
  readonly key: Key
  readonly id: Id
  readonly sort: Sort
  readonly order: Order
  readonly indexes: { readonly [I in Index]: unknown }
}

/** Refuses a key or sort key that no row has, with a sentence, and what doesn't go together. */
export type CheckKeys<F extends Fields, Key, Id, Sort, Order> =
  & (Key extends IdFields<F> | undefined ? unknown
    : { readonly [P in `the key '${Key & string}' is no field of the row made by Id.make`]: never })
  & (Id extends keyof F | undefined ? unknown
    : { readonly [P in `the id '${Id & string}' is no field of the row`]: never })
  & (Sort extends keyof F | undefined ? unknown
    : { readonly [P in `the sort key '${Sort & string}' is no field of the row`]: never })
  & (Key extends string ? { readonly id?: never; readonly order?: never; readonly initial?: never }
    : Id extends string ? Order extends "total" ? { readonly initial?: never } : unknown
    : { readonly id: unknown })

/** What every view definition says beside its sources: either `key` or `id`. */
export interface Options<
  F extends Fields,
  Key = string,
  Id = string,
  Sort = string,
  Order = "total" | "none",
  Index extends string = string
> {
  readonly row: F
  /** A field that is an id: rows are named by it and fed in its commit order. */
  readonly key?: Key
  /** A field that names rows which have no `key`. */
  readonly id?: Id
  /** With `id`: `total` when all events come in one order; there is none between events otherwise. */
  readonly order?: Order
  /** With `id` and no order: the other fields of a row that `add`, `max` or `min` is the first to touch. */
  readonly initial?: Partial<RowOf<F>>
  /** A second field that names a row, when one key has several rows. Rows of a key are listed in its order. */
  readonly sort?: Sort
  /** Orders to list rows by: their fields, the most significant first. */
  readonly indexes?: { readonly [I in Index]: ReadonlyArray<IndexField<F>> }
  /** Raise it when a projection changes its meaning: the view is then rebuilt. A changed shape does so by itself. */
  readonly version?: number
  /** Who may query the view; the platform's default when absent. */
  readonly access?: Access.Access
  readonly description?: string
}

/** The builders that the projections of a view are given. */
export type RowsFor<F extends Fields, O> = O extends { readonly sort: infer Sort extends keyof RowOf<F> }
  ? RowsBy<F, O, Sort>
  : RowsBy<F, O, undefined>

type RowsBy<F extends Fields, O, Sort extends keyof RowOf<F> | undefined> = O extends
  { readonly key: infer Key extends keyof RowOf<F> } ? Rows.OrderedRows<RowOf<F>, Rows.IdOf<RowOf<F>, Key, Sort>>
  : O extends { readonly id: infer Id extends keyof RowOf<F>; readonly order: "total" }
    ? Rows.OrderedRows<RowOf<F>, Rows.IdOf<RowOf<F>, Id, Sort>>
  : O extends { readonly id: infer Id extends keyof RowOf<F> }
    ? Rows.CommutingRows<RowOf<F>, Rows.IdOf<RowOf<F>, Id, Sort>>
  : never

/** How a row is named in queries: by its key, or by its key and its sort key. */
export type RowId<F extends Fields, O> = O extends { readonly sort: infer Sort extends keyof RowOf<F> }
  ? readonly [key: RowOf<F>[KeyField<F, O>], sort: RowOf<F>[Sort]]
  : RowOf<F>[KeyField<F, O>]

/** The key of a row, without its sort key. */
export type KeyOf<F extends Fields, O> = RowOf<F>[KeyField<F, O>]

type KeyField<F extends Fields, O> = O extends { readonly key: infer Key extends keyof RowOf<F> } ? Key
  : O extends { readonly id: infer Id extends keyof RowOf<F> } ? Id
  : never

/** A view definition, as queries and the engine see it. */
export interface Any {
  readonly kind: "StateViewSlice" | "ReadModel"
  readonly tag: string
  readonly spec: Spec
  /** The sources of a read model. */
  readonly sources?: Readonly<Record<string, object>>
}

/** A view definition whose queries are typed. */
export interface View<F extends Fields, O, Live extends boolean> extends Any {
  readonly row: F
  readonly "~options": O
  /** Whether row changes are published: the Stream variants. */
  readonly live: Live
}

/** A view definition, erased. */
export interface Spec {
  readonly name: string
  readonly row: Schema.Codec<any, any>
  readonly fields: Fields
  /** The field that names a row. */
  readonly key: string
  readonly sort: string | undefined
  readonly lane: Lane.Lane
  readonly initial: Readonly<Record<string, unknown>> | undefined
  readonly indexes: ReadonlyMap<string, ReadonlyArray<string>>
  readonly consumes: ReadonlyArray<Event.Any>
  readonly access: Access.Access | undefined
  readonly live: boolean
  readonly description: string | undefined
  /** Changes with everything that makes stored rows unusable. */
  readonly fingerprint: string
}

/** A projection, erased: from an event to actions. */
export type Projection = (event: { readonly _tag: string }) => Rows.Actions<any>

/** A view with its projection, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D extends Any = Any> {
  readonly kind: "StateViewSliceBehavior" | "ReadModelBehavior"
  readonly name: Name
  readonly definition: D
  readonly project: Projection
  readonly "~R": (_: never) => R
}

/** What a view needs of its platform: one order of all events, if it asks for it. */
export type NeedsOf<O> = O extends { readonly order: "total" } ? TotalOrder : never

/** The schema at a dotted path of a struct's fields; undefined where there is none. */
const fieldAt = (fields: Fields, path: string): Schema.Constraint | undefined => {
  const [head, ...rest] = path.split(".")
  const field = fields[head!] as (Schema.Constraint & { readonly fields?: Fields }) | undefined
  if (field === undefined || rest.length === 0) return field
  return field.fields === undefined ? undefined : fieldAt(field.fields, rest.join("."))
}

/** Checks what a view definition says and erases it. */
export const spec = <F extends Fields>(
  name: string,
  consumes: ReadonlyArray<Event.Any>,
  options: Options<F>,
  live: boolean
): Spec => {
  checkName("a view", name)
  const types = [...new Set(consumes.map((event) => event.tag))]
  const key = options.key ?? options.id
  if (key === undefined || !(key in options.row)) {
    return refuse(`view '${name}' needs a 'key' or an 'id' among its fields`)
  }
  if (options.sort !== undefined && !(options.sort in options.row)) {
    return refuse(`the sort key '${options.sort}' of view '${name}' is none of its fields`)
  }
  for (const [index, fields] of Object.entries(options.indexes ?? {})) {
    checkName("an index", index)
    const missing = fields.find((field) => fieldAt(options.row, field) === undefined)
    if (missing !== undefined) refuse(`index '${index}' of view '${name}' orders by '${missing}', which no row has`)
  }
  let lane: Lane.Lane
  if (options.key !== undefined) {
    const laneKey = tagKey(options.row[options.key]!.ast)
    if (laneKey === undefined) {
      return refuse(`the key '${options.key}' of view '${name}' is not made by Id.make; use 'id'`)
    }
    const without = consumes.find((event) => !event.tagPaths.keys.has(laneKey))
    if (without !== undefined) {
      return refuse(
        `view '${name}' is keyed by '${laneKey}', which its event '${without.tag}' doesn't carry; ` +
          `add the id to the event, or name rows by 'id' and use actions that commute`
      )
    }
    lane = Lane.keyed(types, laneKey)
  } else {
    lane = options.order === "total" ? Lane.total(types) : Lane.unordered(types)
  }
  const row = Schema.Struct(options.row)
  const indexes = new Map(Object.entries(options.indexes ?? {}))
  const shape = [
    Schema.toJsonSchemaDocument(Schema.toCodecJson(row)),
    key,
    options.sort ?? null,
    lane,
    [...indexes],
    options.initial ?? null,
    options.version ?? 1
  ]
  return {
    name,
    row: row as unknown as Schema.Codec<any, any>,
    fields: options.row,
    key,
    sort: options.sort,
    lane,
    initial: options.initial,
    indexes,
    consumes,
    access: options.access,
    live,
    description: options.description,
    fingerprint: md5Hex(JSON.stringify(shape))
  }
}
