import { assert, describe, it } from "@effect/vitest"
import * as Extent from "@reventless/core/Extent"
import { ViewStores } from "@reventless/core/ViewStore"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { newFile, random, sequenced } from "./support.ts"

/** Texts whose order differs between UTF-8 and UTF-16, that begin each other, or that are special to databases. */
const texts = [
  "",
  "a",
  "A",
  "ab",
  "a\u0000",
  "a\u0000b",
  "b",
  "ß",
  "'",
  "%",
  "\uffff",
  "\ue000",
  "\u{10000}",
  "😀",
  "é",
  "e\u0301"
]

const openStores = Effect.all([
  Effect.flatMap(ViewStores, (stores) => stores.of("Shop")).pipe(Effect.provide(ViewStoreMemory.layerStores)),
  Effect.gen(function*() {
    const context = yield* Layer.build(SqlitePlatform.layer({ filename: yield* newFile }))
    return yield* Effect.flatMap(ViewStores, (stores) => stores.of("Shop")).pipe(Effect.provide(context))
  })
])

const runSeed = Effect.fnUntraced(function*(seed: number) {
  const { below, pick } = random(seed)
  const stores = yield* openStores
  const both = Effect.fnUntraced(function*<A, E>(operation: (store: typeof stores[0]) => Effect.Effect<A, E>) {
    const [memory, sqlite] = yield* Effect.all(stores.map((store) => Effect.result(operation(store))))
    assert.deepStrictEqual(sqlite, memory, `seed ${seed}`)
    return memory!
  })
  const id = () => ({ key: pick(texts), sort: pick(["", "", "1", "2"]) })
  const maybe = <A>(make: () => A): A | undefined => below(3) === 0 ? make() : undefined
  const entries = () =>
    Array.from({ length: below(4) }, () => ({ index: pick(["total", "name", ""]), value: pick(texts) }))
  const writes = () => {
    const ids = new Map(Array.from({ length: below(5) }, id).map((made) => [JSON.stringify(made), made]))
    return [...ids.values()].map((made) => {
      const row = below(4) === 0 ? undefined : { text: pick(texts), n: below(100) }
      return { id: made, row, version: below(100), previous: undefined, entries: row === undefined ? [] : entries() }
    })
  }
  const lanes = () => ({ lane: pick(texts), position: below(20) })
  const parked = () => ({
    ...lanes(),
    event: sequenced(below(20), pick(texts)),
    reason: maybe(() => pick(texts)),
    time: below(1000),
    attempts: below(5)
  })
  const some = <A>(make: () => A) => Array.from({ length: below(3) }, make)

  for (let turn = 0; turn < 150; turn++) {
    const generation = 1 + below(4)
    switch (below(14)) {
      case 0:
        yield* both((store) => store.open("view", "abc"[turn % 3]!))
        break
      case 1:
        if (below(3) === 0) {
          yield* both((store) => Effect.andThen(store.open("view", "a"), store.build("view", "abc"[turn % 3]!)))
        }
        break
      case 2:
        if (below(3) === 0) yield* both((store) => store.promote("view", generation))
        break
      case 3:
        yield* both((store) => store.active("view"))
        yield* both((store) => store.state("view", generation))
        break
      case 4:
        yield* both((store) => store.changes("view", generation, { after: turn % 30, limit: 1 + turn % 7 }))
        break
      case 5: {
        const lane = maybe(() => pick(texts))
        yield* both((store) => store.parked("view", generation, lane))
        const page = {
          after: maybe(() => ({ ...lanes(), ...(lane === undefined ? {} : { lane }) })),
          limit: 1 + below(3)
        }
        yield* both((store) => store.parked("view", generation, lane, page))
        yield* both((store) =>
          Effect.map(store.blocked("view", generation), (lanes) => lanes.toSorted((a, b) => a.lane < b.lane ? -1 : 1))
        )
        yield* both((store) => store.skipped("view"))
        break
      }
      case 6:
      case 7:
      case 8:
      case 9: {
        const query = {
          index: pick([undefined, "total", "name", ""]),
          from: maybe(() => pick(texts)),
          to: maybe(() => pick(texts)),
          after: maybe(() => ({ value: pick(texts), id: id() })),
          reverse: below(2) === 0,
          limit: 1 + below(6)
        }
        yield* both((store) => store.list("view", generation, query))
        break
      }
      default: {
        const state = yield* both((store) => store.state("view", generation))
        const revision = state._tag === "Success" ? state.success?.revision ?? 0 : 0
        const step = {
          view: "view",
          generation,
          revision: below(10) === 0 ? revision + 1 : revision,
          checkpoint: { extent: Extent.upTo(turn) },
          writes: writes(),
          park: some(parked),
          release: some(lanes),
          skip: some(() => ({ ...lanes(), by: "me", why: pick(texts), time: turn }))
        }
        yield* both((store) => store.commit(step))
        const ids = Array.from({ length: 4 }, id)
        const sorted = (store: typeof stores[0]) =>
          Effect.map(store.load("view", generation, ids), (rows) => rows.map((row) => JSON.stringify(row)).toSorted())
        yield* both(sorted)
      }
    }
  }
})

describe("the SQLite view store", () => {
  for (let seed = 1; seed <= 20; seed++) {
    it.live(`answers a random run as the memory store does (seed ${seed})`, () => Effect.scoped(runSeed(seed)))
  }
})
