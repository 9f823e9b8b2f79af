import { assert, describe, it } from "@effect/vitest"
import { WorkStores } from "@reventless/core/WorkStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { later, lease, limit, queue } from "./processes-work/plan.ts"
import { folder, startProcess } from "./support.ts"

const lanes = 40
const count = 400

const start = (filename: string, marks: string, dieAfter: number) =>
  startProcess(path.join(import.meta.dirname, "processes-work/child.ts"), filename, marks, `${dieAfter}`)

describe("several processes that take work from one file", () => {
  it.live(
    "never hold one item or two of a lane at once, and lose nothing when one is killed while it works",
    () =>
      Effect.gen(function*() {
        const created = yield* folder
        const filename = path.join(created, "store.db")
        const marks = path.join(created, "marks")
        fs.mkdirSync(marks)
        yield* Effect.gen(function*() {
          const store = yield* (yield* WorkStores).of("Shop")
          const now = yield* Clock.currentTimeMillis
          // What all of them wait for until each is ready.
          yield* store.add(queue, [{ id: "begin", lane: "begin", due: now + 3_600_000, content: null }], now)
          const items = Array.from({ length: count }, (_, index) => index)
          const lane = (index: number) => `${index % lanes}`

          const children = yield* Effect.all([start(filename, marks, 50), start(filename, marks, Infinity)])
          const [killed, survivor] = children
          yield* Effect.forEach(children, ({ line }) => line)
          yield* store.add(
            queue,
            items.map((index) => ({ id: `${index}`, lane: lane(index), due: now, content: null })),
            now
          )
          yield* store.cancel(queue, "begin")
          yield* killed!.ended
          // The survivor does what it can, and is left with the lanes of what the killed one held.
          const lanesLeft = Effect.map(
            store.list(queue, { limit: Infinity }),
            (items) => new Set(items.map(({ lane }) => lane)).size
          )
          while ((yield* lanesLeft) > limit) yield* Effect.sleep(5)
          fs.writeFileSync(path.join(marks, later), "")
          assert.strictEqual(yield* survivor!.ended, 0)

          const lines = children.flatMap(({ lines }) => lines())
          assert.deepStrictEqual(lines.filter((line) => line.startsWith("wrong")), [])
          const done = yield* store.list(queue, { state: "Done", limit: Infinity })
          assert.strictEqual(done.length, count)
          assert.deepStrictEqual(yield* store.list(queue, { limit: Infinity }), [])
          assert.strictEqual(lines.filter((line) => line.startsWith("done")).length, count)
          assert.isAbove(new Set(done.map(({ outcome }) => outcome)).size, 1)

          // What the killed one held was begun again when its leases had run out, and nothing else was.
          const again = done.filter(({ attempts }) => attempts > 1)
          assert.isAtLeast(again.length, 1)
          assert.isAtMost(again.length, limit)
          for (const { time } of again) assert.isAtLeast(time, now + lease)
          for (const members of Map.groupBy(done, ({ lane }) => lane).values()) {
            const times = members.map(({ time }) => time)
            assert.deepStrictEqual(times, times.toSorted((a, b) => a - b))
          }
        }).pipe(Effect.provide(SqlitePlatform.layer({ filename, synchronous: "NORMAL" })))
      }).pipe(Effect.scoped)
  )
})
