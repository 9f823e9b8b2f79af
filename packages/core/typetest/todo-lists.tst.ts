import { publishCommand } from "@reventless/core/Action"
import type * as Aggregate from "@reventless/core/Aggregate"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { CommandBus } from "@reventless/core/CommandBus"
import * as EventMapping from "@reventless/core/EventMapping"
import { EventStores } from "@reventless/core/EventStores"
import type * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import * as Plugin from "@reventless/core/Plugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { describe, expect, test } from "tstyche"
import { Category, CategoryCreated } from "../test/fixtures/catalog.ts"
import {
  CancelOrder,
  type ConfirmOrders,
  type ConfirmOrdersLive,
  FlagOrder,
  OrderCancelled,
  OrderId,
  OrderPaid,
  type Post,
  ShipOrder,
  ShipPaidOrders,
  slices
} from "../test/fixtures/orders.ts"

const collect = { OrderPaid: ({ address, orderId }: OrderPaid) => ({ orderId, address }) }
const process = (item: { orderId: typeof OrderId.Type; address: string }) =>
  Effect.succeed(publishCommand(ShipOrder, item))

describe("the definition of an automation", () => {
  test("has a key that is no id", () => {
    expect(AutomationSlice.make).type.not.toBeCallableWith("A", {
      item: { orderId: Schema.String },
      key: "orderId",
      collects: [OrderPaid]
    })
    expect(
      AutomationSlice.make("A", { item: { orderId: Schema.String }, key: "orderId", collects: [OrderPaid] })
    ).type.toRaiseError("the key 'orderId' is no field of the item made by Id.make")
  })

  test("has a key that no item has", () => {
    expect(
      AutomationSlice.make("A", { item: { orderId: OrderId }, key: "customerId", collects: [OrderPaid] })
    ).type.toRaiseError("the key 'customerId' is no field of the item made by Id.make")
  })
})

describe("the behaviour of an automation", () => {
  test("shows the services of its programs", () => {
    const behavior = ShipPaidOrders.automation({
      collect,
      process: (item) => Effect.as(CommandBus, publishCommand(ShipOrder, item)),
      onExhausted: ({ orderId }, { reason }) => Effect.as(QueryEngine, publishCommand(FlagOrder, { orderId, reason }))
    })
    expect(behavior).type.toBe<
      AutomationSlice.Behavior<"ShipPaidOrders", CommandBus | QueryEngine, typeof ShipPaidOrders>
    >()
  })

  test("may do several things, or nothing", () => {
    expect(
      ShipPaidOrders.automation({
        collect,
        process: (item) =>
          Effect.succeed(
            item.address === ""
              ? undefined
              : [publishCommand(ShipOrder, item), publishCommand(FlagOrder, { orderId: item.orderId, reason: "" })]
          )
      })
    ).type.toBe<AutomationSlice.Behavior<"ShipPaidOrders", never, typeof ShipPaidOrders>>()
  })

  test("is listed in a plugin with the services that it needs", () => {
    const behavior = ShipPaidOrders.automation({
      collect,
      process: (item) => Effect.as(QueryEngine, publishCommand(ShipOrder, item))
    })
    const plugin = Plugin.make("Orders", {
      version: "1.0.0",
      stateChangeSlices: slices,
      automationSlices: [behavior]
    })
    expect(plugin).type.toBe<Plugin.Plugin<"Orders", QueryEngine, never, never>>()
  })

  test("misses an event that it collects", () => {
    expect(ShipPaidOrders.automation({ collect: {}, process })).type.toRaiseError(
      "Property 'OrderPaid' is missing in type '{}'"
    )
  })

  test("collects an event that isn't declared", () => {
    expect(
      ShipPaidOrders.automation({ collect: { ...collect, OrderPlaced: () => undefined }, process })
    ).type.toRaiseError("Property '\"'OrderPlaced' is not one of the declared events\"' is missing")
  })

  test("collects what is no item", () => {
    expect(
      ShipPaidOrders.automation({ collect: { OrderPaid: ({ orderId }) => ({ orderId }) }, process })
    ).type.toRaiseError("Property 'address' is missing")
  })

  test("resolves by an event that isn't declared", () => {
    expect(
      ShipPaidOrders.automation({ collect, resolve: { OrderPaid: () => undefined }, process })
    ).type.toRaiseError("'OrderPaid' does not exist in type 'Resolve<typeof OrderShipped | typeof OrderCancelled")
  })

  test("sends a command that isn't declared", () => {
    expect(
      ShipPaidOrders.automation({
        collect,
        process: ({ orderId }) => Effect.succeed(publishCommand(CancelOrder, { orderId }))
      })
    ).type.toRaiseError("process sends 'CancelOrder', which 'sends' doesn't list")
  })

  test("sends a command that isn't declared when its attempts are used up", () => {
    expect(
      ShipPaidOrders.automation({
        collect,
        process,
        onExhausted: ({ orderId }) => Effect.succeed([publishCommand(CancelOrder, { orderId })])
      })
    ).type.toRaiseError("onExhausted sends 'CancelOrder', which 'sends' doesn't list")
  })

  test("uses the stores", () => {
    expect(
      ShipPaidOrders.automation({
        collect,
        process: (item) => Effect.as(EventStores, publishCommand(ShipOrder, item))
      })
    ).type.toRaiseError("process may not use the stores: it sends commands and asks the QueryEngine")
  })
})

describe("the behaviour of an outbound translation", () => {
  test("shows the services of its program", () => {
    expect<typeof ConfirmOrdersLive>().type.toBe<
      OutboundTranslationSlice.Behavior<"ConfirmOrders", Post, typeof ConfirmOrders>
    >()
  })
})

describe("an event mapping", () => {
  test("misses an event that it maps", () => {
    expect(EventMapping.make({ from: [OrderPaid, OrderCancelled], map: { OrderPaid: () => undefined } }))
      .type.toRaiseError("Property 'OrderCancelled' is missing in type '{ OrderPaid: () => undefined; }'")
  })

  test("sends a payload that isn't the command's", () => {
    expect(
      EventMapping.make({
        from: [OrderPaid],
        map: { OrderPaid: ({ orderId }) => publishCommand(ShipOrder, { orderId }) }
      })
    ).type.toRaiseError("Property 'address' is missing")
  })

  test("is of an event of its aggregate", () => {
    type Mappings<A extends Aggregate.Any> = A extends { readonly events: ReadonlyArray<infer E> } ? E : never
    const own = EventMapping.make({ from: [CategoryCreated], map: { CategoryCreated: () => undefined } })
    expect<Mappings<typeof Category>>().type.toBeAssignableFrom<typeof CategoryCreated>()
    expect(own).type.toBe<EventMapping.EventMapping<typeof CategoryCreated>>()
    const behavior = {
      initial: 0,
      evolve: { CategoryCreated: (n: number) => n },
      decide: { CreateCategory: () => Effect.succeed([]), Touch: () => Effect.succeed([]) }
    }
    expect(Category.behavior).type.toBeCallableWith({ ...behavior, eventMappings: [own] })
    const foreign = EventMapping.make({ from: [OrderPaid], map: { OrderPaid: () => undefined } })
    expect(Category.behavior({ ...behavior, eventMappings: [foreign] })).type.toRaiseError(
      "Type 'EventMapping<typeof OrderPaid>' is not assignable to type 'EventMapping<typeof CategoryCreated>'"
    )
  })
})
