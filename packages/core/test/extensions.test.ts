import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Platform from "@reventless/core/Platform"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { AddProduct, Catalog, Ordering, PlaceOrder, product } from "./fixtures/talking.ts"

/** The stored events of a log. */
const log = (name: string) =>
  Effect.scoped(Effect.gen(function*() {
    const { store } = yield* (yield* EventStores).of({ name, plan: IndexPlan.open })
    return yield* Stream.runCollect(store.read(Query.all))
  }))

const types = (name: string) => Effect.map(log(name), (events) => events.map(({ type }) => type))

/** Waits, without a clock, until it is so. */
const eventually = <A, E, R>(effect: Effect.Effect<A, E, R>, isSo: (value: A) => boolean): Effect.Effect<A, E, R> =>
  Effect.flatMap(
    Effect.andThen(Effect.yieldNow, effect),
    (value) => isSo(value) ? Effect.succeed(value) : eventually(effect, isSo)
  )

describe("plugins that talk", () => {
  it.effect("an event of one plugin becomes a command of another, which sends one back", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(AddProduct, { productId: product("kettle"), name: "Kettle", cost: 3 })
      yield* eventually(types("Ordering"), (found) => found.length === 1)
      assert.deepStrictEqual(yield* types("Catalog.Products.v1.events"), ["ProductBecameAvailable"])
      assert.deepStrictEqual(yield* types("Ordering"), ["ProductOffered"])
      yield* bus.send(PlaceOrder, { productId: product("kettle"), count: 2 })
      yield* eventually(types("Catalog"), (found) => found.length === 2)
      assert.deepStrictEqual(yield* types("Catalog"), ["ProductAdded", "StockAdded"])
    }).pipe(
      Effect.provide(
        Platform.layer({ version: "1.0.0", plugins: [Catalog, Ordering] }).pipe(
          Layer.provideMerge(Platform.layerMemory)
        )
      )
    ))
})
