/**
 * The work store in memory, for the memory platform. Everything is lost when the process ends.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Schema from "effect/Schema"
import * as ReadyLine from "./internal/readyLine.ts"
import * as Signal from "./Signal.ts"
import {
  type LeasedWork,
  type NewWork,
  type TakeOptions,
  type WorkItem,
  type WorkQuery,
  type WorkState,
  WorkStores,
  type WorkStoreShape
} from "./WorkStore.ts"

interface Entry {
  readonly id: string
  readonly lane: string
  readonly sequence: number
  due: number
  content: Schema.Json
  state: WorkState
  attempts: number
  reason: string | undefined
  outcome: Schema.Json | undefined
  time: number
  lease: number
  /** When the lease was given or extended, or when it was written what may be begun without waiting for an instant. */
  leasedAt: number
  leasedUntil: number
}

/** The items of one queue by id, in the order in which they were added, and of each lane those that aren't finished. */
interface Queue {
  readonly items: Map<string, Entry>
  readonly lanes: Map<string, Array<Entry>>
  /** The first item of each lane but those that are parked. */
  readonly line: ReadyLine.ReadyLine<Entry>
  /** The latest time at which anything was written. */
  latest: number
}

const itemOf = ({ attempts, content, due, id, lane, outcome, reason, sequence, state, time }: Entry): WorkItem => ({
  id,
  lane,
  due,
  content,
  sequence,
  state,
  attempts,
  reason,
  outcome,
  time
})

/** What was due when it was written waits for no instant. */
const writtenAt = (due: number, now: number): number => due <= now ? now : 0

/** Makes the store of one plugin. */
export const make: Effect.Effect<WorkStoreShape> = Effect.sync(() => {
  const queues = new Map<string, Queue>()
  const changed = Signal.make()
  let sequence = 0

  const queueOf = (name: string): Queue => {
    let queue = queues.get(name)
    if (queue === undefined) {
      queues.set(name, queue = { items: new Map(), lanes: new Map(), line: ReadyLine.make(), latest: 0 })
    }
    return queue
  }

  const push = (queue: Queue, { content, due, id, lane }: NewWork, now: number): void => {
    const entry: Entry = {
      id,
      lane,
      due,
      content,
      sequence: ++sequence,
      state: "Pending",
      attempts: 0,
      reason: undefined,
      outcome: undefined,
      time: now,
      lease: 0,
      leasedAt: writtenAt(due, now),
      leasedUntil: 0
    }
    queue.items.set(id, entry)
    const waiting = queue.lanes.get(lane)
    if (waiting !== undefined) {
      waiting.push(entry)
      return
    }
    queue.lanes.set(lane, [entry])
    lineUp(queue, entry, now)
  }

  /** Gives the first item of a lane its place, after it was written. */
  const lineUp = (queue: Queue, entry: Entry, now: number): void => {
    queue.latest = Math.max(queue.latest, now)
    queue.line.set(entry, readyAt(entry))
  }

  /** Takes an item out of its lane: it is finished, or forgotten. */
  const leave = (queue: Queue, entry: Entry): void => {
    const lane = queue.lanes.get(entry.lane) ?? []
    const index = lane.indexOf(entry)
    if (index < 0) return
    if (index > 0) {
      lane.splice(index, 1)
      return
    }
    queue.line.set(entry, undefined)
    lane.shift()
    const [next] = lane
    if (next === undefined) queue.lanes.delete(entry.lane)
    else lineUp(queue, next, next.time)
  }

  /** When the first item of a lane may be begun; undefined when it waits for a person. */
  const readyAt = (entry: Entry): number | undefined =>
    entry.state === "Parked" ? undefined : entry.state === "Leased" ? entry.leasedUntil : entry.due

  /** When the clock was set back: the items that may be begun, those that could be first come first. Looks at all lanes. */
  const readyAnyhow = (queue: Queue, { lease, limit, now }: TakeOptions): ReadonlyArray<Entry> => {
    const found: Array<readonly [ready: number, entry: Entry]> = []
    for (const entry of queue.line.all()) {
      const at = readyAt(entry)!
      if (at <= now || entry.leasedAt > now + lease) found.push([at, entry])
    }
    return found.sort(([a, one], [b, other]) => a - b || one.sequence - other.sequence).slice(0, limit)
      .map(([, entry]) => entry)
  }

  /** The items that may be begun, those that could be first come first. */
  const ready = (queue: Queue, options: TakeOptions): ReadonlyArray<Entry> => {
    const { lease, limit, now } = options
    if (queue.latest > now + lease) return readyAnyhow(queue, options)
    const found: Array<Entry> = []
    while (found.length < limit) {
      const first = queue.line.first()
      if (first === undefined || first.at > now) break
      queue.line.set(first.item, undefined)
      found.push(first.item)
    }
    return found
  }

  const held = (queue: string, { id, lease, sequence }: LeasedWork): Entry | undefined => {
    const entry = queueOf(queue).items.get(id)
    return entry?.state === "Leased" && entry.sequence === sequence && entry.lease === lease ? entry : undefined
  }

  return {
    add: (name, items, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        for (const item of items) if (!queue.items.has(item.id)) push(queue, item, now)
        changed.notify()
      }),
    put: (name, item, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const before = queue.items.get(item.id)
        if (before !== undefined) {
          queue.items.delete(item.id)
          leave(queue, before)
        }
        push(queue, item, now)
        changed.notify()
      }),
    take: (name, options) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        return ready(queue, options).map((entry): LeasedWork => {
          entry.state = "Leased"
          entry.lease++
          entry.attempts++
          entry.leasedAt = options.now
          entry.leasedUntil = options.now + options.lease
          entry.time = options.now
          lineUp(queue, entry, options.now)
          return { ...itemOf(entry), lease: entry.lease }
        })
      }),
    extend: (name, item, { lease, now }) =>
      Effect.sync(() => {
        const entry = held(name, item)
        if (entry === undefined) return false
        entry.leasedAt = now
        entry.leasedUntil = now + lease
        lineUp(queueOf(name), entry, now)
        return true
      }),
    finish: (name, item, result, now) =>
      Effect.sync(() => {
        const entry = held(name, item)
        if (entry === undefined) return false
        const queue = queueOf(name)
        entry.time = now
        switch (result._tag) {
          case "Done":
            entry.state = "Done"
            entry.outcome = result.outcome
            entry.reason = undefined
            leave(queue, entry)
            break
          case "Again":
            entry.state = "Pending"
            entry.due = result.due
            entry.leasedAt = writtenAt(result.due, now)
            entry.content = result.content
            entry.attempts = 0
            entry.reason = undefined
            break
          case "Retry":
            entry.state = "Pending"
            entry.due = result.due
            entry.leasedAt = now
            entry.reason = result.reason
            break
          case "Release":
            entry.state = "Pending"
            entry.due = now
            entry.leasedAt = now
            entry.attempts = item.attempts - 1
            break
          case "Park":
            entry.state = "Parked"
            entry.reason = result.reason
            break
          case "Forget":
            queue.items.delete(entry.id)
            leave(queue, entry)
        }
        if (entry.state === "Pending" || entry.state === "Parked") lineUp(queue, entry, now)
        changed.notify()
        return true
      }),
    next: (name) => Effect.sync(() => queueOf(name).line.first()?.at),
    get: (name, id) =>
      Effect.sync(() => {
        const entry = queueOf(name).items.get(id)
        return entry === undefined ? undefined : itemOf(entry)
      }),
    list: (name, { after, backwards = false, lane, limit, state }: WorkQuery) =>
      Effect.sync(() => {
        const found: Array<WorkItem> = []
        const items = queueOf(name).items.values()
        for (const entry of backwards ? [...items].reverse() : items) {
          if (found.length >= limit) break
          const before = after !== undefined && (backwards ? entry.sequence >= after : entry.sequence <= after)
          if (before || (lane !== undefined && entry.lane !== lane)) continue
          if (state === undefined ? entry.state !== "Done" : entry.state === state) found.push(itemOf(entry))
        }
        return found
      }),
    replay: (name, id, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = queue.items.get(id)
        if (entry?.state !== "Parked") return false
        entry.state = "Pending"
        entry.due = now
        entry.leasedAt = now
        entry.attempts = 0
        entry.time = now
        lineUp(queue, entry, now)
        changed.notify()
        return true
      }),
    complete: (name, id, outcome, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = queue.items.get(id)
        if (entry === undefined || entry.state === "Done") return false
        entry.state = "Done"
        entry.outcome = outcome
        entry.reason = undefined
        entry.time = now
        leave(queue, entry)
        changed.notify()
        return true
      }),
    cancel: (name, id) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = queue.items.get(id)
        if (entry === undefined || entry.state === "Done") return false
        queue.items.delete(id)
        leave(queue, entry)
        changed.notify()
        return true
      }),
    changed: changed.next
  }
})

/** The work stores of a platform in memory, one for each plugin name. */
export const layerStores: Layer.Layer<WorkStores> = Layer.sync(WorkStores, () => {
  const stores = new Map<string, WorkStoreShape>()
  return {
    of: (plugin) =>
      Effect.gen(function*() {
        const store = stores.get(plugin) ?? (yield* make)
        stores.set(plugin, store)
        return store
      })
  }
})
