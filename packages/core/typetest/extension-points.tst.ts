import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as EventMapping from "@reventless/core/EventMapping"
import type { EventStores } from "@reventless/core/EventStores"
import type { Extension } from "@reventless/core/Extension"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import type { Mapping, Older } from "@reventless/core/ExtensionPointMapping"
import * as Id from "@reventless/core/Id"
import type { Meta } from "@reventless/core/Message"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import type { PluginDefinition } from "@reventless/core/Registry"
import { Scheduler } from "@reventless/core/Scheduler"
import * as Sensitive from "@reventless/core/Sensitive"
import type { SnapshotStores } from "@reventless/core/SnapshotStore"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import type { ViewStores } from "@reventless/core/ViewStore"
import type { WorkStores } from "@reventless/core/WorkStore"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"

const ProductId = Id.make("product")
const CategoryId = Id.make("category")

class ProductBecameAvailable
  extends Event.make("ProductBecameAvailable", { productId: ProductId, name: Schema.String })
{}
class ProductWithdrawn extends Event.make("ProductWithdrawn", { productId: ProductId }) {}
class Announce extends Directive.make("Announce", { text: Schema.String }) {}
const Restock = Command.make("Restock", { productId: ProductId, count: Schema.Int })
const Withdraw = Command.make("Withdraw", { productId: ProductId })

class Products extends ExtensionPoint.make("Catalog.Products", {
  version: "2.0.0",
  commands: [Restock, Withdraw],
  events: [ProductBecameAvailable, ProductWithdrawn],
  directives: [Announce]
}) {}
class Prices extends ExtensionPoint.make("Catalog.Prices", {
  version: { commands: "1.0.0", events: "2.1.0" },
  events: [ProductBecameAvailable]
}) {}

class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, name: Schema.String }) {}
class ProductRemoved extends Event.make("ProductRemoved", { productId: ProductId }) {}
class Opened extends Event.make("Opened", { categoryId: CategoryId }) {}
class AddStock extends StateChangeSlice.make("AddStock", {
  command: { productId: ProductId, count: Schema.Int },
  consumes: [],
  produces: []
}) {}
class Remove extends StateChangeSlice.make("Remove", {
  command: { productId: ProductId },
  consumes: [],
  produces: [ProductRemoved]
}) {}
class Category extends Aggregate.make("Category", {
  id: CategoryId,
  commands: [Command.make("Open", { categoryId: CategoryId })],
  events: [Opened]
}) {}
class Offer extends StateChangeSlice.make("Offer", { command: { productId: ProductId }, consumes: [], produces: [] }) {}

const body = { initial: 0, evolve: {}, decide: () => Effect.succeed([]) }
const slices = [AddStock.behavior(body), Remove.behavior(body)]
const OfferLive = Offer.behavior(body)
class Stock extends Context.Service<Stock, { readonly left: Effect.Effect<number> }>()("Stock") {}
class Mail extends Context.Service<Mail, { readonly send: (text: string) => Effect.Effect<void> }>()("Mail") {}

const from = [ProductAdded, ProductRemoved]
const outgoing = {
  ProductAdded: (event: ProductAdded) => publishEvent(ProductBecameAvailable.make(event)),
  ProductRemoved: (event: ProductRemoved) => [publishEvent(ProductWithdrawn.make(event))]
}
const incoming = {
  Restock: (command: Command.TypeOf<typeof Restock>) => publishCommand(AddStock, command),
  Withdraw: ({ productId }: Command.TypeOf<typeof Withdraw>) => publishCommand(Remove, { productId })
}
const MappingLive = Products.mapping({ from, outgoing, incoming })
const FollowerLive = Products.extension({
  incoming: {
    ProductBecameAvailable: ({ productId }) => publishCommand(Offer, { productId }),
    ProductWithdrawn: () => undefined
  }
})
const Catalog = Plugin.make("Catalog", {
  version: "1.0.0",
  stateChangeSlices: slices,
  extensionPoints: [MappingLive]
})
const Ordering = Plugin.make("Ordering", {
  version: "1.0.0",
  stateChangeSlices: [OfferLive],
  extensions: [FollowerLive]
})

describe("the definition of an extension point", () => {
  test("has a name that isn't 'Plugin.Name'", () => {
    expect(ExtensionPoint.make("Products", { version: "1.0.0", events: [ProductWithdrawn] })).type.toRaiseError(
      "an extension point is named 'Plugin.Name', not 'Products'"
    )
    expect(ExtensionPoint.make("Catalog.Products.New", { version: "1.0.0" })).type.toRaiseError(
      "an extension point is named 'Plugin.Name', not 'Catalog.Products.New'"
    )
    expect(ExtensionPoint.make(".Products", { version: "1.0.0" })).type.toRaiseError(
      "an extension point is named 'Plugin.Name', not '.Products'"
    )
    expect(ExtensionPoint.make("Catalog.", { version: "1.0.0" })).type.toRaiseError(
      "an extension point is named 'Plugin.Name', not 'Catalog.'"
    )
  })

  test("has no version", () => {
    expect(ExtensionPoint.make("Catalog.Products", {})).type.toRaiseError("Property 'version' is missing in type '{}'")
  })
})

describe("a sensitive field", () => {
  const secret = Sensitive.make(Schema.String)
  const version = "1.0.0"

  test("of an event", () => {
    expect(ExtensionPoint.make("P.A", { version, events: [Event.make("E", { secret })] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
  })
  test("of an event among others", () => {
    expect(
      ExtensionPoint.make("P.A", { version, events: [ProductWithdrawn, Event.make("E", { secret })] })
    ).type.toRaiseError("event 'E' has a sensitive field: it can't be part of a contract")
  })
  test("in a nested struct", () => {
    const E = Event.make("E", { a: Schema.Struct({ b: Schema.Struct({ secret }) }) })
    expect(ExtensionPoint.make("P.A", { version, events: [E] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
  })
  test("in an array", () => {
    const E = Event.make("E", { list: Schema.Array(Schema.Struct({ secret })) })
    expect(ExtensionPoint.make("P.A", { version, events: [E] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
  })
  test("that is optional, or null", () => {
    const E = Event.make("E", { maybe: Schema.optionalKey(Schema.NullOr(secret)) })
    expect(ExtensionPoint.make("P.A", { version, events: [E] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
  })
  test("in an option, a set, a record, a map", () => {
    const Optional = Event.make("E", { option: Schema.Option(secret) })
    expect(ExtensionPoint.make("P.A", { version, events: [Optional] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
    const InSet = Event.make("E", { set: Schema.ReadonlySet(secret) })
    expect(ExtensionPoint.make("P.A", { version, events: [InSet] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
    const InRecord = Event.make("E", { record: Schema.Record(Schema.String, secret) })
    expect(ExtensionPoint.make("P.A", { version, events: [InRecord] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
    const InMap = Event.make("E", { map: Schema.ReadonlyMap(Schema.String, secret) })
    expect(ExtensionPoint.make("P.A", { version, events: [InMap] })).type.toRaiseError(
      "event 'E' has a sensitive field: it can't be part of a contract"
    )
  })
  test("of a command, and of one of its errors", () => {
    expect(
      ExtensionPoint.make("P.A", { version, commands: [Command.make("C", { secret })] })
    ).type.toRaiseError("command 'C' has a sensitive field: it can't be part of a contract")
    const Refusing = Command.make("C", { productId: ProductId }, { errors: [Schema.TaggedStruct("No", { secret })] })
    expect(
      ExtensionPoint.make("P.A", { version, commands: [Restock, Refusing] })
    ).type.toRaiseError("command 'C' has a sensitive field: it can't be part of a contract")
  })
  test("of a directive", () => {
    expect(
      ExtensionPoint.make("P.A", { version, directives: [Directive.make("D", { secret })] })
    ).type.toRaiseError("directive 'D' has a sensitive field: it can't be part of a contract")
  })
})

describe("a mapping", () => {
  test("knows the messages, and what it is handed beside them", () => {
    Products.mapping({
      from,
      outgoing: {
        ProductAdded: (event, { id, meta, queries }) => {
          expect(event).type.toBe<ProductAdded>()
          expect(id).type.toBe<string>()
          expect(meta).type.toBe<Meta>()
          expect(queries).type.toBe<QueryEngine["Service"]>()
          return publishEvent(ProductBecameAvailable.make(event))
        },
        ProductRemoved: Effect.fnUntraced(function*(event, { id }) {
          expect(event).type.toBe<ProductRemoved>()
          expect(id).type.toBe<string>()
          return yield* Effect.succeed([publishEvent(ProductWithdrawn.make(event))])
        })
      },
      incoming: {
        Restock: (command, { meta }) => {
          expect(command.count).type.toBe<number>()
          expect(meta).type.toBe<Meta>()
          return publishCommand(AddStock, command)
        },
        Withdraw: Effect.fnUntraced(function*(command) {
          expect(command.productId).type.toBe<typeof ProductId.Type>()
          return yield* Effect.succeed(publishCommand(Remove, command))
        })
      }
    })
  })

  test("knows the events of an aggregate", () => {
    Prices.mapping({
      from: Category,
      outgoing: {
        Opened: (event) => {
          expect(event).type.toBe<Opened>()
          return undefined
        }
      }
    })
  })

  test("shows what it commands, and the services of its handlers and directives", () => {
    const served = Products.mapping({
      from: [ProductAdded],
      outgoing: {
        ProductAdded: Effect.fnUntraced(function*(event) {
          yield* Stock
          return [
            publishEvent(ProductBecameAvailable.make(event)),
            handleDirective(({ text }) => Effect.flatMap(Mail, ({ send }) => send(text)), Announce.make({ text: "a" }))
          ]
        })
      },
      incoming
    })
    expect(served).type.toBe<Mapping<"Catalog.Products", "AddStock" | "Remove", Stock | Mail>>()
    const plugin = Plugin.make("Catalog", {
      version: "1.0.0",
      stateChangeSlices: slices,
      extensionPoints: [served]
    })
    expect(plugin).type.toBe<Plugin.Plugin<"Catalog", Stock | Mail, "Catalog.Products", never>>()
    const platform = Platform.layer({ version: "1.0.0", plugins: [plugin] })
    expect<Layer.Services<typeof platform>>().type.toBe<
      EventStores | ViewStores | SnapshotStores | WorkStores | Stock | Mail
    >()
  })

  test("may have a directive use what the platform has, which needs no layer", () => {
    const scheduling = Prices.mapping({
      from: [ProductAdded],
      outgoing: { ProductAdded: (event) => publishEvent(ProductBecameAvailable.make(event)) }
    })
    expect(scheduling).type.toBe<Mapping<"Catalog.Prices", never, never>>()
    const asking = Products.mapping({
      from: [ProductAdded],
      outgoing: {
        ProductAdded: () => handleDirective(() => Effect.andThen(QueryEngine, Scheduler), Announce.make({ text: "a" }))
      },
      incoming
    })
    expect(asking).type.toBe<Mapping<"Catalog.Products", "AddStock" | "Remove", Scheduler | QueryEngine>>()
    const platform = Platform.layer({
      version: "1.0.0",
      plugins: [Plugin.make("Catalog", { version: "1.0.0", stateChangeSlices: slices, extensionPoints: [asking] })]
    })
    expect<Layer.Services<typeof platform>>().type.toBe<EventStores | ViewStores | SnapshotStores | WorkStores>()
  })

  test("misses an event of its source", () => {
    expect(Products.mapping({ from, outgoing: { ProductAdded: outgoing.ProductAdded } })).type.toRaiseError(
      "Property 'ProductRemoved' is missing in type '{ ProductAdded: (event: ProductAdded) => PublishEvent<ProductBecameAvailable>; }'"
    )
    expect(Products.mapping({ from: Category, outgoing: {} })).type.toRaiseError(
      "Property 'Opened' is missing in type '{}' but required in type 'OfEvents<typeof Opened, "
    )
  })

  test("misses a command of the contract", () => {
    expect(Products.mapping({ incoming: { Restock: incoming.Restock } })).type.toRaiseError(
      "Property 'Withdraw' is missing in type '{ Restock: "
    )
    expect(Products.mapping({ incoming: {} })).type.toRaiseError(
      "Type '{}' is missing the following properties from type 'OfCommands<"
    )
  })

  test("handles what isn't declared", () => {
    expect(
      Products.mapping({ from, outgoing: { ...outgoing, Opened: () => undefined } })
    ).type.toRaiseError("'Opened' is not one of the declared events")
    expect(
      Products.mapping({ incoming: { ...incoming, Rename: () => undefined } })
    ).type.toRaiseError("'Rename' is not one of the declared commands")
    expect(
      Prices.mapping({ incoming: { Restock: () => undefined } })
    ).type.toRaiseError("'Restock' is not one of the declared commands")
  })

  test("publishes an event that isn't the contract's", () => {
    expect(
      Products.mapping({ from: [ProductAdded], outgoing: { ProductAdded: (event) => publishEvent(event) } })
    ).type.toRaiseError("Type 'PublishEvent<ProductAdded>' is not assignable to type 'Answer<Leaving<")
    expect(
      Products.mapping({
        from: [ProductAdded],
        outgoing: { ProductAdded: (event) => [publishEvent(ProductBecameAvailable.make(event)), publishEvent(event)] }
      })
    ).type.toRaiseError(
      "Type '(PublishEvent<ProductBecameAvailable> | PublishEvent<ProductAdded>)[]' is not assignable to type 'Answer<Leaving<typeof ProductBecameAvailable | typeof ProductWithdrawn, typeof Announce>>'"
    )
    expect(
      Products.mapping({
        from: [ProductAdded],
        outgoing: { ProductAdded: (event) => Effect.succeed(publishEvent(event)) }
      })
    ).type.toRaiseError("Type 'PublishEvent<ProductAdded>' is not assignable to type")
  })

  test("commands what is no component of its plugin", () => {
    expect(
      Plugin.make("Catalog", {
        version: "1.0.0",
        stateChangeSlices: slices,
        extensionPoints: [
          Products.mapping({
            incoming: { ...incoming, Withdraw: ({ productId }) => publishCommand(Offer, { productId }) }
          })
        ]
      })
    ).type.toRaiseError("an extension point's mapping commands 'Offer', which is no component of this plugin")
    const open = publishCommand(Category.commands.Open, { categoryId: CategoryId.make("a") })
    expect(
      Plugin.make("Catalog", {
        version: "1.0.0",
        stateChangeSlices: slices,
        extensionPoints: [
          Products.mapping({ incoming: { ...incoming, Withdraw: () => Effect.succeed([open]) } })
        ]
      })
    ).type.toRaiseError("an extension point's mapping commands 'Category', which is no component of this plugin")
  })

  test("is listed by a plugin whose extension point it isn't", () => {
    expect(
      Plugin.make("Ordering", { version: "1.0.0", stateChangeSlices: slices, extensionPoints: [MappingLive] })
    ).type.toRaiseError("extension point 'Catalog.Products' can't be provided by plugin 'Ordering'")
  })
})

describe("an older contract", () => {
  const Drop = Command.make("Drop", { productId: ProductId })
  class ProductsV1 extends ExtensionPoint.make("Catalog.Products", {
    version: "1.0.0",
    commands: [Drop],
    events: [ProductWithdrawn]
  }) {}
  const events = { ProductWithdrawn: (event: ProductWithdrawn) => event, ProductBecameAvailable: () => undefined }
  const commands = {
    Drop: (command: Command.TypeOf<typeof Drop>) => publishCommand(Products.commands.Withdraw, command)
  }

  test("is served", () => {
    expect(Products.older(ProductsV1, { events, commands })).type.toBe<Older<"Catalog.Products">>()
    Products.older(ProductsV1, {
      events: {
        ProductWithdrawn: (event) => {
          expect(event).type.toBe<ProductWithdrawn>()
          return event
        },
        ProductBecameAvailable: (event) => {
          expect(event).type.toBe<ProductBecameAvailable>()
          return undefined
        }
      },
      commands: {
        Drop: (command) => {
          expect(command.productId).type.toBe<typeof ProductId.Type>()
          return publishCommand(Products.commands.Withdraw, command)
        }
      }
    })
  })
  test("misses a current event", () => {
    expect(
      Products.older(ProductsV1, { events: { ProductWithdrawn: events.ProductWithdrawn }, commands })
    ).type.toRaiseError("Property 'ProductBecameAvailable' is missing in type")
  })
  test("makes an event that it hasn't got", () => {
    expect(
      Products.older(ProductsV1, { events: { ...events, ProductBecameAvailable: (event) => event }, commands })
    ).type.toRaiseError("Type 'ProductBecameAvailable' is not assignable to type 'ProductWithdrawn'")
  })
  test("misses one of its commands", () => {
    expect(Products.older(ProductsV1, { events, commands: {} })).type.toRaiseError("Property 'Drop' is missing in type")
  })
  test("commands a component instead of the current contract", () => {
    expect(
      Products.older(ProductsV1, { events, commands: { Drop: (command) => publishCommand(Remove, command) } })
    ).type.toRaiseError("Type '\"Remove\"' is not assignable to type '\"Catalog.Products\"'")
  })
  test("is another extension point's", () => {
    expect(Products.older(Prices, { events, commands: {} })).type.toRaiseError(
      "Type '\"Catalog.Prices\"' is not assignable to type '\"Catalog.Products\"'"
    )
  })
})

describe("an extension", () => {
  test("knows the messages, and what it is handed beside them", () => {
    const extension = Products.extension({
      incoming: {
        ProductBecameAvailable: (event, { id, meta, provider, queries }) => {
          expect(event).type.toBe<ProductBecameAvailable>()
          expect(id).type.toBe<string>()
          expect(meta).type.toBe<Meta>()
          expect(queries).type.toBe<QueryEngine["Service"]>()
          expect(provider).type.toBe<PluginDefinition>()
          return publishCommand(Offer, event)
        },
        ProductWithdrawn: Effect.fnUntraced(function*({ productId }, { provider }) {
          expect(productId).type.toBe<typeof ProductId.Type>()
          expect(provider).type.toBe<PluginDefinition>()
          yield* Stock
          return undefined
        })
      },
      from: [Opened],
      outgoing: {
        Opened: (event, { id }) => {
          expect(event).type.toBe<Opened>()
          expect(id).type.toBe<string>()
          return publishCommand(Products.commands.Restock, { productId: ProductId.make(event.categoryId), count: 1 })
        }
      }
    })
    expect(extension).type.toBe<Extension<"Catalog.Products", "Offer" | "Catalog.Products", Stock>>()
    expect(
      Plugin.make("Ordering", { version: "1.0.0", stateChangeSlices: [OfferLive], extensions: [extension] })
    ).type.toBe<Plugin.Plugin<"Ordering", Stock, never, "Catalog.Products">>()
  })

  test("misses an event of the contract, or of its source", () => {
    expect(
      Products.extension({ incoming: { ProductWithdrawn: () => undefined } })
    ).type.toRaiseError(
      "Property 'ProductBecameAvailable' is missing in type '{ ProductWithdrawn: () => undefined; }' but required in type 'OfEvents<"
    )
    expect(Products.extension({ from: [ProductAdded], outgoing: {} })).type.toRaiseError(
      "Property 'ProductAdded' is missing in type '{}' but required in type 'OfEvents<typeof ProductAdded, "
    )
  })

  test("handles what isn't declared", () => {
    expect(
      Products.extension({
        incoming: {
          ProductBecameAvailable: () => undefined,
          ProductWithdrawn: () => undefined,
          Opened: () => undefined
        }
      })
    ).type.toRaiseError("'Opened' is not one of the declared events")
  })

  test("commands what is no component of its plugin", () => {
    expect(Plugin.make("Ordering", { version: "1.0.0", extensions: [FollowerLive] })).type.toRaiseError(
      "an extension commands 'Offer', which is no component of this plugin"
    )
    const extension = Products.extension({
      from: [ProductAdded],
      outgoing: {
        ProductAdded: ({ productId }) => [publishCommand(Offer, { productId }), publishCommand(Remove, { productId })]
      }
    })
    expect(
      Plugin.make("Ordering", { version: "1.0.0", stateChangeSlices: [OfferLive], extensions: [extension] })
    ).type.toRaiseError("an extension commands 'Remove', which is no component of this plugin")
  })

  test("sends to another extension point than its own", () => {
    const extension = Prices.extension({
      from: [ProductAdded],
      outgoing: { ProductAdded: ({ productId }) => publishCommand(Products.commands.Withdraw, { productId }) }
    })
    expect(Plugin.make("Ordering", { version: "1.0.0", extensions: [extension] })).type.toRaiseError(
      "an extension commands 'Catalog.Products', which is no component of this plugin"
    )
  })

  test("sends to a read-only extension point", () => {
    expect(publishCommand(Prices.commands.Restock, { productId: ProductId.make("a"), count: 1 })).type.toRaiseError(
      "Property 'Restock' does not exist on type '{ readonly \"extension point 'Catalog.Prices' is read-only: it takes no commands\": never; }'"
    )
  })

  test("sends what the contract's command isn't", () => {
    expect(publishCommand(Products.commands.Restock, { productId: ProductId.make("a") })).type.toRaiseError(
      "Property 'count' is missing in type"
    )
  })

  test("publishes an event, which only the provider does", () => {
    expect(
      Products.extension({
        from: [ProductAdded],
        outgoing: { ProductAdded: (event) => publishEvent(ProductBecameAvailable.make(event)) }
      })
    ).type.toRaiseError("Type 'PublishEvent<ProductBecameAvailable>' is not assignable to type 'Answer<Does<")
  })

  test("has a directive use the platform", () => {
    const announce = Announce.make({ text: "" })
    expect(
      Products.extension({
        incoming: {
          ProductWithdrawn: () => undefined,
          ProductBecameAvailable: () => handleDirective(() => Scheduler, announce)
        }
      })
    ).type.toRaiseError(
      "a directive of an extension is handled by itself: its handler may not use Scheduler, QueryEngine or CommandBus"
    )
    expect(
      Products.extension({
        incoming: {
          ProductWithdrawn: Effect.fnUntraced(function*() {
            return yield* Effect.succeed([handleDirective(() => CommandBus, announce)])
          }),
          ProductBecameAvailable: () => undefined
        }
      })
    ).type.toRaiseError(
      "a directive of an extension is handled by itself: its handler may not use Scheduler, QueryEngine or CommandBus"
    )
    expect(
      Products.extension({
        from: [ProductAdded],
        outgoing: { ProductAdded: () => Effect.succeed([handleDirective(() => QueryEngine, announce)]) }
      })
    ).type.toRaiseError(
      "a directive of an extension is handled by itself: its handler may not use Scheduler, QueryEngine or CommandBus"
    )
  })

  test("may have a directive use a service of the application", () => {
    expect(
      Products.extension({
        from: [ProductAdded],
        outgoing: {
          ProductAdded: () =>
            handleDirective(({ text }) => Effect.flatMap(Mail, ({ send }) => send(text)), Announce.make({ text: "" }))
        }
      })
    ).type.toBe<Extension<"Catalog.Products", never, Mail>>()
  })
})

describe("an extension without its provider", () => {
  test("on a platform", () => {
    expect(Platform.layer({ version: "1.0.0", plugins: [Ordering] })).type.toRaiseError(
      "extension point 'Catalog.Products' is provided by no plugin of this platform"
    )
    expect(Platform.layer({ version: "1.0.0", plugins: [Ordering], external: ["Catalog.Prices"] })).type.toRaiseError(
      "extension point 'Catalog.Products' is provided by no plugin of this platform"
    )
  })
  test("on a platform for tests", () => {
    expect(TestPlatform.layer({ plugins: [Ordering] })).type.toRaiseError(
      "extension point 'Catalog.Products' is provided by no plugin of this platform"
    )
  })
  test("with it, or with a platform elsewhere that has it", () => {
    expect(Platform.layer({ version: "1.0.0", plugins: [Ordering, Catalog] })).type.not.toRaiseError()
    expect(
      Platform.layer({ version: "1.0.0", plugins: [Ordering], external: ["Catalog.Products"] })
    ).type.not.toRaiseError()
    expect(TestPlatform.layer({ plugins: [Ordering, Catalog] })).type.not.toRaiseError()
    expect(TestPlatform.layer({ plugins: [Ordering], external: ["Catalog.Products"] })).type.not.toRaiseError()
  })
})

describe("what a mapping or an extension says that it sends", () => {
  test("is everything that it sends", () => {
    expect(Products.mapping({ from, outgoing, incoming, sends: [AddStock, Remove] })).type.toBe<
      Mapping<"Catalog.Products", "AddStock" | "Remove", never>
    >()
    expect(
      Products.extension({
        from: [ProductAdded],
        outgoing: {
          ProductAdded: ({ productId }) =>
            Effect.succeed([
              publishCommand(Offer, { productId }),
              publishCommand(Products.commands.Withdraw, { productId })
            ])
        },
        sends: [Offer, Products.commands.Withdraw]
      })
    ).type.toBe<Extension<"Catalog.Products", "Offer" | "Catalog.Products", never>>()
  })
  test("leaves out a command", () => {
    expect(Products.mapping({ from, outgoing, incoming, sends: [AddStock] })).type.toRaiseError(
      "a handler sends 'Remove', which 'sends' doesn't list"
    )
    expect(
      Products.extension({
        incoming: {
          ProductBecameAvailable: ({ productId }) => publishCommand(Offer, { productId }),
          ProductWithdrawn: () => undefined
        },
        sends: [Remove]
      })
    ).type.toRaiseError("a handler sends 'Offer', which 'sends' doesn't list")
    expect(
      Products.extension({
        from: [ProductAdded],
        outgoing: { ProductAdded: ({ productId }) => publishCommand(Products.commands.Withdraw, { productId }) },
        sends: [Products.commands.Restock]
      })
    ).type.toRaiseError("a handler sends 'Catalog.Products', which 'sends' doesn't list")
    expect(
      EventMapping.make({
        from: [ProductAdded],
        map: { ProductAdded: ({ productId }) => publishCommand(Offer, { productId }) },
        sends: [Remove]
      })
    ).type.toRaiseError("a handler sends 'Offer', which 'sends' doesn't list")
  })
})
