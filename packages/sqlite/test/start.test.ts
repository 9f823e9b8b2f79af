import { assert, describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import { EventStores } from "@reventless/core/EventStores"
import * as Id from "@reventless/core/Id"
import * as IndexPlan from "@reventless/core/IndexPlan"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { StatementSync } from "node:sqlite"
import { event, newFile } from "./support.ts"

const CartId = Id.make("cart")
class Filled extends Event.make("Filled", { cartId: CartId, count: Schema.Int }) {}
class Emptied extends Event.make("Emptied", { cartId: CartId }) {}

class Fill extends StateChangeSlice.make("Fill", {
  command: { cartId: CartId },
  consumes: [Filled],
  produces: [Filled]
}) {}
class Empty extends StateChangeSlice.make("Empty", {
  command: { cartId: CartId },
  consumes: [Emptied],
  produces: [Emptied]
}) {}
class Carts extends StateViewSlice.make("Carts", {
  row: { cartId: CartId, count: Schema.Int },
  key: "cartId",
  consumes: [Filled]
}) {}
class EmptyFull extends AutomationSlice.make("EmptyFull", {
  item: { cartId: CartId },
  key: "cartId",
  collects: [Filled],
  resolves: [Emptied],
  sends: [Empty]
}) {}

const Shop = Plugin.make("Shop", {
  version: "1.0.0",
  stateChangeSlices: [
    Fill.behavior({
      initial: 0,
      evolve: { Filled: (count) => count + 1 },
      decide: ({ cartId }, count) => Effect.succeed([Filled.make({ cartId, count: count + 1 })])
    }),
    Empty.behavior({
      initial: 0,
      evolve: { Emptied: (count) => count + 1 },
      decide: ({ cartId }) => Effect.succeed([Emptied.make({ cartId })])
    })
  ],
  stateViewSlices: [Carts.projection((rows) => ({ Filled: (filled) => rows.set(filled) }))],
  automationSlices: [
    EmptyFull.automation({
      collect: { Filled: ({ cartId, count }) => count < 10 ? undefined : { cartId } },
      resolve: { Emptied: ({ cartId }) => cartId },
      process: ({ cartId }) => Effect.succeed(publishCommand(Empty, { cartId }))
    })
  ]
})

/** Waits until the view and the automation have seen every event. */
const caughtUp = Effect.flatMap(Operations, (operations) =>
  Effect.repeat(operations.views, {
    until: (all) => all.every(({ lagMillis }) => lagMillis === 0),
    schedule: Schedule.spaced("20 millis")
  }))

/** Counts the events of carts that statements give, of all that is open in this process. */
const events = Effect.acquireRelease(
  Effect.sync(() => {
    const { all } = StatementSync.prototype
    const read = { count: 0 }
    StatementSync.prototype.all = function(this: StatementSync, ...parameters: Array<any>) {
      const rows: ReadonlyArray<any> = Reflect.apply(all, this, parameters)
      // The third column of an event is its tags.
      if (this.sourceSQL.includes("tags")) read.count += rows.filter((row) => /"cart:/.test(row[2])).length
      return rows as ReturnType<typeof all>
    }
    return { read, restore: () => StatementSync.prototype.all = all }
  }),
  ({ restore }) => Effect.sync(restore)
)

const cartId = CartId.make("mine")

/** How many events a start reads on a file with so many of them, until a command is decided and shown. */
const readAtStart = Effect.fnUntraced(function*(count: number) {
  const filename = yield* newFile
  const platform = SqlitePlatform.layer({ filename })
  const main = Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Shop] }), platform)
  const fill = Effect.gen(function*() {
    const { token } = yield* Effect.flatMap(CommandBus, (bus) => bus.send(Fill, { cartId }))
    const queries = yield* QueryEngine
    return yield* queries.get(Carts, cartId, { after: token, timeout: "30 seconds" })
  })
  yield* Effect.gen(function*() {
    const { store } = yield* (yield* EventStores).of({ name: "Shop", plan: IndexPlan.open })
    yield* store.append(Array.from({ length: count }, (_, index) => {
      const of = `cart-${Math.floor(index / 5)}`
      const stored = event("Filled", [`cart:${of}`], { cartId: of, count: 1 + index % 5 })
      return { ...stored, meta: { ...stored.meta, messageId: `filled-${index}` } }
    }))
  }).pipe(Effect.scoped, Effect.provide(platform))
  yield* Effect.andThen(fill, caughtUp).pipe(Effect.provide(main))
  return yield* Effect.scoped(Effect.gen(function*() {
    const { read } = yield* events
    const row = yield* Effect.provide(fill, main)
    assert.deepStrictEqual(row, Option.some({ cartId, count: 2 }))
    return read.count
  }))
}, Effect.scoped)

describe("an application that starts again", () => {
  it.live(
    "reads at most three events until its first command is shown, of a long log as of a short one",
    () =>
      Effect.gen(function*() {
        // The one that the decision is about, and the new one, which the view has read by then and the automation may have.
        assert.isAtMost(yield* readAtStart(200), 3)
        assert.isAtMost(yield* readAtStart(2000), 3)
      }),
    60_000
  )
})
