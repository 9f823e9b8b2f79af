/** What an event causes: how soon an automation's command is handled, and how many are in a second. */
import { publishCommand } from "@reventless/core/Action"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as path from "node:path"
import type { Options } from "../lib/options.ts"
import { progress, readable } from "../lib/progress.ts"
import type { Report } from "../lib/report.ts"
import { median, quantile } from "../lib/statistics.ts"
import * as Temporary from "../lib/temporary.ts"
import { latencies, seen } from "./seen.ts"

const fields = { orderId: Id.make("order") }

class OrderPaid extends Event.make("OrderPaid", fields) {}
class OrderShipped extends Event.make("OrderShipped", fields) {}

class PayOrder
  extends StateChangeSlice.make("PayOrder", { command: fields, consumes: [OrderPaid], produces: [OrderPaid] })
{}
class ShipOrder extends StateChangeSlice.make("ShipOrder", {
  command: fields,
  consumes: [OrderShipped],
  produces: [OrderShipped]
}) {}

class ShipPaidOrders extends AutomationSlice.make("ShipPaidOrders", {
  item: fields,
  key: "orderId",
  collects: [OrderPaid],
  resolves: [OrderShipped],
  sends: [ShipOrder]
}) {}

const stateChangeSlices = [
  PayOrder.behavior({
    initial: false,
    evolve: { OrderPaid: () => true },
    decide: (command) => Effect.succeed([OrderPaid.make(command)])
  }),
  ShipOrder.behavior({
    initial: false,
    evolve: { OrderShipped: () => true },
    decide: (command, isShipped) => Effect.succeed(isShipped ? [] : [OrderShipped.make(command)])
  })
]

const Manual = Plugin.make("Orders", { version: "1.0.0", stateChangeSlices })
const Automatic = Plugin.make("Orders", {
  version: "1.0.0",
  stateChangeSlices,
  automationSlices: [
    ShipPaidOrders.automation({
      collect: { OrderPaid: ({ orderId }) => ({ orderId }) },
      process: ({ orderId }) => Effect.succeed(publishCommand(ShipOrder, { orderId }))
    })
  ]
})

const order = (name: string) => ({ orderId: fields.orderId.make(name) })

const open = Effect.fnUntraced(function*(filename: string, plugin: typeof Manual | typeof Automatic) {
  const context = yield* Effect.orDie(Layer.build(
    Platform.layer({ version: "1.0.0", plugins: [plugin] }).pipe(Layer.provide(SqlitePlatform.layer({ filename })))
  ))
  const { runtimes } = Context.get(context, Platform.Platform)
  return { bus: Context.get(context, CommandBus), events: runtimes[0]!.events }
})

/** Orders that were paid before anything ships them: how many are shipped a second. */
const rate = Effect.fnUntraced(function*(count: number) {
  const filename = path.join(yield* Temporary.folder, "orders.db")
  yield* Effect.scoped(Effect.gen(function*() {
    const { bus } = yield* open(filename, Manual)
    const orders = Array.from({ length: count }, (_, index) => order(`${index}`))
    yield* Effect.forEach(orders, (one) => bus.send(PayOrder, one), { concurrency: 64, discard: true })
  }))
  const start = performance.now()
  const { events } = yield* open(filename, Automatic)
  yield* seen(events, "OrderShipped", count)
  return (1000 * count) / (performance.now() - start)
}, Effect.scoped)

/** Orders that are paid one each 20 ms: how long it takes until each is shipped. */
const times = Effect.fnUntraced(function*(count: number) {
  const { bus, events } = yield* open(path.join(yield* Temporary.folder, "orders.db"), Automatic)
  return yield* latencies(events, "OrderShipped", count, (name) => bus.send(PayOrder, order(name)))
}, Effect.scoped)

export const run = Effect.fnUntraced(function*(report: Report, options: Options) {
  const contender = "reventless sqlite"
  const count = options.quick ? 500 : 5000
  const rates: Array<number> = []
  for (let round = 0; round <= options.rounds; round++) {
    const measured = yield* Effect.orDie(rate(count))
    if (round > 0) rates.push(measured)
    progress(`automations, round ${round} of ${options.rounds}: ${readable(measured)} a second`)
  }
  report.figure({
    metric: `automations: ${count} events that wait are collected, and their commands handled`,
    contender,
    value: median(rates),
    unit: "a second"
  })
  const taken = (yield* Effect.orDie(times(options.quick ? 100 : 1000))).slice(options.quick ? 10 : 100)
  const metric = "automations: from an event to its command's event, one each 20 ms"
  const [half, most] = [quantile(taken, 0.5), quantile(taken, 0.99)]
  report.figure({ metric: `${metric}, median`, contender, value: half, unit: "ms" })
  report.figure({ metric: `${metric}, p99`, contender, value: most, unit: "ms" })
  progress(`automations: ${readable(half)} ms, p99 ${readable(most)} ms`)
  report.target({
    claim: "from an event to the automation's command handled, p99",
    wanted: 50,
    direction: "at most",
    unit: "ms",
    got: most
  })
})
