import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed, publishEvent } from "@reventless/core/Action"
import * as Command from "@reventless/core/Command"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Message from "@reventless/core/Message"
import * as Platform from "@reventless/core/Platform"
import { WorkStores } from "@reventless/core/WorkStore"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"
import {
  add,
  AddStock,
  Catalog,
  catalogOf,
  changePrice,
  log,
  Ordering,
  orderingOf,
  OrderPlaced,
  parked,
  placeOrder,
  PriceChanged,
  product,
  ProductAdded,
  ProductBecameAvailable,
  ProductId,
  ProductPriceChanged,
  Products,
  ProductsLive,
  published,
  replayAll,
  told,
  unfinished
} from "./fixtures/talking.ts"

const main = (...plugins: ReadonlyArray<typeof Catalog | typeof Ordering>) =>
  Platform.layer({ version: "1.0.0", plugins }).pipe(Layer.provideMerge(Platform.layerMemory))

/** Long enough for all attempts. */
const allAttempts = TestClock.adjust("5 minutes")

const restock = {
  Restock: (command: { readonly productId: ReturnType<typeof product>; readonly count: number }) =>
    publishCommand(AddStock, command)
}

describe("what leaves through an extension point", () => {
  it.effect("is what its mapping answers with: one event, several in their order, or none", () =>
    Effect.gen(function*() {
      yield* add("kettle")
      yield* add("secret")
      yield* changePrice("kettle", 5)
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told(published), [
        "ProductBecameAvailable kettle kettle",
        "ProductBecameAvailable kettle kettle!",
        "ProductPriceChanged kettle 5"
      ])
    }).pipe(Effect.provide(main(catalogOf(Products.mapping({
      from: [ProductAdded, PriceChanged],
      outgoing: {
        ProductAdded: ({ name, productId }) =>
          name === "secret" ?
            undefined :
            [name, `${name}!`].map((one) =>
              publishEvent(ProductBecameAvailable.make({ productId, name: one, sizes: [] }))
            ),
        PriceChanged: (event) => publishEvent(ProductPriceChanged.make(event))
      },
      incoming: restock
    }))))))

  it.effect("carries the entity, the contract with its version, and the meta of its cause", () =>
    Effect.gen(function*() {
      yield* TestClock.adjust("1 minute")
      yield* add("kettle")
      const [cause] = yield* log("Catalog")
      yield* TestClock.adjust("1 minute")
      yield* TestPlatform.settled
      const [event] = yield* log(published)
      assert.deepStrictEqual(event!.tags, ["entity:kettle"])
      const { traceparent: _, ...meta } = event!.meta
      assert.deepStrictEqual(meta, {
        messageId: Message.deriveId(
          cause!.meta.messageId,
          "Catalog.Products.events",
          "Catalog.Products",
          0
        ),
        correlationId: cause!.meta.correlationId,
        causationId: cause!.meta.messageId,
        time: cause!.meta.time,
        service: "Catalog.Products",
        schemaVersion: 1,
        contract: "Catalog.Products 1.2.0",
        principal: cause!.meta.principal!
      })
    }).pipe(Effect.provide(main(Catalog))))

  it.effect("is encoded by the contract: undeclared fields stay behind, at any depth", () =>
    Effect.gen(function*() {
      yield* add("kettle")
      yield* TestPlatform.settled
      const [event] = yield* log(published)
      assert.deepStrictEqual(event!.data, { productId: "kettle", name: "Kettle", sizes: [{ label: "L" }] })
    }).pipe(Effect.provide(main(catalogOf(Products.mapping({
      from: [ProductAdded],
      outgoing: {
        ProductAdded: ({ productId }) => {
          const sizes = [{ label: "L", cost: 3, supplier: { name: "secret" } }]
          return publishEvent(
            { _tag: "ProductBecameAvailable", productId, name: "Kettle", sizes, margin: 0.4 } as const
          )
        }
      },
      incoming: restock
    }))))))

  it.effect("is published once, by an effect that fails at first", () => {
    let attempts = 0
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* allAttempts
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told(published), ["ProductBecameAvailable kettle try 3"])
      assert.strictEqual(attempts, 3)
    }).pipe(Effect.provide(main(catalogOf(Products.mapping({
      from: [ProductAdded],
      outgoing: {
        ProductAdded: ({ productId }) =>
          Effect.suspend(() =>
            ++attempts < 3
              ? Effect.fail("the translator is away")
              : Effect.succeed(publishEvent(
                ProductBecameAvailable.make({ productId, name: `try ${attempts}`, sizes: [] })
              ))
          )
      },
      incoming: restock
    })))))
  })

  it.effect("comes from several mappings, each under a name of its own", () =>
    Effect.gen(function*() {
      yield* add("kettle")
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told(published)).toSorted(), [
        "ProductBecameAvailable kettle kettle",
        "ProductPriceChanged kettle 0"
      ])
      const services = new Set((yield* log(published)).map(({ meta }) => meta.messageId))
      assert.strictEqual(services.size, 2)
    }).pipe(Effect.provide(main(catalogOf(
      ProductsLive,
      Products.mapping({
        name: "free",
        from: [ProductAdded],
        outgoing: {
          ProductAdded: ({ productId }) => publishEvent(ProductPriceChanged.make({ productId, price: 0 }))
        }
      })
    )))))

  it.effect("waits where its mapping fails, for that entity alone, until a person has it done again", () => {
    let isMended = false
    return Effect.gen(function*() {
      yield* add("bad")
      yield* add("kettle")
      yield* changePrice("bad", 1)
      yield* changePrice("kettle", 2)
      yield* allAttempts
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told(published), [
        "ProductBecameAvailable kettle kettle",
        "ProductPriceChanged kettle 2"
      ])
      assert.deepStrictEqual(yield* unfinished, [
        "Catalog Products.v1.events product:bad Parked",
        "Catalog Products.v1.events product:bad Pending"
      ])
      assert.strictEqual(
        (yield* parked)[0]!.reason,
        "the mapping of 'Catalog.Products' in 'Catalog' failed on ProductAdded of 'bad': no such name. Later ones of " +
          "'bad' wait; mend what it says and have it done again, or cancel it"
      )
      isMended = true
      yield* replayAll
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* told(published)).slice(2), [
        "ProductBecameAvailable bad bad",
        "ProductPriceChanged bad 1"
      ])
      assert.deepStrictEqual(yield* unfinished, [])
    }).pipe(Effect.provide(main(catalogOf(Products.mapping({
      from: [ProductAdded, PriceChanged],
      outgoing: {
        ProductAdded: ({ name, productId }) => {
          if (name === "bad" && !isMended) throw new Error("no such name")
          return publishEvent(ProductBecameAvailable.make({ productId, name, sizes: [] }))
        },
        PriceChanged: (event) => publishEvent(ProductPriceChanged.make(event))
      },
      incoming: restock
    })))))
  })
})

describe("what comes in through an extension point", () => {
  it.effect("is mapped to the plugin's own commands, those of an entity in their order", () =>
    Effect.gen(function*() {
      for (let count = 1; count <= 5; count++) {
        yield* placeOrder("kettle", count)
        yield* placeOrder("pan", count)
      }
      yield* TestPlatform.settled
      const stock = yield* told("Catalog")
      for (const id of ["kettle", "pan"]) {
        assert.deepStrictEqual(
          stock.filter((one) => one.includes(id)),
          [1, 2, 3, 4, 5].map((count) => `StockAdded ${id} ${count}`)
        )
      }
    }).pipe(Effect.provide(main(Catalog, Ordering))))

  it.effect("is tried again where the plugin rejects it, then waits with what it was for; other entities go on", () =>
    Effect.gen(function*() {
      yield* placeOrder("kettle", 101)
      yield* placeOrder("kettle", 1)
      yield* placeOrder("pan", 2)
      yield* allAttempts
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Catalog"), ["StockAdded pan 2"])
      assert.deepStrictEqual(yield* unfinished, [
        "Catalog Products.v1.commands product:kettle Parked",
        "Catalog Products.v1.commands product:kettle Pending"
      ])
      const { reason, target } = (yield* parked)[0]!
      assert.strictEqual(target, "Catalog.Products.Restock")
      assert.strictEqual(
        reason,
        "the mapping of 'Catalog.Products' in 'Catalog' failed on Restock of 'kettle': Catalog.AddStock was rejected: " +
          "TooMuch {\"_tag\":\"TooMuch\",\"count\":101}. Later ones of 'kettle' wait; mend what it says and have it done " +
          "again, or cancel it"
      )
    }).pipe(Effect.provide(main(Catalog, Ordering))))

  it.effect("may be done later: a delayed command is kept, and sent once", () =>
    Effect.gen(function*() {
      yield* placeOrder("kettle", 1)
      yield* TestPlatform.settled
      yield* placeOrder("kettle", 2)
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Catalog"), ["StockAdded kettle 2"])
      yield* TestClock.adjust("1 minute")
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Catalog"), ["StockAdded kettle 2", "StockAdded kettle 1"])
    }).pipe(Effect.provide(main(
      catalogOf(Products.mapping({
        incoming: {
          Restock: (command) =>
            command.count === 1
              ? publishCommandDelayed("1 minute", AddStock, command)
              : publishCommand(AddStock, command)
        }
      })),
      Ordering
    ))))

  const inject = (content: Record<string, Schema.Json>) =>
    Effect.scoped(Effect.gen(function*() {
      const store = yield* (yield* WorkStores).of("Catalog")
      const meta = yield* Message.root("Catalog.Products.Restock", 1)
      const item = { target: "Catalog.Products.Restock", from: "Ordering", command: {}, ...content, meta }
      yield* store.add(
        "Products.v1.commands",
        [{ id: meta.messageId, lane: meta.messageId, due: 0, content: item as never }],
        0
      )
      yield* TestPlatform.settled
      const [found] = yield* parked
      return found!.reason
    }))

  it.effect("is refused and kept when its sender isn't among those that may connect", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* inject({ from: "Evil", command: { productId: "kettle", count: 1 } }),
        "plugin 'Evil' may not send Catalog.Products.Restock: 'Catalog.Products' lets only Ordering connect. Add it to " +
          "'connect' and have this done again, or cancel it"
      )
      assert.deepStrictEqual(yield* told("Catalog"), [])
    }).pipe(Effect.provide(main(Catalog))))

  it.effect("is kept with the field that can't be decoded, and not tried", () =>
    Effect.gen(function*() {
      const reason = yield* inject({ command: { productId: "kettle", count: "many" } })
      assert.match(
        reason!,
        /^version 1\.2\.0 of 'Catalog\.Products' can't decode Catalog\.Products\.Restock from 'Ordering'[^]*count/
      )
    }).pipe(Effect.provide(main(Catalog))))
})

describe("an older major version", () => {
  class Renamed extends ExtensionPoint.make("Catalog.Products", {
    version: "0.3.0",
    events: [ProductPriceChanged],
    commands: [Command.make("Refill", { productId: ProductId, dozens: Schema.Int })]
  }) {}
  const older = Products.older(Renamed, {
    events: {
      ProductBecameAvailable: () => undefined,
      ProductPriceChanged: ({ price, productId }) => ProductPriceChanged.make({ productId, price: price * 100 })
    },
    commands: {
      Refill: ({ dozens, productId }) => publishCommand(Products.commands.Restock, { productId, count: dozens * 12 })
    }
  })

  it.effect("has a log and a queue of its own: events are mapped down, commands up", () => {
    const extension = Renamed.extension({
      incoming: {
        ProductPriceChanged: ({ price, productId }) =>
          price === 700 ? publishCommand(Renamed.commands.Refill, { productId, dozens: 2 }) : undefined
      }
    })
    return Effect.gen(function*() {
      yield* add("kettle")
      yield* changePrice("kettle", 7)
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told("Catalog.Products.v0.events"), ["ProductPriceChanged kettle 700"])
      assert.deepStrictEqual(yield* told(published), [
        "ProductBecameAvailable kettle kettle",
        "ProductPriceChanged kettle 7"
      ])
      assert.deepStrictEqual((yield* told("Catalog")).slice(2), ["StockAdded kettle 24"])
      assert.deepStrictEqual((yield* log("Catalog.Products.v0.events"))[0]!.meta.contract, "Catalog.Products 0.3.0")
    }).pipe(Effect.provide(main(catalogOf(ProductsLive, older), orderingOf(extension))))
  })

  it.effect("may differ in its commands only, and then shares the log", () => {
    class Before extends ExtensionPoint.make("Catalog.Products", {
      version: { commands: "0.1.0", events: "1.0.0" },
      events: [ProductPriceChanged],
      commands: [Command.make("Refill", { productId: ProductId, dozens: Schema.Int })]
    }) {}
    const before = Products.older(Before, {
      events: {
        ProductBecameAvailable: () => undefined,
        ProductPriceChanged: (event) => ProductPriceChanged.make(event)
      },
      commands: {
        Refill: ({ dozens, productId }) => publishCommand(Products.commands.Restock, { productId, count: dozens * 12 })
      }
    })
    const extension = Before.extension({
      incoming: {
        ProductPriceChanged: ({ productId }) => publishCommand(Before.commands.Refill, { productId, dozens: 1 })
      }
    })
    return Effect.gen(function*() {
      yield* changePrice("kettle", 7)
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* told(published), ["ProductPriceChanged kettle 7"])
      assert.deepStrictEqual(yield* told("Catalog"), ["PriceChanged kettle 7", "StockAdded kettle 12"])
    }).pipe(Effect.provide(main(catalogOf(ProductsLive, before), orderingOf(extension))))
  })

  it.effect("says which command it was that can't be mapped up", () => {
    const broken = Products.older(Renamed, {
      events: { ProductBecameAvailable: () => undefined, ProductPriceChanged: () => undefined },
      commands: {
        Refill: () => {
          throw new Error("no dozens")
        }
      }
    })
    const extension = Renamed.extension({
      from: [OrderPlaced],
      outgoing: { OrderPlaced: ({ productId }) => publishCommand(Renamed.commands.Refill, { productId, dozens: 2 }) }
    })
    return Effect.gen(function*() {
      yield* placeOrder("kettle", 1)
      yield* allAttempts
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* parked).map(({ reason }) => reason), [
        "the mapping of 'Catalog.Products' in 'Catalog' failed on Refill of 'kettle': no dozens. Later ones of 'kettle' " +
        "wait; mend what it says and have it done again, or cancel it"
      ])
    }).pipe(Effect.provide(main(catalogOf(ProductsLive, broken), orderingOf(extension))))
  })

  it("is refused when it is none, or is served twice", () => {
    const like = (version: string | ExtensionPoint.Versions) =>
      Products.older(ExtensionPoint.make("Catalog.Products", { version }), {
        events: { ProductBecameAvailable: () => undefined, ProductPriceChanged: () => undefined },
        commands: {}
      })
    assert.throws(
      () => catalogOf(ProductsLive, like("1.0.0")),
      "the older contract of 'Catalog.Products' has version 1.0.0, which is no older major of 1.2.0"
    )
    assert.throws(
      () => catalogOf(ProductsLive, like({ commands: "2.0.0", events: "0.1.0" })),
      "has version 2.0.0 of its commands and 0.1.0 of its events, which is no older major of 1.2.0"
    )
    assert.throws(
      () => catalogOf(ProductsLive, like("0.1.0"), like("0.2.0")),
      "version 0.2.0 of 'Catalog.Products' is served twice"
    )
  })
})
