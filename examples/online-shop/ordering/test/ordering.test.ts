/** The whole plugin on a platform in memory: from commands to rows. */
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { ProductId } from "@reventless/example-catalog-spec"
import { CustomerId } from "@reventless/example-customers-spec"
import { Offers, PlaceOrder } from "@reventless/example-ordering"
import { OrderId } from "@reventless/example-ordering-spec"
import { Buyer } from "@reventless/example-ordering/Buyer/Buyer"
import { Offer } from "@reventless/example-ordering/Offer/Offer"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { ada, offer } from "./fixtures.ts"
import { Shop } from "./services.ts"

const { OfferProduct, StockOffer } = Offer.commands

const orders = (count: number, productId: ProductId) =>
  Array.from({ length: count }, (_, index) => ({
    orderId: OrderId.make(`${productId}-${index}`),
    customerId: CustomerId.make(`customer-${index % 5}`),
    productId,
    quantity: 1
  }))

describe("ordering", () => {
  it.effect("sells what there is and not one more, however many want it at once", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const [kettle, mug] = [ProductId.make("kettle"), ProductId.make("mug")]
      for (const [productId, count] of [[kettle, 7], [mug, 20]] as const) {
        yield* bus.send(OfferProduct, { ...offer, productId })
        yield* bus.send(StockOffer, { productId, count })
      }
      for (let index = 0; index < 5; index++) {
        yield* bus.send(Buyer.commands.AdmitBuyer, { ...ada, customerId: CustomerId.make(`customer-${index}`) })
      }
      const wanted = [...orders(20, kettle), ...orders(20, mug)]
      const answers = yield* Effect.forEach(wanted, (order) => Effect.result(bus.send(PlaceOrder, order)), {
        concurrency: "unbounded"
      })
      const refused = answers.filter(Result.isFailure).map(({ failure }) => failure._tag)
      assert.deepStrictEqual(refused, Array.from({ length: 13 }, () => "OutOfStock"))
      yield* TestPlatform.settled
      const { rows } = yield* queries.list(Offers)
      assert.deepStrictEqual(rows.map(({ left, productId }) => [productId, left]), [["kettle", 0], ["mug", 0]])
    }).pipe(Effect.provide(Shop)))
})
