/** A whole application in a test: commands, views that follow, and time that only the test moves. */
import { assert, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Scheduler } from "@reventless/core/Scheduler"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import {
  AddProduct,
  Catalog,
  kettle,
  PriceList,
  ProductAdded,
  ProductRetired,
  Products,
  RetireProduct
} from "./fixtures/catalog.ts"

it.effect("a product is retired by its schedule in the first hour of the next day", () =>
  Effect.gen(function*() {
    const bus = yield* CommandBus
    const scheduler = yield* Scheduler
    const queries = yield* QueryEngine
    const { productId } = kettle

    yield* TestClock.adjust("90 minutes")
    yield* bus.send(AddProduct, kettle)
    yield* scheduler.create({
      name: "retire the kettle",
      when: { every: "1 hour" },
      to: RetireProduct,
      command: { productId }
    })

    yield* TestClock.adjust("22 hours")
    yield* TestPlatform.settled
    assert.deepStrictEqual(yield* TestPlatform.events(Catalog), [ProductAdded.make(kettle)])

    yield* TestClock.adjust("1 hour")
    yield* TestPlatform.settled
    assert.deepStrictEqual(yield* TestPlatform.events(Catalog), [
      ProductAdded.make(kettle),
      ProductRetired.make({ productId })
    ])
    assert.deepStrictEqual((yield* queries.list(Products)).rows, [])
  }).pipe(
    Effect.provide(TestPlatform.layer({ plugins: [Catalog] })),
    Effect.provideService(PriceList, { limit: Effect.succeed(10_000) })
  ))
