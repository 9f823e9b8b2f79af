import type { NewWork, TakeOptions } from "../../WorkStore.ts"
import * as ReadyLine from "../views/readyLine.ts"
import * as MemoryWork from "./memoryWork.ts"

type Entry = MemoryWork.Entry

/** The items of one queue in memory. */
export interface Queue {
  /** By id, in the order in which they were added. */
  readonly items: ReadonlyMap<string, Entry>
  /** Adds an item at the end of its lane. */
  readonly push: (item: NewWork, sequence: number, now: number) => Entry
  /** Whether no item before it in its lane is unfinished. */
  readonly isFirst: (entry: Entry) => boolean
  /** The items that may be begun, those that could be first come first. Each must be lined up again. */
  readonly ready: (options: TakeOptions) => ReadonlyArray<Entry>
  /** When the first item of all lanes may be begun. */
  readonly next: () => number | undefined
  /** Gives the first item of a lane its place, after it was written. */
  readonly lineUp: (entry: Entry, now: number) => void
  /** Takes an item out of its lane: it is finished. */
  readonly leave: (entry: Entry) => void
  /** Takes an item out of its lane and of the queue. */
  readonly forget: (entry: Entry) => void
}

/** Makes an empty queue. */
export const make = (): Queue => {
  const items = new Map<string, Entry>()
  /** Of each lane the items that aren't finished. */
  const lanes = new Map<string, Array<Entry>>()
  /** The first item of each lane but those that are parked. */
  const line = ReadyLine.make<Entry>()
  /** The latest time at which anything was written. */
  let latest = 0

  const lineUp = (entry: Entry, now: number): void => {
    latest = Math.max(latest, now)
    line.set(entry, MemoryWork.readyAt(entry))
  }

  const leave = (entry: Entry): void => {
    const lane = lanes.get(entry.lane) ?? []
    const index = lane.indexOf(entry)
    if (index < 0) return
    if (index > 0) {
      lane.splice(index, 1)
      return
    }
    line.set(entry, undefined)
    lane.shift()
    const [next] = lane
    if (next === undefined) lanes.delete(entry.lane)
    else lineUp(next, next.time)
  }

  /** When the clock was set back: the items that may be begun, those that could be first come first. Looks at all lanes. */
  const readyAnyhow = ({ lease, limit, now }: TakeOptions): ReadonlyArray<Entry> => {
    const found: Array<readonly [ready: number, entry: Entry]> = []
    for (const entry of line.all()) {
      const at = MemoryWork.readyAt(entry)!
      if (at <= now || entry.leasedAt > now + lease) found.push([at, entry])
    }
    return found.sort(([a, one], [b, other]) => a - b || one.sequence - other.sequence).slice(0, limit)
      .map(([, entry]) => entry)
  }

  return {
    items,
    push: (item, sequence, now) => {
      const entry = MemoryWork.make(item, sequence, now)
      items.set(entry.id, entry)
      const waiting = lanes.get(entry.lane)
      if (waiting !== undefined) {
        waiting.push(entry)
        return entry
      }
      lanes.set(entry.lane, [entry])
      lineUp(entry, now)
      return entry
    },
    isFirst: (entry) => lanes.get(entry.lane)?.[0] === entry,
    ready: (options) => {
      const { lease, limit, now } = options
      if (latest > now + lease) return readyAnyhow(options)
      const found: Array<Entry> = []
      while (found.length < limit) {
        const first = line.first()
        if (first === undefined || first.at > now) break
        line.set(first.item, undefined)
        found.push(first.item)
      }
      return found
    },
    next: () => line.first()?.at,
    lineUp,
    leave,
    forget: (entry) => {
      items.delete(entry.id)
      leave(entry)
    }
  }
}
