/**
 * Fills a new shop through its public API. Each command is remembered by its id, so filling that was stopped midway goes on
 * where it was. What one plugin is told the others hear of a moment later: who is too early asks again.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { AddProduct, Category, Restock, Stock } from "@reventless/example-catalog"
import { CategoryId, ProductId } from "@reventless/example-catalog-spec"
import { Customer } from "@reventless/example-customers"
import { CustomerId } from "@reventless/example-customers-spec"
import { CancelOrder, Orders, PlaceOrder } from "@reventless/example-ordering"
import { OrderId } from "@reventless/example-ordering-spec"
import { Parcel } from "@reventless/example-shipping"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schedule from "effect/Schedule"
import * as PaymentProvider from "../PaymentProvider.ts"
import * as Progress from "../Progress.ts"
import { categories, type SeedCategory, type SeedProduct } from "./data.ts"
import { customers, endsOf, orders, type SeedOrder } from "./orders.ts"

const createCategory = ({ id, name }: SeedCategory) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      Category.commands.CreateCategory,
      { categoryId: CategoryId.make(id), name },
      { commandId: `seed-category-${id}` }
    ))

const products = categories.flatMap((category) =>
  category.products.map((product) => ({ ...product, category: category.id }))
)

/** How many there are of each product on the first day. */
const count = 100

const addProduct = Effect.fnUntraced(
  function*({ alsoIn, category, cents, description, id, name }: SeedProduct & { readonly category: string }) {
    const bus = yield* CommandBus
    const productId = ProductId.make(id)
    const product = {
      productId,
      categoryIds: [CategoryId.make(category), ...alsoIn.map((other) => CategoryId.make(other))] as const,
      name,
      description,
      price: { amount: cents, currency: "EUR" } as const
    }
    yield* bus.send(AddProduct, product, { commandId: `seed-product-${id}` })
    yield* bus.send(Restock, { productId, count }, { commandId: `seed-stock-${id}` })
  }
)

/** Whether every product has come. */
const isStocked = Effect.gen(function*() {
  const queries = yield* QueryEngine
  const stocked = yield* Effect.forEach(products, ({ id }) => queries.get(Stock, ProductId.make(id)), {
    concurrency: 16
  })
  return stocked.every((row) => Option.isSome(row) && row.value.delivered >= count)
})

/** The catalog: its categories and products. */
const fillCatalog = Effect.gen(function*() {
  if (yield* isStocked) return
  yield* Progress.forEach("Categories", categories, createCategory)
  yield* Progress.forEach("Products", products, addProduct)
})

const register = ({ address, email, id, name }: typeof customers[number]) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      Customer.commands.Register,
      { customerId: CustomerId.make(id), name, email: Redacted.make(email), address },
      { commandId: `seed-customer-${id}` }
    ))

/** For longer than it takes until what a killed shop had begun is begun again. */
const briefly = Schedule.upTo(Schedule.spaced("50 millis"), { duration: "30 seconds" })

const placeOrder = ({ customer, id, product, quantity }: SeedOrder) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      PlaceOrder,
      {
        orderId: OrderId.make(id),
        customerId: CustomerId.make(customer),
        productId: ProductId.make(product),
        quantity
      },
      { commandId: `seed-order-${id}` }
    )).pipe(
      // Ordering hasn't heard of the customer or the product yet.
      Effect.retry({
        while: ({ _tag }) => ["CustomerUnknown", "ProductNotOffered", "OutOfStock"].includes(_tag),
        schedule: briefly
      })
    )

/** Pays or cancels an order. */
const settle = (url: string) =>
  Effect.fnUntraced(function*({ cents, customer, id, quantity, then }: SeedOrder) {
    const orderId = OrderId.make(id)
    if (then !== "is cancelled") {
      return yield* PaymentProvider.pay(url, { orderId, amount: { amount: cents * quantity, currency: "EUR" } })
    }
    const bus = yield* CommandBus
    yield* bus.send(CancelOrder, { orderId, customerId: CustomerId.make(customer), reason: "by customer" })
  })

/** Has the parcel of an order arrive, as soon as it was shipped. */
const deliver = ({ id }: SeedOrder) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      Parcel.commands.ConfirmDelivery,
      { orderId: OrderId.make(id) },
      { commandId: `seed-delivery-${id}` }
    )).pipe(
      Effect.retry({ while: ({ _tag }) => ["ParcelUnknown", "ParcelIsHere"].includes(_tag), schedule: briefly })
    )

/** How many of the orders have come as far as they are to come. */
const ended = Effect.gen(function*() {
  const queries = yield* QueryEngine
  const { rows } = yield* queries.list(Orders, { limit: 1000 })
  const states = new Map(rows.map(({ orderId, status }) => [orderId as string, status as string]))
  return orders.filter((order) => endsOf(order).includes(states.get(order.id) ?? "nowhere")).length
})

/** Whether the catalog has heard of everything that these orders have taken from its shelves. */
const isReported = Effect.gen(function*() {
  const queries = yield* QueryEngine
  const { rows } = yield* queries.list(Stock, { limit: 1000 })
  const sold = rows.reduce((sum, { sold }) => sum + sold, 0)
  return sold >= orders.reduce((sum, { quantity, then }) => then === "is cancelled" ? sum : sum + quantity, 0)
})

/** Customers and their orders: most are paid by webhook and shipped, some cancelled, some wait. */
const fillOrdering = Effect.fnUntraced(function*(url: string) {
  if ((yield* ended) === orders.length) return
  yield* Progress.forEach("Customers", customers, register)
  yield* Progress.forEach("Orders", orders, placeOrder)
  yield* Progress.forEach("Settled", orders.filter(({ then }) => then !== "waits"), settle(url))
  yield* Progress.forEach("Delivered", orders.filter(({ then }) => then === "is delivered"), deliver)
  yield* Effect.repeat(ended, { until: (count) => count === orders.length, schedule: briefly })
  yield* Effect.repeat(isReported, { until: (reported) => reported, schedule: briefly })
})

/** Whether there is nothing to fill, as far as the views have come: asked in the process of the shop, it costs no request. */
export const isFilled = Effect.gen(function*() {
  return (yield* isStocked) && (yield* ended) === orders.length
})

/** Fills the shop at a URL with what isn't there yet. */
export const seed = (url: string) => Effect.andThen(fillCatalog, fillOrdering(url))
