import type { AppendCondition, SequencedEvent } from "../EventStore.ts"
import type * as Query from "../Query.ts"

/** The log of one plugin in memory, indexed by type, tag, and tag with type. Positions are dense and start at 1. */
export interface MemoryLog {
  readonly events: Array<SequencedEvent>
  /** Positions by type, ascending. */
  readonly byType: Map<string, Array<number>>
  /** Positions by tag and type, ascending. */
  readonly byTag: Map<string, Map<string, Array<number>>>
}

export const make = (): MemoryLog => ({ events: [], byType: new Map(), byTag: new Map() })

export const head = (log: MemoryLog): number => log.events.length

export const push = (log: MemoryLog, event: SequencedEvent): void => {
  log.events.push(event)
  pushTo(log.byType, event.type, event.position)
  for (const tag of new Set(event.tags)) {
    let types = log.byTag.get(tag)
    if (types === undefined) log.byTag.set(tag, types = new Map())
    pushTo(types, event.type, event.position)
  }
}

const pushTo = (index: Map<string, Array<number>>, key: string, position: number): void => {
  const positions = index.get(key)
  if (positions === undefined) index.set(key, [position])
  else positions.push(position)
}

/** The ascending position lists whose union holds every match of the item; undefined means the whole log. */
const candidates = (log: MemoryLog, item: Query.QueryItem): ReadonlyArray<ReadonlyArray<number>> | undefined => {
  const types = item.types !== undefined && item.types.length > 0 ? item.types : undefined
  if (item.tags === undefined || item.tags.length === 0) {
    return types?.map((type) => log.byType.get(type) ?? [])
  }
  let rarest: ReadonlyArray<ReadonlyArray<number>> = []
  let size = Infinity
  for (const tag of item.tags) {
    const index = log.byTag.get(tag)
    if (index === undefined) return []
    const lists = types === undefined ? [...index.values()] : types.map((type) => index.get(type) ?? [])
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
