import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Plugin from "@reventless/core/Plugin"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import { TestClock } from "effect/testing"
import { order, PayOrder, ShipPaidOrdersLive, slices } from "./fixtures/orders.ts"

const Orders = Plugin.make("Orders", {
  version: "1.0.0",
  stateChangeSlices: slices,
  automationSlices: [ShipPaidOrdersLive]
})

const tags = Effect.map(TestPlatform.events(Orders), (events) => events.map(({ _tag }) => _tag))

describe("an automation", () => {
  it.effect("ships an order once that is paid", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(PayOrder, { orderId: order("1"), address: "Here 1" })
      yield* TestPlatform.settled
      for (let index = 0; index < 100; index++) yield* Effect.yieldNow
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* tags, ["OrderPaid", "OrderShipped"])
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Orders] }))))
})
