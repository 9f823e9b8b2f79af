import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import type { CommandResult } from "@reventless/core/CommandResult"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Platform from "@reventless/core/Platform"
import * as Query from "@reventless/core/Query"
import { WorkStores } from "@reventless/core/WorkStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as path from "node:path"
import { folder } from "./support.ts"
import { make, OrderId, Ship } from "./work-platform/shipping.ts"

const Shipping = make(() => 0)

const stores = (filename: string) => SqlitePlatform.layer({ filename })

const platform = (filename: string) =>
  Platform.layer({ version: "1.0.0", plugins: [Shipping] }).pipe(Layer.provideMerge(stores(filename)))

/** A clock that is ahead: leases that were given before have run out. */
const later = Effect.map(Clock.Clock, (clock): Clock.Clock => ({
  currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + 60_000,
  currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + 60_000),
  monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
  monotonicTimeNanos: clock.monotonicTimeNanos,
  currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
  currentTimeNanos: clock.currentTimeNanos,
  sleep: (duration) => clock.sleep(duration)
}))

/** What is stored: the commands and their states, and the commands that caused the events. */
const stored = Effect.gen(function*() {
  const work = yield* (yield* WorkStores).of(Shipping.name)
  const { store } = yield* (yield* EventStores).of({ name: Shipping.name, plan: IndexPlan.open })
  const events = yield* Stream.runCollect(store.read(Query.all))
  return {
    unfinished: (yield* work.list("commands", { limit: 1000 })).map(({ id }) => id),
    done: (yield* work.list("commands", { state: "Done", limit: 1000 })).map(({ id }) => id),
    caused: events.map(({ meta }) => meta.causationId!),
    numbers: (order: string) =>
      events.filter(({ tags }) => tags.includes(`order:${order}`))
        .map(({ data }) => (data as { readonly number: number }).number)
  }
}).pipe(Effect.scoped)

describe("a power cut", () => {
  it.live(
    "leaves each command that was accepted done once, in order and with the outcome that was told, wherever it cuts",
    () =>
      Effect.gen(function*() {
        const created = yield* folder
        const filename = path.join(created, "store.db")
        const cut = path.join(created, "cut.db")
        const outcomes = new Map<string, CommandResult>()
        const orders = ["a", "b", "c"]
        const { database, wal } = yield* Effect.gen(function*() {
          const bus = yield* CommandBus
          yield* Effect.forEach(orders, (order) =>
            Effect.forEach([1, 2, 3, 4, 5], (number) =>
              Effect.gen(function*() {
                const { messageId } = yield* bus.send(Ship, { order: OrderId.make(order), number })
                outcomes.set(messageId, yield* bus.outcome(messageId, { wait: "20 seconds" }))
              })), { concurrency: "unbounded" })
          return { database: fs.readFileSync(filename), wal: fs.readFileSync(`${filename}-wal`) }
        }).pipe(Effect.provide(platform(filename)))
        assert.deepStrictEqual([...new Set([...outcomes.values()].map(({ _tag }) => _tag))], ["CommandAccepted"])

        const frame = 4096 + 24
        const frames = Math.floor((wal.length - 32) / frame)
        let again = 0
        const kept = new Set<number>()
        for (let part = 0; part <= 40; part++) {
          for (const suffix of ["-wal", "-shm"]) fs.rmSync(cut + suffix, { force: true })
          fs.writeFileSync(cut, database)
          fs.writeFileSync(`${cut}-wal`, wal.subarray(0, 32 + Math.floor((frames * part) / 40) * frame))
          const before = yield* Effect.provide(stored, stores(cut))
          const taken = [...before.done, ...before.unfinished]
          kept.add(taken.length)
          again += before.unfinished.filter((id) => before.caused.includes(id)).length
          // Nothing is done whose events are lost.
          assert.deepStrictEqual(before.done.filter((id) => !before.caused.includes(id)), [])
          yield* Effect.gen(function*() {
            const bus = yield* CommandBus
            for (const id of taken) {
              const outcome = yield* bus.outcome(id, { wait: "20 seconds" })
              if (before.caused.includes(id)) assert.deepStrictEqual(outcome, outcomes.get(id))
              else assert.strictEqual(outcome._tag, "CommandAccepted")
            }
            const after = yield* stored
            assert.deepStrictEqual(after.caused.toSorted(), taken.toSorted())
            for (const order of orders) {
              const numbers = after.numbers(order)
              assert.deepStrictEqual(numbers, [1, 2, 3, 4, 5].slice(0, numbers.length))
            }
          }).pipe(Effect.provide(platform(cut)), Effect.provideService(Clock.Clock, yield* later))
        }
        assert.isAbove(kept.size, 4)
        assert.isAbove(again, 3)
      }).pipe(Effect.scoped),
    60_000
  )
})
