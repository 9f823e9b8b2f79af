/** What follows from what over several plugins: the whole shop on a platform in memory, by the clock of the test. */
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import { Operations } from "@reventless/core/Operations"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Scheduler } from "@reventless/core/Scheduler"
import {
  AddProduct,
  Catalog,
  Category,
  ChangePrice,
  RenameProduct,
  Restock,
  RetireProduct,
  Stock
} from "@reventless/example-catalog"
import { CategoryId, Money, ProductId } from "@reventless/example-catalog-spec"
import { AddressBook, Customer, Customers } from "@reventless/example-customers"
import { CustomerId } from "@reventless/example-customers-spec"
import { CancelOrder, Mailer, Offers, Ordering, Orders, PayOrder, PlaceOrder } from "@reventless/example-ordering"
import { OrderId } from "@reventless/example-ordering-spec"
import { Parcel, Parcels, Shipping } from "@reventless/example-shipping"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/testing/TestClock"

/** The subjects of the mails that were sent. */
class Sent extends Context.Service<Sent, Array<string>>()("Sent") {}

const Services = Layer.mergeAll(
  Layer.effect(
    Mailer,
    Effect.map(Sent, (sent) => ({ send: ({ subject }) => Effect.sync(() => void sent.push(subject)) }))
  ).pipe(Layer.provideMerge(Layer.sync(Sent, () => []))),
  Layer.succeed(AddressBook, { put: () => Effect.void }),
  ObjectStoreMemory.layer,
  ConfigProvider.layerAdd(ConfigProvider.fromUnknown({ PAYMENT_WEBHOOK_SECRET: "a secret of the tests" }))
)

const Shop = Layer.provideMerge(
  Layer.fresh(TestPlatform.layer({ plugins: [Catalog, Customers, Ordering, Shipping] })),
  Layer.fresh(Services)
)

const euros = (euros: number) => Money.make({ amount: euros * 100, currency: "EUR" })
const categoryId = CategoryId.make("kitchen")
const productId = ProductId.make("kettle")
const customerId = CustomerId.make("ada")
const orderId = OrderId.make("1001")

/** What follows at once, and what is tried again a moment later. */
const settled = Effect.andThen(
  TestPlatform.settled,
  Effect.andThen(TestClock.adjust("1 second"), TestPlatform.settled)
)

/** A kettle of which there are 20, and Ada. */
const open = Effect.gen(function*() {
  const bus = yield* CommandBus
  yield* bus.send(Category.commands.CreateCategory, { categoryId, name: "Kitchen" })
  yield* bus.send(AddProduct, {
    productId,
    categoryIds: [categoryId],
    name: "Kettle",
    description: "Boils water.",
    price: euros(79)
  })
  yield* bus.send(Restock, { productId, count: 20 })
  yield* bus.send(Customer.commands.Register, {
    customerId,
    name: "Ada",
    email: Redacted.make("ada@example.com"),
    address: "1 Mill Lane"
  })
  yield* settled
})

const place = (quantity: number, id: OrderId = orderId) =>
  Effect.gen(function*() {
    const bus = yield* CommandBus
    yield* bus.send(PlaceOrder, { orderId: id, customerId, productId, quantity })
    yield* settled
  })

const pay = (quantity: number) =>
  Effect.gen(function*() {
    const bus = yield* CommandBus
    yield* bus.send(PayOrder, { orderId, paymentId: "p-1", amount: euros(79 * quantity) })
    yield* settled
  })

const offer = Effect.flatMap(QueryEngine, (queries) => queries.get(Offers, productId))
const shelf = Effect.flatMap(QueryEngine, (queries) => Effect.map(queries.get(Stock, productId), Option.getOrThrow))
const statusOf = (id: OrderId = orderId) =>
  Effect.flatMap(QueryEngine, (queries) => Effect.map(queries.get(Orders, id), (row) => Option.getOrThrow(row).status))
const tagsOf = (plugin: typeof Ordering | typeof Shipping) =>
  Effect.map(TestPlatform.events(plugin), (events) => events.map(({ _tag }) => _tag))

/** Nothing waits for a person. */
const nothingParked = Effect.gen(function*() {
  const operations = yield* Operations
  assert.deepStrictEqual((yield* operations.work({ state: "Parked" })).work, [])
})

describe("a product of the catalog", () => {
  it.effect("is an offer of ordering, as it is called and costs now", () =>
    Effect.gen(function*() {
      yield* open
      assert.deepStrictEqual(yield* offer, Option.some({ productId, name: "Kettle", price: euros(79), left: 20 }))
      const bus = yield* CommandBus
      yield* bus.send(RenameProduct, { productId, name: "Gooseneck kettle" })
      yield* bus.send(ChangePrice, { productId, price: euros(69) })
      yield* bus.send(Restock, { productId, count: 5 })
      yield* settled
      assert.deepStrictEqual(
        yield* offer,
        Option.some({ productId, name: "Gooseneck kettle", price: euros(69), left: 25 })
      )
      yield* bus.send(RetireProduct, { productId })
      yield* settled
      assert.deepStrictEqual(yield* offer, Option.none())
      yield* nothingParked
    }).pipe(Effect.provide(Shop)))

  it.effect("is off the shelf when it is ordered, and back when the order is cancelled", () =>
    Effect.gen(function*() {
      yield* open
      yield* place(2)
      assert.deepStrictEqual(yield* shelf, { productId, delivered: 20, sold: 2, left: 18 })
      const bus = yield* CommandBus
      yield* bus.send(CancelOrder, { orderId, customerId, reason: "by customer" })
      yield* settled
      assert.deepStrictEqual(yield* shelf, { productId, delivered: 20, sold: 0, left: 20 })
      yield* nothingParked
    }).pipe(Effect.provide(Shop)))
})

describe("an order", () => {
  it.effect("that is paid becomes a parcel, is shipped, and is delivered when the parcel has arrived", () =>
    Effect.gen(function*() {
      yield* open
      yield* place(2)
      yield* pay(2)
      assert.strictEqual(yield* statusOf(), "shipped")
      const queries = yield* QueryEngine
      assert.deepStrictEqual(
        yield* queries.get(Parcels, orderId),
        Option.some({
          orderId,
          content: "Kettle",
          pieces: 2,
          recipient: "Ada",
          address: "1 Mill Lane",
          status: "shipped" as const,
          trackingCode: "track-1001"
        })
      )
      const bus = yield* CommandBus
      yield* bus.send(Parcel.commands.ConfirmDelivery, { orderId })
      yield* settled
      assert.strictEqual(yield* statusOf(), "delivered")
      assert.deepStrictEqual((yield* tagsOf(Ordering)).filter((tag) => tag.startsWith("Order")), [
        "OrderPlaced",
        "OrderPaid",
        "OrderShipped",
        "OrderDelivered"
      ])
      assert.deepStrictEqual(yield* tagsOf(Shipping), ["ParcelPrepared", "ParcelShipped", "ParcelDelivered"])
      yield* nothingParked
    }).pipe(Effect.provide(Shop)))

  it.effect("of more than fits into a box waits until somebody ships it", () =>
    Effect.gen(function*() {
      yield* open
      yield* place(12)
      yield* pay(12)
      assert.strictEqual(yield* statusOf(), "paid")
      const bus = yield* CommandBus
      yield* bus.send(Parcel.commands.ShipParcel, { orderId })
      yield* settled
      assert.strictEqual(yield* statusOf(), "shipped")
    }).pipe(Effect.provide(Shop)))

  it.effect("that isn't paid after ten minutes is reminded of, by a schedule that is gone afterwards", () =>
    Effect.gen(function*() {
      yield* open
      yield* place(1)
      const scheduler = yield* Scheduler
      const schedules = Effect.map(scheduler.list, (all) => all.map(({ name }) => name))
      assert.deepStrictEqual(yield* schedules, ["remind-1001"])
      const sent = yield* Sent
      yield* TestClock.adjust("10 minutes")
      yield* settled
      assert.deepStrictEqual(sent, ["Your order 1001", "Still to be paid: 1001"])
      assert.deepStrictEqual(yield* schedules, [])
    }).pipe(Effect.provide(Shop)))

  it.effect("that is paid is reminded of by nobody", () =>
    Effect.gen(function*() {
      yield* open
      yield* place(1)
      yield* pay(1)
      yield* TestClock.adjust("10 minutes")
      yield* settled
      assert.deepStrictEqual(yield* Sent, ["Your order 1001"])
      yield* nothingParked
    }).pipe(Effect.provide(Shop)))
})

describe("a customer who is gone", () => {
  it.effect("orders nothing more, and what they hadn't paid is cancelled and back on the shelf", () =>
    Effect.gen(function*() {
      yield* open
      yield* place(2)
      yield* pay(2)
      const second = OrderId.make("1002")
      yield* place(3, second)
      const bus = yield* CommandBus
      yield* bus.send(Customer.commands.Leave, { customerId })
      yield* settled
      assert.strictEqual(yield* statusOf(second), "placed")
      yield* bus.send(Customer.commands.Close, { customerId })
      yield* settled
      assert.deepStrictEqual([yield* statusOf(), yield* statusOf(second)], ["shipped", "cancelled"])
      assert.strictEqual((yield* shelf).left, 18)
      const refused = yield* Effect.flip(place(1, OrderId.make("1003")))
      assert.strictEqual(refused._tag, "CustomerUnknown")
      yield* nothingParked
    }).pipe(Effect.provide(Shop)))
})

describe("what others hear", () => {
  it.effect("has no e-mail address in it, nor anything else that a contract doesn't declare", () =>
    Effect.gen(function*() {
      yield* open
      yield* place(2)
      const said = JSON.stringify([...yield* TestPlatform.events(Ordering), ...yield* TestPlatform.events(Shipping)])
      for (const inside of ["ada@example.com", "Boils water", "kitchen"]) assert.notInclude(said, inside)
    }).pipe(Effect.provide(Shop)))
})
