/** Fills a new shop. Each command is remembered by its id, so filling that was stopped midway goes on where it was. */
import { CommandBus } from "@reventless/core/CommandBus"
import { ObjectStore } from "@reventless/core/ObjectStore"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { AddProduct, Category, Products } from "@reventless/example-catalog"
import { CategoryId, ProductId } from "@reventless/example-catalog-spec"
import { CancelOrder, Customer, CustomerId, OrderId, Orders, PlaceOrder } from "@reventless/example-ordering"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as PaymentProvider from "../PaymentProvider.ts"
import * as Progress from "../Progress.ts"
import { categories, type SeedCategory, type SeedProduct } from "./data.ts"
import { customers, orders, type SeedOrder } from "./orders.ts"

const createCategory = ({ id, name }: SeedCategory) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      Category.commands.CreateCategory,
      { categoryId: CategoryId.make(id), name },
      { commandId: `seed-category-${id}` }
    ))

const addProduct = ({ alsoIn, category, cents, description, id, name }: SeedProduct & { readonly category: string }) =>
  Effect.flatMap(CommandBus, (bus) =>
    bus.send(
      AddProduct,
      {
        productId: ProductId.make(id),
        categoryIds: [CategoryId.make(category), ...alsoIn.map((other) => CategoryId.make(other))],
        name,
        description,
        price: { amount: cents, currency: "EUR" }
      },
      { commandId: `seed-product-${id}` }
    ))

const products = categories.flatMap((category) =>
  category.products.map((product) => ({ ...product, category: category.id }))
)

/** The catalog: its categories and products. */
const fillCatalog = Effect.gen(function*() {
  const queries = yield* QueryEngine
  const last = yield* queries.get(Products, ProductId.make(products.at(-1)!.id))
  if (Option.isSome(last)) return
  yield* Progress.forEach("Categories", categories, createCategory)
  yield* Progress.forEach("Products", products, addProduct)
})

/** The same products with their prices and stock, as the list that a shop manager drops into the inbox. */
const productList = [
  "productId,name,price,currency,stock",
  ...products.map(({ cents, id, name }) => `${id},"${name}",${(cents / 100).toFixed(2)},EUR,40`)
].join("\n")

/** For longer than it takes until what a killed shop had begun is begun again. */
const briefly = Schedule.upTo(Schedule.spaced("25 millis"), { duration: "20 seconds" })

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
      // The list is still being imported.
      Effect.retry({ while: ({ _tag }) => _tag === "ProductNotOffered", schedule: briefly })
    )

const row = ({ id }: SeedOrder) => Effect.flatMap(QueryEngine, (queries) => queries.get(Orders, OrderId.make(id)))

/** Pays or cancels an order, and waits until it is shipped or cancelled, if that doesn't take long. */
const goOn = (url: string) =>
  Effect.fnUntraced(function*(order: SeedOrder) {
    const { id, product, quantity, then } = order
    const orderId = OrderId.make(id)
    const { cents } = products.find((one) => one.id === product)!
    yield* then === "is paid"
      ? PaymentProvider.pay(url, { orderId, amount: { amount: cents * quantity, currency: "EUR" } })
      : Effect.flatMap(CommandBus, (bus) => bus.send(CancelOrder, { orderId, reason: "by customer" }))
    yield* Effect.repeat(row(order), {
      until: (found) => Option.isSome(found) && ["shipped", "cancelled"].includes(found.value.status),
      schedule: briefly
    })
  })

/** Customers and their orders: some paid by webhook and shipped, one cancelled, one that waits for its payment. */
const fillOrdering = Effect.fnUntraced(function*(url: string) {
  const rows = yield* Effect.forEach(orders, row)
  const isDone = (order: SeedOrder, index: number) =>
    Option.match(rows[index]!, {
      onNone: () => false,
      onSome: ({ status }) => order.then === "waits" || status === "shipped" || status === "cancelled"
    })
  if (orders.every(isDone)) return
  const objects = yield* ObjectStore
  const bus = yield* CommandBus
  yield* objects.put("products/first-offers.csv", productList)
  yield* Progress.forEach(
    "Customers",
    customers,
    (customer) => bus.send(Customer.commands.Register, customer, { commandId: `seed-customer-${customer.customerId}` })
  )
  yield* Progress.forEach("Orders", orders, placeOrder)
  yield* Progress.forEach("Settled", orders.filter(({ then }) => then !== "waits"), goOn(url))
})

/** Fills the shop at a URL with what isn't there yet. */
export const seed = (url: string) => Effect.andThen(fillCatalog, fillOrdering(url))
