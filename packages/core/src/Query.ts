/**
 * Queries select events by type and tag, as the dcb.events specification defines them: the items of a query are OR-ed;
 * within an item the types are OR-ed and the tags AND-ed. A query is either a list of items or {@link all}.
 */
import * as Schema from "effect/Schema"
import * as Tag from "./Tag.ts"

/** Selects the events of one of `types` (any type when absent) that carry every tag of `tags` (any when absent). */
export interface QueryItem {
  readonly types?: ReadonlyArray<string>
  readonly tags?: ReadonlyArray<Tag.Tag>
}

/** Selects the events that match at least one item. A query without items selects every event. */
export interface Query {
  readonly items: ReadonlyArray<QueryItem>
}

/** The part of an event that a query looks at. */
export interface Queryable {
  readonly type: string
  readonly tags: ReadonlyArray<Tag.Tag>
}

/** The schema of a query item from outside. An empty list means the same as an absent one. */
export const QueryItem: Schema.Codec<QueryItem> = Schema.Struct({
  types: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)),
  tags: Schema.optionalKey(Schema.Array(Tag.Tag))
}).annotate({ identifier: "QueryItem" })

/** The schema of a query from outside. */
export const Query: Schema.Codec<Query> = Schema.Struct({ items: Schema.Array(QueryItem) }).annotate({
  identifier: "Query"
})

/** Every event. */
export const all: Query = { items: [] }

/** A query of the given items. Give at least one; {@link all} is the query of everything. */
export const make = (...items: readonly [QueryItem, ...ReadonlyArray<QueryItem>]): Query => ({ items })

const itemMatches = (item: QueryItem, event: Queryable): boolean =>
  (item.types === undefined || item.types.length === 0 || item.types.includes(event.type)) &&
  (item.tags === undefined || item.tags.every((tag) => event.tags.includes(tag)))

/** Whether the query selects the event. */
export const matches = (query: Query, event: Queryable): boolean =>
  query.items.length === 0 || query.items.some((item) => itemMatches(item, event))

/** A text that is equal for queries that select the same events by the same items, whatever their order. */
export const key = (query: Query): string =>
  JSON.stringify(
    query.items.map((item) => JSON.stringify([[...(item.types ?? [])].sort(), [...(item.tags ?? [])].sort()])).sort()
  )

/** Every tag that the query names, once, sorted. */
export const tags = (query: Query): ReadonlyArray<Tag.Tag> =>
  [...new Set(query.items.flatMap((item) => item.tags ?? []))].sort()
