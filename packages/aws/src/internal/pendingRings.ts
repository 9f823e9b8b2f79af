import type { EventStoreError } from "@reventless/core/EventStore"
import * as Signal from "@reventless/core/Signal"
import * as Effect from "effect/Effect"
import type { Item } from "../Dynamo.ts"
import type { Listener, Ring } from "./rings.ts"

/** What rang for one listener and wasn't taken yet. */
export interface PendingRings {
  readonly listener: Listener
  /** Keeps it until `ring`, so that what was read together rings together. */
  readonly add: (partition: string, version: number, item: Item | undefined) => void
  readonly ring: () => void
  readonly rescan: () => void
  /** Nothing will ring any more. What is pending is no longer of use: the listener has to look at everything anyway. */
  readonly fail: (error: EventStoreError) => void
}

/** Nothing rang yet. */
export const make = (): PendingRings => {
  const changed = Signal.make()
  let pending = new Map<string, Ring & { readonly _tag: "Added" }>()
  let isRescan = false
  let failed: EventStoreError | undefined

  const drain = (): ReadonlyArray<Ring> => {
    const rings: ReadonlyArray<Ring> = [...isRescan ? [{ _tag: "Rescan" } as const] : [], ...pending.values()]
    pending = new Map()
    isRescan = false
    return rings
  }

  return {
    listener: {
      take: Effect.gen(function*() {
        while (true) {
          const change = yield* changed.next
          if (failed !== undefined) return yield* failed
          const rings = drain()
          if (rings.length > 0) return rings
          yield* change
        }
      })
    },
    add: (partition, version, item) => {
      const before = pending.get(partition)
      if (before === undefined) {
        pending.set(partition, { _tag: "Added", partition, version, item })
      } else if (before.version !== version) {
        const greatest = Math.max(before.version, version)
        pending.set(partition, { _tag: "Added", partition, version: greatest, item: undefined })
      }
    },
    ring: () => {
      if (pending.size > 0) changed.notify()
    },
    rescan: () => {
      isRescan = true
      changed.notify()
    },
    fail: (error) => {
      failed = error
      changed.notify()
    }
  }
}
