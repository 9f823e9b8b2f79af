import { assert, describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import { Operations } from "@reventless/core/Operations"
import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import {
  ConfirmOrdersLive,
  FlagOrder,
  order,
  OrderId,
  OrderPaid,
  PayOrder,
  Post,
  PostFailed,
  slices
} from "./fixtures/orders.ts"

const Orders = Plugin.make("Orders", {
  version: "1.0.0",
  stateChangeSlices: slices,
  outboundTranslationSlices: [ConfirmOrdersLive]
})

type Call = Parameters<Post["Service"]["send"]>[0]

/** A post that answers each call as its number says, and remembers them all. */
const post = (answer: (number: number) => Effect.Effect<void, PostFailed>) => {
  const calls: Array<Call> = []
  const layer = Layer.succeed(Post, {
    send: (call) => Effect.suspend(() => answer(calls.push(call)))
  })
  return { calls, layer }
}

const pay = (id: string) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(PayOrder, { orderId: order(id), address: "Here" }))

const work = Effect.flatMap(Operations, (operations) => operations.work({ plugin: "Orders", content: true })).pipe(
  Effect.map((page) => page.work.filter(({ queue }) => queue === "ConfirmOrders"))
)

const pausesPass = Effect.gen(function*() {
  for (let step = 0; step < 12; step++) {
    yield* TestPlatform.settled
    yield* TestClock.adjust("31 seconds")
  }
  yield* TestPlatform.settled
})

const on = (layer: Layer.Layer<Post>) =>
  Platform.layer({ version: "1.0.0", plugins: [Orders] }).pipe(
    Layer.provide(layer),
    Layer.provideMerge(Platform.layerMemory)
  )

describe("an outbound translation", () => {
  it.effect("tells the outside once for each item, each with a key of its own", () => {
    const { calls, layer } = post(() => Effect.void)
    return Effect.gen(function*() {
      yield* pay("1")
      yield* pay("1")
      yield* pay("2")
      yield* TestPlatform.settled
      assert.deepStrictEqual(calls.map(({ attempt, orderId }) => [orderId, attempt]).toSorted(), [
        ["1", 1],
        ["1", 1],
        ["2", 1]
      ])
      assert.strictEqual(new Set(calls.map(({ key }) => key)).size, 3)
      assert.lengthOf(yield* work, 0)
    }).pipe(Effect.provide(on(layer)))
  })

  it.effect("whose call hangs gives it up after its timeout, and makes it again with the same key", () => {
    const { calls, layer } = post((number) => number === 1 ? Effect.never : Effect.void)
    return Effect.gen(function*() {
      yield* pay("1")
      while (calls.length === 0) yield* Effect.yieldNow
      yield* TestClock.adjust("29 seconds")
      assert.lengthOf(calls, 1)
      yield* TestClock.adjust("1 second")
      yield* TestClock.adjust("1 second")
      yield* TestPlatform.settled
      assert.deepStrictEqual(calls.map(({ attempt, orderId }) => [orderId, attempt]), [["1", 1], ["1", 2]])
      assert.strictEqual(calls[1]!.key, calls[0]!.key)
      assert.lengthOf(yield* work, 0)
    }).pipe(Effect.provide(on(layer)))
  })

  it.effect("whose call was made but lost its answer makes it again with the same key", () => {
    const made = new Map<string, number>()
    const { calls, layer } = post((number) =>
      Effect.suspend(() => {
        const { key } = calls[number - 1]!
        made.set(key, (made.get(key) ?? 0) + 1)
        return number === 1 ? Effect.fail(new PostFailed({ detail: "the connection was lost" })) : Effect.void
      })
    )
    return Effect.gen(function*() {
      yield* pay("1")
      yield* TestPlatform.settled
      const [waits] = yield* work
      assert.deepInclude(waits, { attempts: 1, reason: "the post failed: the connection was lost" })
      yield* pausesPass
      assert.deepStrictEqual([...made.values()], [2])
    }).pipe(Effect.provide(on(layer)))
  })

  it.effect("is tried as often as it says, is parked with the last reason, and goes on when a person says so", () => {
    let away = true
    const { calls, layer } = post((number) =>
      away ? Effect.fail(new PostFailed({ detail: `no answer to call ${number}` })) : Effect.void
    )
    return Effect.gen(function*() {
      yield* pay("1")
      yield* pay("2")
      yield* pausesPass
      assert.lengthOf(calls, 16)
      const parked = yield* work
      assert.deepStrictEqual(parked.map(({ attempts, lane, state }) => [lane, state, attempts]), [
        ["1", "Parked", 8],
        ["2", "Parked", 8]
      ])
      away = false
      const operations = yield* Operations
      yield* operations.replayWork("Orders", "ConfirmOrders", parked[0]!.id)
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* work).map(({ lane }) => lane), ["2"])
      assert.strictEqual(calls[16]!.key, calls.find(({ orderId }) => orderId === "1")!.key)
    }).pipe(Effect.provide(on(layer)))
  })

  it.effect("may answer with commands, which are handled once", () => {
    const Confirm = OutboundTranslationSlice.make("Confirm", {
      item: { orderId: OrderId },
      key: "orderId",
      collects: [OrderPaid],
      sends: [FlagOrder]
    })
    const plugin = Plugin.make("Orders", {
      version: "1.0.0",
      stateChangeSlices: slices,
      outboundTranslationSlices: [Confirm.translation({
        collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
        translate: ({ orderId }) => Effect.succeed(publishCommand(FlagOrder, { orderId, reason: "told" }))
      })]
    })
    return Effect.gen(function*() {
      yield* pay("1")
      yield* TestPlatform.settled
      const events = yield* TestPlatform.events(plugin)
      assert.deepStrictEqual(events.map(({ _tag }) => _tag), ["OrderPaid", "OrderFlagged"])
    }).pipe(
      Effect.provide(
        Platform.layer({ version: "1.0.0", plugins: [plugin] }).pipe(Layer.provideMerge(Platform.layerMemory))
      )
    )
  })
})
