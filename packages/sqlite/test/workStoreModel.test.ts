import { assert, describe, it } from "@effect/vitest"
import { type LeasedWork, type WorkState, WorkStores } from "@reventless/core/WorkStore"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { newFile, random } from "./support.ts"

const openStores = Effect.all([
  Effect.flatMap(WorkStores, (stores) => stores.of("Shop")).pipe(Effect.provide(WorkStoreMemory.layerStores)),
  Effect.gen(function*() {
    const context = yield* Layer.build(SqlitePlatform.layer({ filename: yield* newFile, synchronous: "NORMAL" }))
    return yield* Effect.flatMap(WorkStores, (stores) => stores.of("Shop")).pipe(Effect.provide(context))
  })
])

const ids = Array.from({ length: 14 }, (_, index) => `item ${index}`)
const lanes = ["", "a", "A", "a\u0000", "ß"]
const queues = ["mail", "mail\u0000"]
const states: ReadonlyArray<WorkState> = ["Pending", "Leased", "Parked", "Done"]

/** Runs operations that follow from the seed on both stores; each answers the same, and so does every look at them. */
const runSeed = Effect.fnUntraced(function*(seed: number) {
  const { below, pick } = random(seed)
  const stores = yield* openStores
  const both = Effect.fnUntraced(function*<A, E>(operation: (store: typeof stores[0]) => Effect.Effect<A, E>) {
    const [memory, sqlite] = yield* Effect.all(stores.map((store) => Effect.result(operation(store))))
    assert.deepStrictEqual(sqlite, memory, `seed ${seed}`)
    return memory!._tag === "Success" ? memory!.success : undefined
  })
  const leases: Array<LeasedWork> = []
  let now = 1000
  const item = () => ({ id: pick(ids), lane: pick(lanes), due: now + below(40) - 20, content: { n: below(100) } })
  const result = () =>
    pick([
      { _tag: "Done", outcome: pick([undefined, null, { n: below(9) }]) } as const,
      { _tag: "Done", outcome: 1, isRepeatable: true } as const,
      { _tag: "Again", due: now + below(20), content: [below(9)] } as const,
      { _tag: "Retry", due: now + below(20), reason: "r" } as const,
      { _tag: "Release" } as const,
      { _tag: "Park", reason: "p" } as const,
      { _tag: "Forget" } as const
    ])

  for (let turn = 0; turn < 300; turn++) {
    const queue = pick(queues)
    // Now and then the clock is set back, or forward.
    now += below(40) === 0 ? below(400) - 200 : below(4)
    switch (below(12)) {
      case 0:
      case 1: {
        const items = Array.from({ length: below(4) }, item)
        yield* both((store) => store.add(queue, items, now))
        break
      }
      case 2: {
        const one = item()
        if (below(3) === 0) yield* both((store) => store.put(queue, one, now))
        const items = Array.from({ length: below(3) }, item)
        leases.push(...(yield* both((store) => store.addLeased(queue, items, { now, lease: 20 }))) ?? [])
        break
      }
      case 3:
      case 4:
      case 5: {
        const options = { now, lease: 20, limit: below(4) }
        leases.push(...(yield* both((store) => store.take(queue, options))) ?? [])
        break
      }
      case 6: {
        const held = leases[below(leases.length)]
        const options = { now, lease: 10 + below(40) }
        if (held !== undefined) yield* both((store) => store.extend(queue, held, options))
        break
      }
      case 7:
      case 8:
      case 9: {
        const held = leases[below(3) === 0 ? below(leases.length) : leases.length - 1]
        const what = result()
        if (held !== undefined) yield* both((store) => store.finish(queue, held, what, now))
        break
      }
      case 10: {
        const id = pick(ids)
        yield* both((store) => store.replay(queue, id, now))
        break
      }
      default: {
        const id = pick(ids)
        if (below(2) === 0) yield* both((store) => store.cancel(queue, id))
      }
    }
    yield* both((store) => store.next(queue))
    const query = {
      state: pick([undefined, ...states]),
      lane: pick([undefined, ...lanes]),
      after: pick([undefined, below(turn + 1)]),
      limit: below(8)
    }
    yield* both((store) => store.list(queue, query))
    if (turn % 10 === 0) {
      for (const id of ids) yield* both((store) => store.get(queue, id))
      for (const state of [undefined, ...states]) {
        yield* both((store) => store.list(queue, { state, limit: Infinity }))
      }
    }
  }
})

describe("the SQLite work store", () => {
  for (let seed = 1; seed <= 20; seed++) {
    it.live(`answers a random run as the memory store does (seed ${seed})`, () => Effect.scoped(runSeed(seed)))
  }
})
