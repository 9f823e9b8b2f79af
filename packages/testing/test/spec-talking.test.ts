import { assert, describe, it } from "@effect/vitest"
import { handleDirective, publishCommand, publishCommandDelayed, publishEvent } from "@reventless/core/Action"
import * as Command from "@reventless/core/Command"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Spec from "@reventless/testing/Spec"
import type { SpecFailure } from "@reventless/testing/SpecFailure"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const ProductId = Id.make("product")
const productId = ProductId.make("kettle")

class Available extends Event.make("Available", {
  productId: ProductId,
  sizes: Schema.Array(Schema.Struct({ label: Schema.String }))
}) {}
class Gone extends Event.make("Gone", { productId: ProductId }) {}
class Announce extends Directive.make("Announce", { text: Schema.String }) {}
class Products extends ExtensionPoint.make("Catalog.Products", {
  version: "1.0.0",
  events: [Available, Gone],
  commands: [Command.make("Restock", { productId: ProductId, count: Schema.Int })],
  directives: [Announce]
}) {}

class Added extends Event.make("Added", { productId: ProductId, cost: Schema.Int }) {}
class Removed extends Event.make("Removed", { productId: ProductId }) {}
class AddStock extends StateChangeSlice.make("AddStock", {
  command: { productId: ProductId, count: Schema.Int },
  consumes: [],
  produces: []
}) {}
class Offer extends StateChangeSlice.make("Offer", { command: { productId: ProductId }, consumes: [], produces: [] }) {}
class Rows
  extends StateViewSlice.make("Rows", { row: { productId: ProductId }, key: "productId", consumes: [Added] })
{}

class Refused extends Schema.TaggedError<Refused>()("Refused", { cost: Schema.Int }) {}
class Sizes extends Context.Service<Sizes, { readonly of: (id: string) => ReadonlyArray<string> }>()("test/Sizes") {}

const sizes = [{ label: "L", secret: true }]
const mapping = Products.mapping({
  from: [Added, Removed],
  outgoing: {
    Added: Effect.fn(function*({ cost, productId }, { id, meta }) {
      if (cost < 0) return yield* new Refused({ cost })
      const labels = (yield* Sizes).of(id)
      return [
        publishEvent(Available.make({ productId, sizes: labels.map((label) => ({ label })) })),
        handleDirective(() => Effect.die("nobody handles it"), Announce.make({ text: meta.messageId }))
      ]
    }),
    Removed: ({ productId }, { queries }) =>
      Effect.as(queries.get(Rows, productId), publishEvent(Gone.make({ productId })))
  },
  incoming: {
    Restock: ({ count, productId }, { id }) =>
      count === 0 || id === "" ? undefined : publishCommand(AddStock, { productId, count })
  }
})

const extension = Products.extension({
  incoming: {
    Available: ({ productId }, { provider }) =>
      provider.version === "1.0.0"
        ? [
          publishCommand(Offer, { productId }),
          publishCommandDelayed("1 hour", Products.commands.Restock, { productId, count: 1 })
        ]
        : undefined,
    Gone: () => undefined
  },
  from: [Added],
  outgoing: { Added: ({ productId }) => publishCommand(Products.commands.Restock, { productId, count: 7 }) }
})

const withSizes = Effect.provideService(Sizes, { of: (id) => [`${id} L`] })

const messageOf = <R>(verdict: Effect.Effect<void, SpecFailure, R>) =>
  Effect.map(Effect.flip(verdict), ({ message }) => message)

const meta = { messageId: "m", correlationId: "m", time: 0, service: "test", schemaVersion: 1 }

describe("the specification of a mapping", () => {
  it.effect("says what an event comes to, in its order, with what the mapping needs", () =>
    Spec.extensionPoint(mapping).whenEvent(Added.make({ productId, cost: 1 }), { meta }).then([
      publishEvent(Available.make({ productId, sizes: [{ label: "kettle L" }] })),
      Announce.make({ text: "m" })
    ]).pipe(withSizes))

  it.effect("says what a command of the contract comes to", () =>
    Effect.gen(function*() {
      const given = Spec.extensionPoint(mapping)
      yield* given.whenCommand(Products.commands.Restock, { productId, count: 3 }).then([
        publishCommand(AddStock, { productId, count: 3 })
      ])
      yield* given.whenCommand(Products.commands.Restock, { productId, count: 0 }).thenNothing
    }).pipe(withSizes))

  it.effect("says how it fails", () =>
    Effect.gen(function*() {
      const refused = Spec.extensionPoint(mapping).whenEvent(Added.make({ productId, cost: -1 }))
      yield* refused.thenFails(Refused)
      yield* refused.thenFails(new Refused({ cost: -1 }))
      assert.include(
        yield* messageOf(refused.thenNothing),
        "the mapping of Catalog.Products: it failed\n  received Refused"
      )
    }).pipe(withSizes))

  it.effect("compares events as they leave: undeclared fields are gone, and wrong ones are named", () => {
    const careless = Products.mapping({
      from: [Added],
      outgoing: {
        Added: ({ cost, productId }) =>
          publishEvent({
            _tag: "Available" as const,
            productId,
            sizes: cost === 1 ? sizes : [{ label: cost as never }]
          })
      }
    })
    return Effect.gen(function*() {
      const given = Spec.extensionPoint(careless)
      yield* given.whenEvent(Added.make({ productId, cost: 1 })).then([
        publishEvent(Available.make({ productId, sizes: [{ label: "L" }] }))
      ])
      const wrong = yield* messageOf(given.whenEvent(Added.make({ productId, cost: 2 })).thenNothing)
      assert.include(wrong, "it publishes a wrong Available")
      assert.include(wrong, "label")
    })
  })

  it.effect("says that a view is asked which the test doesn't give, and takes the one it gives", () =>
    Effect.gen(function*() {
      const given = Spec.extensionPoint(mapping)
      const asked = yield* messageOf(given.whenEvent(Removed.make({ productId })).thenNothing)
      assert.include(asked, "it asks 'queries.get': give the specification its 'queries'")
      const queries = { get: () => Effect.succeedNone } as never
      yield* given.whenEvent(Removed.make({ productId }), { queries }).then([publishEvent(Gone.make({ productId }))])
    }).pipe(withSizes))

  it.effect("names what is missing, what is too much and what is other", () =>
    Effect.gen(function*() {
      const given = Spec.extensionPoint(mapping).whenCommand(Products.commands.Restock, { productId, count: 3 })
      assert.strictEqual(
        yield* messageOf(given.thenNothing),
        "the mapping of Catalog.Products: what it came to differs\n" +
          "  action 1  received command AddStock { productId: \"kettle\", count: 3 }  expected nothing"
      )
      assert.include(
        yield* messageOf(given.then([publishCommand(AddStock, { productId, count: 4 })])),
        "count  expected 4  received 3"
      )
      assert.include(
        yield* messageOf(given.then([Announce.make({ text: "x" })])),
        "expected directive Announce { text: \"x\" }  received command AddStock"
      )
    }).pipe(withSizes))
})

describe("the specification of an extension", () => {
  it.effect("says what events of the contract come to, and events of its plugin", () =>
    Effect.gen(function*() {
      const given = Spec.extension(extension)
      yield* given.whenReceived(Available.make({ productId, sizes: [] })).then([
        publishCommand(Offer, { productId }),
        publishCommandDelayed("1 hour", Products.commands.Restock, { productId, count: 1 })
      ])
      yield* given.whenReceived(Gone.make({ productId })).thenNothing
      yield* given.whenEvent(Added.make({ productId, cost: 1 })).then([
        publishCommand(Products.commands.Restock, { productId, count: 7 })
      ])
      const provider = { name: "Catalog", version: "2.0.0", heartbeatInterval: 1, extensionPoints: [], extensions: [] }
      yield* given.whenReceived(Available.make({ productId, sizes: [] }), { provider }).thenNothing
    }))

  it.effect("refuses an event that is none of its own", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* messageOf(Spec.extension(extension).whenReceived(Added.make({ productId, cost: 1 })).thenNothing),
        "the extension of Catalog.Products: the given event 1 Added is none of its events (Available, Gone)"
      )
    }))
})
