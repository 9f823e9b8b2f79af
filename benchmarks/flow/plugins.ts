/** What an event in one plugin causes in another: how soon its command is handled, what leaves in a second, and connecting. */
import { publishCommand, publishEvent } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import { EventStores } from "@reventless/core/EventStores"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { Registry } from "@reventless/core/Registry"
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

class OrderWasPaid extends Event.make("OrderWasPaid", fields) {}
class Orders extends ExtensionPoint.make("Orders.Orders", { version: "1.0.0", events: [OrderWasPaid] }) {}

class OrderPaid extends Event.make("OrderPaid", fields) {}
class PayOrder
  extends StateChangeSlice.make("PayOrder", { command: fields, consumes: [OrderPaid], produces: [OrderPaid] })
{}
class ParcelPrepared extends Event.make("ParcelPrepared", fields) {}
class PrepareParcel extends StateChangeSlice.make("PrepareParcel", {
  command: fields,
  consumes: [ParcelPrepared],
  produces: [ParcelPrepared]
}) {}

const PayOrderLive = PayOrder.behavior({
  initial: false,
  evolve: { OrderPaid: () => true },
  decide: (command, isPaid) => Effect.succeed(isPaid ? [] : [OrderPaid.make(command)])
})
const PrepareParcelLive = PrepareParcel.behavior({
  initial: false,
  evolve: { ParcelPrepared: () => true },
  decide: (command, isPrepared) => Effect.succeed(isPrepared ? [] : [ParcelPrepared.make(command)])
})

/** The provider before it has an extension point. */
const Silent = Plugin.make("Orders", { version: "0.9.0", stateChangeSlices: [PayOrderLive] })
const Talking = Plugin.make("Orders", {
  version: "1.0.0",
  stateChangeSlices: [PayOrderLive],
  extensionPoints: [
    Orders.mapping({
      from: [OrderPaid],
      outgoing: { OrderPaid: (event) => publishEvent(OrderWasPaid.make(event)) }
    })
  ]
})
const Parcels = Plugin.make("Parcels", {
  version: "1.0.0",
  stateChangeSlices: [PrepareParcelLive],
  extensions: [
    Orders.extension({ incoming: { OrderWasPaid: ({ orderId }) => publishCommand(PrepareParcel, { orderId }) } })
  ]
})

const order = (name: string) => ({ orderId: fields.orderId.make(name) })

/** The topic of the published events, as whoever listens opens it. */
const published = Effect.gen(function*() {
  const { outputs } = Talking.extensionPoints[0]!
  return (yield* (yield* EventStores).of({ name: outputs.eventTopic, plan: IndexPlan.open })).store
})

const open = Effect.fnUntraced(
  function*(filename: string, plugins: ReadonlyArray<typeof Silent | typeof Talking | typeof Parcels>) {
    const stores = yield* Effect.orDie(Layer.build(SqlitePlatform.layer({ filename })))
    const platform = Platform.layer({ version: "1.0.0", plugins, external: ["Orders.Orders"] })
    const context = yield* Effect.orDie(Layer.build(Layer.provide(platform, Layer.succeedContext(stores))))
    const { runtimes } = Context.get(context, Platform.Platform)
    return {
      bus: Context.get(context, CommandBus),
      events: (plugin: string) => runtimes.find((runtime) => runtime.plugin.name === plugin)!.events,
      published: Effect.orDie(Effect.provideContext(published, stores))
    }
  }
)

/** Events that were there before the extension point was: how many a second leave. */
const outbox = Effect.fnUntraced(function*(count: number) {
  const filename = path.join(yield* Temporary.folder, "orders.db")
  yield* Effect.scoped(Effect.gen(function*() {
    const { bus } = yield* open(filename, [Silent])
    const orders = Array.from({ length: count }, (_, index) => order(`${index}`))
    yield* Effect.forEach(orders, (one) => bus.send(PayOrder, one), { concurrency: 64, discard: true })
  }))
  const start = performance.now()
  const provider = yield* open(filename, [Talking])
  yield* seen(yield* provider.published, "OrderWasPaid", count)
  return (1000 * count) / (performance.now() - start)
}, Effect.scoped)

/** Orders that are paid one each 20 ms: how long it takes until the other plugin has prepared their parcels. */
const times = Effect.fnUntraced(function*(count: number) {
  const { bus, events } = yield* open(path.join(yield* Temporary.folder, "orders.db"), [Talking, Parcels])
  return yield* latencies(events("Parcels"), "ParcelPrepared", count, (name) => bus.send(PayOrder, order(name)))
}, Effect.scoped)

/** Half of them with an extension point that the other half follows. */
const many = (count: number) =>
  Array.from({ length: count / 2 }, (_, index) => {
    const name = `Provider${index}`
    class Said extends Event.make("Said", fields) {}
    class SaidToAll extends Event.make("SaidToAll", fields) {}
    class Point extends ExtensionPoint.make(`${name}.Point`, { version: "1.0.0", events: [SaidToAll] }) {}
    return [
      Plugin.make(name, {
        version: "1.0.0",
        extensionPoints: [
          Point.mapping({ from: [Said], outgoing: { Said: (event) => publishEvent(SaidToAll.make(event)) } })
        ]
      }),
      Plugin.make(`Follower${index}`, {
        version: "1.0.0",
        extensions: [Point.extension({ incoming: { SaidToAll: () => [] } })]
      })
    ]
  }).flat() as ReadonlyArray<Plugin.Plugin<string, never>>

/** How long a platform of so many plugins takes to start and to connect them all, in milliseconds. */
const connecting = Effect.fnUntraced(function*(plugins: ReadonlyArray<Plugin.Plugin<string, never>>) {
  const filename = path.join(yield* Temporary.folder, "many.db")
  const start = performance.now()
  const platform = Platform.layer({ version: "1.0.0", plugins })
  const built = yield* Effect.orDie(Layer.build(Layer.provide(platform, SqlitePlatform.layer({ filename }))))
  const connected = yield* Effect.orDie(Context.get(built, Registry).plugins)
  if (connected.length !== plugins.length) return yield* Effect.die(`${connected.length} plugins are connected`)
  return performance.now() - start
}, Effect.scoped)

export const run = Effect.fnUntraced(function*(report: Report, options: Options) {
  const contender = "reventless sqlite"
  const taken = (yield* Effect.orDie(times(options.quick ? 100 : 1000))).slice(options.quick ? 10 : 100)
  const metric = "plugins: from an event in one to its command's event in another, one each 20 ms"
  const [half, most] = [quantile(taken, 0.5), quantile(taken, 0.99)]
  report.figure({ metric: `${metric}, median`, contender, value: half, unit: "ms" })
  report.figure({ metric: `${metric}, p99`, contender, value: most, unit: "ms" })
  progress(`plugins: ${readable(half)} ms, p99 ${readable(most)} ms`)
  report.target({
    claim: "from an event in one plugin to the command handled in another, p99",
    wanted: 50,
    direction: "at most",
    unit: "ms",
    got: most
  })

  const count = options.quick ? 500 : 5000
  const rates: Array<number> = []
  const starts: Array<number> = []
  const plugins = many(50)
  for (let round = 0; round <= options.rounds; round++) {
    const rate = yield* Effect.orDie(outbox(count))
    const started = yield* connecting(plugins)
    if (round > 0) {
      rates.push(rate)
      starts.push(started)
    }
    progress(
      `plugins, round ${round} of ${options.rounds}: ${readable(rate)} events a second, 50 connect in ${
        readable(started)
      } ms`
    )
  }
  report.figure({
    metric: `plugins: ${count} events that wait are mapped and published`,
    contender,
    value: median(rates),
    unit: "a second"
  })
  report.figure({
    metric: "plugins: 50 of them start and connect, 25 providers and 25 that follow one each",
    contender,
    value: median(starts),
    unit: "ms"
  })
})
