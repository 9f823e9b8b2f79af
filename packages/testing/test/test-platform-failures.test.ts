import { assert, describe, it } from "@effect/vitest"
import { publishEvent } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import { Operations } from "@reventless/core/Operations"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import { vi } from "vitest"

const OrderId = Id.make("order")
const fields = { orderId: OrderId, count: Schema.Int }
class Ordered extends Event.make("Ordered", fields) {}
class OrderTaken extends Event.make("OrderTaken", fields) {}
class Orders extends ExtensionPoint.make("Shop.Orders", { version: "1.0.0", events: [OrderTaken] }) {}
class PlaceOrder extends StateChangeSlice.make("PlaceOrder", { command: fields, consumes: [], produces: [Ordered] }) {}
const PlaceOrderLive = PlaceOrder.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([Ordered.make(command)])
})

/** A shop whose printer is away for the first `failures` attempts, and which publishes half an order instead of none. */
const shop = (failures: number) => {
  let attempts = 0
  return Plugin.make("Shop", {
    version: "1.0.0",
    stateChangeSlices: [PlaceOrderLive],
    extensionPoints: [
      Orders.mapping({
        from: [Ordered],
        outgoing: {
          Ordered: ({ count, orderId }) =>
            count === 0
              ? publishEvent({ _tag: "OrderTaken", orderId, count: 0.5 })
              : Effect.suspend(() =>
                ++attempts > failures
                  ? Effect.succeed(publishEvent(OrderTaken.make({ orderId, count })))
                  : Effect.fail("the printer is away")
              )
        }
      })
    ]
  })
}

const place = (id: string, count: number) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(PlaceOrder, { orderId: OrderId.make(id), count }))

/** A test platform, and what `settled` warns of on it. */
const shopOf = (failures: number) => {
  const warned: Array<string> = []
  const logger = Logger.make<unknown, void>(({ logLevel, message }) => {
    const [text] = Array.isArray(message) ? message : [message]
    if (logLevel === "Warn" && String(text).startsWith("TestPlatform.settled")) warned.push(text)
  })
  return {
    warned,
    layer: Layer.provideMerge(TestPlatform.layer({ plugins: [shop(failures)] }), Logger.layer([logger]))
  }
}

const failedOn = (id: string, detail: string) =>
  `the mapping of 'Shop.Orders' in 'Shop' failed on Ordered of '${id}': ${detail}. Later ones of '${id}' wait; mend ` +
  "what it says and have it done again, or cancel it"

describe("a test platform that is settled", () => {
  it.effect("says what failed and waits for the clock, with the reason, and nothing once that is done", () => {
    const { layer, warned } = shopOf(2)
    return Effect.gen(function*() {
      yield* place("tea", 1)
      yield* TestPlatform.settled
      assert.deepStrictEqual(warned.splice(0), [
        "TestPlatform.settled leaves 1 item that failed. What waits for another attempt goes on when the test moves the " +
        "clock, TestClock.adjust(\"5 minutes\"); what is parked waits for a person, or for Operations.replayWork.\n" +
        `  Shop Orders.v1.events order:tea waits for attempt 2: ${failedOn("tea", "the printer is away")}`
      ])
      yield* TestClock.adjust("5 minutes")
      yield* TestPlatform.settled
      assert.deepStrictEqual(warned, [])
    }).pipe(Effect.provide(layer))
  })

  it.effect("says what is parked, ten at most, and nothing once a person has given it up", () => {
    const { layer, warned } = shopOf(0)
    return Effect.gen(function*() {
      for (let number = 1; number <= 12; number++) yield* place(`tea ${number}`, 0)
      yield* TestPlatform.settled
      const [first, ...lines] = warned.splice(0).join().split(/\n {2}(?! )/)
      assert.match(first!, /^TestPlatform\.settled leaves 12 items that failed\. /)
      assert.lengthOf(
        lines.filter((line) => /^Shop Orders\.v1\.events order:tea \d+ is parked: .*it publishes/.test(line)),
        10
      )
      assert.strictEqual(lines.at(-1), "and 2 more")
      const operations = yield* Operations
      const cancel = Effect.gen(function*() {
        const { work } = yield* operations.work({ state: "Parked" })
        for (const { id, plugin, queue } of work) yield* operations.cancelWork(plugin, queue, id, "given up")
      })
      yield* Effect.provideService(cancel, Principal.CurrentPrincipal, Principal.system)
      yield* TestPlatform.settled
      assert.deepStrictEqual(warned, [])
    }).pipe(Effect.provide(layer))
  })

  it.effect("says so where the test runner shows it, although a test has a console of its own", () =>
    Effect.gen(function*() {
      yield* place("tea", 1)
      const said: Array<string> = []
      const spies = (["log", "warn", "error"] as const).map((method) =>
        vi.spyOn(globalThis.console, method).mockImplementation((...all) => void said.push(all.join(" ")))
      )
      yield* TestPlatform.settled
      for (const spy of spies) spy.mockRestore()
      assert.lengthOf(said.filter((text) => text.includes("TestPlatform.settled leaves 1 item that failed")), 1)
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [shop(1)] }))))
})
