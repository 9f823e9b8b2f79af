/** Each plugin in a process of its own, on one file: they find each other, and wait for who isn't there. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { start, tokenIn, urlIn } from "./shop.ts"

const Services = Layer.merge(NodeServices.layer, FetchHttpClient.layer)

/** A plugin that is open in a process of its own. */
const open = Effect.fnUntraced(function*(cwd: string, name: string) {
  const plugin = yield* start(cwd, name, "--port", "0")
  const printed = yield* plugin.opened
  const [url, token] = [urlIn(printed), tokenIn(printed, "manager")]
  const headers = { authorization: `Bearer ${token}` }
  return {
    ...plugin,
    printed,
    /** Sends a command; answers the text. */
    send: (command: string, body: object) =>
      Effect.flatMap(
        HttpClient.post(`${url}/${name}/commands/${command}`, { headers, body: HttpBody.jsonUnsafe(body) }),
        ({ status, text }) => Effect.map(text, (text) => `${status} ${text}`)
      ),
    /** Asks a view until the row is as it should be; says the last one when it never is. */
    shows: (row: string, part: string) =>
      HttpClient.get(`${url}/${name}/views/${row}`, { headers }).pipe(
        Effect.flatMap(({ text }) => text),
        Effect.repeat({
          until: (text) => text.includes(part),
          schedule: Schedule.upTo(Schedule.spaced("50 millis"), { duration: "2 minutes" })
        }),
        Effect.tap((text) => Effect.sync(() => assert.include(text, part)))
      )
  }
})

const kettle = {
  productId: "kettle",
  categoryIds: ["kitchen"],
  name: "Kettle",
  description: "Boils water.",
  price: { amount: 7900, currency: "EUR" }
}
const ada = { customerId: "ada", name: "Ada", email: "ada@example.com", address: "1 Mill Lane" }
const order = (orderId: string) => ({ orderId, customerId: "ada", productId: "kettle", quantity: 2 })
const payment = (orderId: string) => ({ orderId, paymentId: orderId, amount: { amount: 15800, currency: "EUR" } })

describe("plugins in processes of their own", () => {
  it.live("find each other in the registry, wait for who isn't there, and go on when who was killed is back", () =>
    Effect.gen(function*() {
      const cwd = yield* Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
      const ordering = yield* open(cwd, "ordering")
      for (const plugin of ["Catalog", "Customers", "Shipping"]) {
        assert.match(ordering.printed, new RegExp(`follows ${plugin}\\.\\w+: waiting\\. nobody provides '${plugin}\\.`))
        assert.include(ordering.printed, `demo ${plugin.toLowerCase()} --file shop.db`)
      }
      const [catalog, customers] = yield* Effect.all([open(cwd, "catalog"), open(cwd, "customers")], {
        concurrency: 2
      })
      yield* ordering.says("follows Catalog.Products: connected to Catalog 1.0.0")
      yield* ordering.says("follows Customers.Customers: connected to Customers 1.0.0")
      assert.match(yield* catalog.send("Category/CreateCategory", { categoryId: "kitchen", name: "Kitchen" }), /^200/)
      assert.match(yield* catalog.send("AddProduct", kettle), /^200/)
      assert.match(yield* catalog.send("Restock", { productId: "kettle", count: 9 }), /^200/)
      assert.match(yield* customers.send("Customer/Register", ada), /^200/)
      yield* ordering.shows("Offers/kettle", "\"left\":9")
      assert.match(
        yield* Effect.repeat(ordering.send("PlaceOrder", order("1")), {
          until: (answer) => !answer.includes("CustomerUnknown"),
          schedule: Schedule.spaced("50 millis")
        }),
        /^200/
      )
      yield* catalog.shows("Stock/kettle", "\"left\":7")

      // Nobody ships yet: the order waits for shipping to come.
      assert.match(yield* ordering.send("PayOrder", payment("1")), /^200/)
      yield* ordering.shows("Orders/1", "\"status\":\"paid\"")
      const shipping = yield* open(cwd, "shipping")
      assert.include(shipping.printed, "follows Ordering.Orders: connected to Ordering 1.0.0")
      yield* ordering.shows("Orders/1", "\"status\":\"shipped\"")
      yield* shipping.shows("Parcels/1", "\"trackingCode\":\"track-1\"")

      // The catalog is killed: orders go on, and it hears of them when it is back.
      yield* catalog.kill
      assert.match(yield* ordering.send("PlaceOrder", order("2")), /^200/)
      const again = yield* open(cwd, "catalog")
      yield* again.shows("Stock/kettle", "\"left\":5")
    }).pipe(Effect.scoped, Effect.provide(Services)))
})
