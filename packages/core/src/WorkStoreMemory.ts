/**
 * The work store in memory, for the memory platform. Everything is lost when the process ends.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as MemoryQueue from "./internal/work/memoryQueue.ts"
import * as MemoryWork from "./internal/work/memoryWork.ts"
import * as Signal from "./Signal.ts"
import { type LeasedWork, type WorkItem, type WorkQuery, WorkStores, type WorkStoreShape } from "./WorkStore.ts"

/** Makes the store of one plugin. */
export const make: Effect.Effect<WorkStoreShape> = Effect.sync(() => {
  const queues = new Map<string, MemoryQueue.Queue>()
  const changed = Signal.make()
  let sequence = 0

  const queueOf = (name: string): MemoryQueue.Queue => {
    let queue = queues.get(name)
    if (queue === undefined) queues.set(name, queue = MemoryQueue.make())
    return queue
  }

  const held = (queue: MemoryQueue.Queue, item: LeasedWork): MemoryWork.Entry | undefined => {
    const entry = queue.items.get(item.id)
    return entry !== undefined && MemoryWork.isHeld(entry, item) ? entry : undefined
  }

  return {
    add: (name, items, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        for (const item of items) if (!queue.items.has(item.id)) queue.push(item, ++sequence, now)
        changed.notify()
      }),
    addLeased: (name, items, { lease, now }) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const leased: Array<LeasedWork> = []
        for (const item of items) {
          if (queue.items.has(item.id)) continue
          const entry = queue.push(item, ++sequence, now)
          if (item.due > now || !queue.isFirst(entry)) continue
          leased.push(MemoryWork.begin(entry, lease, now))
          queue.lineUp(entry, now)
        }
        changed.notify()
        return leased
      }),
    put: (name, item, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const before = queue.items.get(item.id)
        if (before !== undefined) queue.forget(before)
        queue.push(item, ++sequence, now)
        changed.notify()
      }),
    take: (name, options) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        return queue.ready(options).map((entry): LeasedWork => {
          const leased = MemoryWork.begin(entry, options.lease, options.now)
          queue.lineUp(entry, options.now)
          return leased
        })
      }),
    extend: (name, item, { lease, now }) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = held(queue, item)
        if (entry === undefined) return false
        MemoryWork.extend(entry, lease, now)
        queue.lineUp(entry, now)
        return true
      }),
    finish: (name, item, result, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = held(queue, item)
        if (entry === undefined) return false
        if (result._tag === "Forget") queue.forget(entry)
        else {
          MemoryWork.end(entry, result, item.attempts, now)
          if (entry.state === "Done") queue.leave(entry)
          else queue.lineUp(entry, now)
        }
        changed.notify()
        return true
      }),
    next: (name) => Effect.sync(() => queueOf(name).next()),
    get: (name, id) =>
      Effect.sync(() => {
        const entry = queueOf(name).items.get(id)
        return entry === undefined ? undefined : MemoryWork.shown(entry)
      }),
    list: (name, { after, backwards = false, lane, limit, state }: WorkQuery) =>
      Effect.sync(() => {
        const found: Array<WorkItem> = []
        const items = queueOf(name).items.values()
        for (const entry of backwards ? [...items].reverse() : items) {
          if (found.length >= limit) break
          const before = after !== undefined && (backwards ? entry.sequence >= after : entry.sequence <= after)
          if (before || (lane !== undefined && entry.lane !== lane)) continue
          if (state === undefined ? entry.state !== "Done" : entry.state === state) found.push(MemoryWork.shown(entry))
        }
        return found
      }),
    replay: (name, id, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = queue.items.get(id)
        if (entry?.state !== "Parked") return false
        MemoryWork.replay(entry, now)
        queue.lineUp(entry, now)
        changed.notify()
        return true
      }),
    complete: (name, id, outcome, now) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = queue.items.get(id)
        if (entry === undefined || entry.state === "Done") return false
        MemoryWork.complete(entry, outcome, now)
        queue.leave(entry)
        changed.notify()
        return true
      }),
    cancel: (name, id) =>
      Effect.sync(() => {
        const queue = queueOf(name)
        const entry = queue.items.get(id)
        if (entry === undefined || entry.state === "Done") return false
        queue.forget(entry)
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
