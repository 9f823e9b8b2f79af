import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { EventStores } from "@reventless/core/EventStores"
import * as Metrics from "@reventless/core/Metrics"
import * as Platform from "@reventless/core/Platform"
import * as Query from "@reventless/core/Query"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { AddProduct, Catalog, ChangePrice, PriceList, ProductId, ProductsView } from "./fixtures/catalog.ts"

const Test = Platform.layer({ version: "1.0.0", plugins: [Catalog] }).pipe(
  Layer.provide(Layer.succeed(PriceList, { allows: () => Effect.succeed(true) })),
  Layer.provideMerge(Platform.layerMemory)
)

const p = ProductId.make("p")
const product = { productId: p, categoryIds: [], name: "Kettle", price: { amount: 1, currency: "EUR" } } as const

/** Keeps every span that ends. */
const recorder = () => {
  const spans: Array<Tracer.Span> = []
  const tracer = Tracer.make({
    span: (options) => {
      const span = new Tracer.NativeSpan(options)
      spans.push(span)
      return span
    }
  })
  return { spans, tracer }
}

const addProduct = Effect.flatMap(CommandBus, (bus) => bus.send(AddProduct, product))

describe("a trace", () => {
  it.effect("has a span for each hop of a command, and the view's is linked to the command's", () => {
    const { spans, tracer } = recorder()
    const named = (name: string) => spans.find((span) => span.name === name)!
    return Effect.gen(function*() {
      const { token } = yield* addProduct
      yield* Effect.flatMap(QueryEngine, (queries) => queries.get(ProductsView, p, { after: token }))
      const send = named("CommandBus.send")
      const handle = named("CommandPipeline.handle")
      assert.strictEqual(Option.getOrThrow(handle.parent).spanId, send.spanId)
      assert.strictEqual(handle.attributes.get("command"), "Catalog.AddProduct")
      const react = spans.find((span) => span.name === "ReactionPipeline.react" && span.links.length > 0)!
      assert.strictEqual(react.links[0]!.span.traceId, send.traceId)
      assert.isDefined(named("QueryEngine.get"))
    }).pipe(Effect.provide(Test), Effect.withTracer(tracer))
  })

  it.effect("goes on from the trace that an envelope carries, into the stored events", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const trace = "0af7651916cd43dd8448eb211c80319c"
      yield* bus.dispatch({
        target: "Catalog.AddProduct",
        command: product,
        meta: {
          messageId: "m",
          correlationId: "c",
          time: 0,
          service: "Catalog.AddProduct",
          schemaVersion: 1,
          principal: { _tag: "System" },
          traceparent: `00-${trace}-b7ad6b7169203331-01`
        }
      })
      const stores = yield* EventStores
      const { store } = yield* stores.of({ name: Catalog.name, plan: Catalog.plan })
      const [event] = yield* Stream.runCollect(
        store.read(Query.make({ types: ["ProductAdded"], tags: ["product:p"] }))
      )
      assert.include(event!.meta.traceparent!, trace)
      assert.deepInclude(event!.meta, { correlationId: "c", causationId: "m" })
    }).pipe(Effect.scoped, Effect.provide(Test)))
})

describe("metrics", () => {
  it.effect("count commands by outcome and the events of each view", () =>
    Effect.gen(function*() {
      const { token } = yield* addProduct
      yield* Effect.flip(addProduct)
      yield* Effect.flatMap(QueryEngine, (queries) => queries.get(ProductsView, p, { after: token }))
      const count = (outcome: string) =>
        Effect.map(
          Metric.value(Metric.withAttributes(Metrics.commands, { command: "Catalog.AddProduct", outcome })),
          ({ count }) => count
        )
      assert.strictEqual(yield* count("accepted"), 1)
      assert.strictEqual(yield* count("rejected"), 1)
      // The step is counted once it is committed, so the row can be seen a moment earlier.
      yield* Effect.yieldNow
      const applied = yield* Metric.value(Metric.withAttributes(Metrics.viewEvents, { view: "Catalog.ProductsView" }))
      assert.strictEqual(applied.count, 1)
      const lag = yield* Metric.value(Metric.withAttributes(Metrics.viewLag, { view: "Catalog.ProductsView" }))
      assert.strictEqual(lag.value, 0)
    }).pipe(Effect.provide(Test), Effect.provideService(Metric.MetricRegistry, new Map())))
})

describe("logs", () => {
  it.effect("name the view, the lane and the position of an event that was parked", () => {
    const lines: Array<{ readonly message: string; readonly view: unknown }> = []
    const logger = Logger.make<unknown, void>(({ message }) => {
      const [text, details] = message as [string, Record<string, unknown>]
      lines.push({ message: String(text), view: details?.["view"] })
    })
    return Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* addProduct
      const stores = yield* EventStores
      const { store } = yield* stores.of({ name: Catalog.name, plan: Catalog.plan })
      const [event] = yield* Stream.runCollect(
        store.read(Query.make({ types: ["ProductAdded"], tags: ["product:p"] }))
      )
      yield* store.append([{ ...event!, meta: { ...event!.meta, schemaVersion: 7 } }])
      const failed = yield* Effect.flip(bus.send(ChangePrice, { productId: ProductId.make("p"), price: product.price }))
      assert.include(failed.message, "A stored 'ProductAdded' of version 7 can't be decoded")
      while (!lines.some(({ view }) => view === "Catalog.ProductsView")) yield* Effect.yieldNow
      assert.include(lines.find(({ view }) => view === "Catalog.ProductsView")!.message, "parked the event at 2")
    }).pipe(Effect.scoped, Effect.provide(Test), Effect.withLogger(logger))
  })
})
