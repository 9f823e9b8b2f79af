/** The items of a simulated table, those of them that are visible by now, and who holds which. */
import { holds, projected, type Range, scalar } from "./Expression.ts"
import type { Conditional, Item, Names } from "./Wire.ts"

/** The key of an item: partition and sort key. */
export interface Key {
  readonly partition: string
  readonly sort: number
}

/** One page of what was asked for, with the key to go on after when it isn't the last. */
export interface Page {
  readonly Items: ReadonlyArray<Item>
  readonly Count: number
  readonly LastEvaluatedKey?: Item
}

/** A table with `pk` (text) and `sk` (number) as its key. */
export interface Table {
  readonly get: (key: Key) => Item | undefined
  readonly put: (key: Key, item: Item | undefined) => void
  /** Whether a transaction holds the item of this key. */
  readonly held: (key: Key) => boolean
  readonly hold: (key: Key) => void
  readonly release: (key: Key) => void
  /** The items of a partition, by sort key. */
  readonly partition: (name: string) => ReadonlyArray<Item>
  readonly partitions: () => ReadonlyArray<string>
}

/** The key of an item or of a request's `Key`. */
export const keyOf = (item: Item): Key => ({ partition: String(scalar(item["pk"])), sort: Number(scalar(item["sk"])) })

/** The attributes of a key. */
export const keyItem = ({ partition, sort }: Key): Item => ({ pk: { S: partition }, sk: { N: String(sort) } })

/** Where a sort key is among sorted ones, or would have to be put. */
const placeOf = (sorted: ReadonlyArray<Entry>, sort: number): number => {
  let place = sorted.length
  while (place > 0 && sorted[place - 1]!.sort >= sort) place--
  return place
}

interface Entry {
  readonly sort: number
  readonly item: Item
}

/** An empty table. */
export const make = (): Table => {
  const partitions = new Map<string, Array<Entry>>()
  const locks = new Set<string>()
  const lock = ({ partition, sort }: Key) => `${partition} ${sort}`
  return {
    get: ({ partition, sort }) => {
      const sorted = partitions.get(partition)
      const entry = sorted?.[placeOf(sorted, sort)]
      return entry?.sort === sort ? entry.item : undefined
    },
    put: ({ partition, sort }, item) => {
      const sorted = partitions.get(partition) ?? []
      partitions.set(partition, sorted)
      const place = placeOf(sorted, sort)
      sorted.splice(place, sorted[place]?.sort === sort ? 1 : 0, ...(item === undefined ? [] : [{ sort, item }]))
    },
    held: (key) => locks.has(lock(key)),
    hold: (key) => {
      locks.add(lock(key))
    },
    release: (key) => {
      locks.delete(lock(key))
    },
    partition: (name) => (partitions.get(name) ?? []).map(({ item }) => item),
    partitions: () => [...partitions.keys()]
  }
}

/** What a condition that isn't met is answered with. */
export const occupant = (conditional: Conditional, item: Item | undefined): { readonly Item?: Item } =>
  item !== undefined && conditional.ReturnValuesOnConditionCheckFailure === "ALL_OLD" ? { Item: item } : {}

/** Whether a condition holds for the item of a key as it is now. */
export const meets = (table: Table, conditional: Conditional, key: Key): boolean =>
  holds(conditional, conditional.ConditionExpression, table.get(key))

/** One page of a partition's range as it is now. A page that is full names a key to go on after, also if nothing follows. */
export const page = (
  table: Table,
  { from, partition, to }: Range,
  options: {
    readonly backwards: boolean
    readonly limit: number
    readonly after: Key | undefined
    readonly names: Names & { readonly ProjectionExpression?: string }
  }
): Page => {
  const { after, backwards, limit, names } = options
  const inRange = table.partition(partition).filter((item) => {
    const { sort } = keyOf(item)
    const open = after === undefined || (backwards ? sort < after.sort : sort > after.sort)
    return open && sort >= from && sort <= to
  })
  const found = (backwards ? inRange.reverse() : inRange).slice(0, limit)
  return pageOf(found, limit, names)
}

/** A page of these items: with the key to go on after when there are as many as were wanted. */
export const pageOf = (
  found: ReadonlyArray<Item>,
  limit: number,
  names: Names & { readonly ProjectionExpression?: string }
): Page => ({
  Items: found.map((item) => projected(names, names.ProjectionExpression, item)),
  Count: found.length,
  ...(found.length === limit && limit > 0 ? { LastEvaluatedKey: keyItem(keyOf(found.at(-1)!)) } : {})
})
