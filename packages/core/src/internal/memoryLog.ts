import type { AppendCondition, SequencedEvent } from "../EventStore.ts"
import type * as Query from "../Query.ts"

/**
 * The log of one plugin in memory, indexed by type, and in each type by tag. Positions are dense and start at 1.
 *
 * Types are few and tags are many, so there is a map for each type and none for each tag: what an event adds is small,
 * and a long log doesn't keep the garbage collector busy.
 */
export interface MemoryLog {
  readonly events: Array<SequencedEvent>
  readonly byType: Map<string, TypeIndex>
}

/** Ascending positions; one alone is a plain number, because most tags of a log are carried by one event. */
type Positions = number | Array<number>

interface TypeIndex {
  /** Of all events of the type. */
  readonly positions: Array<number>
  readonly byTag: Map<string, Positions>
}

export const make = (): MemoryLog => ({ events: [], byType: new Map() })

export const head = (log: MemoryLog): number => log.events.length

export const push = (log: MemoryLog, event: SequencedEvent): void => {
  const { position, tags, type } = event
  log.events.push(event)
  let index = log.byType.get(type)
  if (index === undefined) log.byType.set(type, index = { positions: [], byTag: new Map() })
  index.positions.push(position)
  for (const tag of tags) {
    const known = index.byTag.get(tag)
    if (known === undefined) index.byTag.set(tag, position)
    else if (typeof known !== "number") addTo(known, position)
    else if (known !== position) index.byTag.set(tag, [known, position])
  }
}

/** An event may carry a tag twice. */
const addTo = (positions: Array<number>, position: number): void => {
  if (positions.at(-1) !== position) positions.push(position)
}

const none: ReadonlyArray<number> = []

const carrying = (index: TypeIndex, tag: string): ReadonlyArray<number> => {
  const positions = index.byTag.get(tag)
  return positions === undefined ? none : typeof positions === "number" ? [positions] : positions
}

/** The ascending position lists whose union holds every match of the item; undefined means the whole log. */
const candidates = (log: MemoryLog, item: Query.QueryItem): ReadonlyArray<ReadonlyArray<number>> | undefined => {
  const types = item.types !== undefined && item.types.length > 0 ? item.types : undefined
  const tags = item.tags !== undefined && item.tags.length > 0 ? item.tags : undefined
  if (types === undefined && tags === undefined) return undefined
  const indexes = types === undefined
    ? [...log.byType.values()]
    : types.flatMap((type) => log.byType.get(type) ?? [])
  if (tags === undefined) return indexes.map(({ positions }) => positions)
  let rarest: ReadonlyArray<ReadonlyArray<number>> = []
  let size = Infinity
  for (const tag of tags) {
    const lists = indexes.map((index) => carrying(index, tag))
    const count = lists.reduce((sum, list) => sum + list.length, 0)
    if (count < size) {
      rarest = lists
      size = count
    }
  }
  return rarest
}

/** The first index of an ascending list whose value is greater than `after`. */
const firstAfter = (positions: ReadonlyArray<number>, after: number): number => {
  let low = 0
  let high = positions.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (positions[middle]! > after) high = middle
    else low = middle + 1
  }
  return low
}

const carriesAll = (event: SequencedEvent, tags: ReadonlyArray<string> | undefined): boolean =>
  tags === undefined || tags.length < 2 || tags.every((tag) => event.tags.includes(tag))

/** The positions greater than `after` that match the query, ascending. Costs what it finds, not what the log holds. */
export const find = (log: MemoryLog, query: Query.Query, after: number): ReadonlyArray<number> => {
  const items = query.items.length === 0 ? [{}] : query.items
  const found = new Set<number>()
  for (const item of items) {
    const lists = candidates(log, item)
    if (lists === undefined) return Array.from({ length: Math.max(0, head(log) - after) }, (_, i) => after + 1 + i)
    for (const list of lists) {
      for (let index = firstAfter(list, after); index < list.length; index++) {
        if (carriesAll(log.events[list[index]! - 1]!, item.tags)) found.add(list[index]!)
      }
    }
  }
  return [...found].sort((a, b) => a - b)
}

/** Whether an event after the position matches the query. Looks at the end of each list only. */
export const exists = (log: MemoryLog, query: Query.Query, after: number): boolean => {
  if (after >= head(log)) return false
  const items = query.items.length === 0 ? [{}] : query.items
  return items.some((item) => {
    const lists = candidates(log, item)
    if (lists === undefined) return true
    return lists.some((list) => {
      for (let index = list.length - 1; index >= 0 && list[index]! > after; index--) {
        if (carriesAll(log.events[list[index]! - 1]!, item.tags)) return true
      }
      return false
    })
  })
}

/** Whether the condition forbids an append now. */
export const forbids = (log: MemoryLog, condition: AppendCondition): boolean =>
  exists(log, condition.failIfEventsMatch, condition.after ?? 0)
