import type { Money, ProductId } from "@reventless/example-catalog-spec"
import type { OrderId } from "@reventless/example-ordering-spec"
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import { OrderPlaced } from "../OrderEvents.ts"
import { CustomerUnknown, OrderExists, OutOfStock, PlaceOrder, ProductNotOffered } from "./PlaceOrder.ts"

interface Offer {
  readonly name: string
  readonly price: Money
  readonly left: number
}

interface State {
  readonly orders: HashSet.HashSet<OrderId>
  /** The ordered product, and that of an order with the same number, if there is one. */
  readonly offers: { readonly [id: ProductId]: Offer }
  readonly buyer: { readonly recipient: string; readonly address: string } | undefined
}

/** What is offered changes, if it is offered. */
const change = (state: State, productId: ProductId, by: (offer: Offer) => Offer): State => {
  const offer = state.offers[productId]
  return offer === undefined ? state : { ...state, offers: { ...state.offers, [productId]: by(offer) } }
}

/** So many more are left. */
const more = (state: State, productId: ProductId, count: number): State =>
  change(state, productId, (offer) => ({ ...offer, left: offer.left + count }))

export const PlaceOrderLive = PlaceOrder.behavior({
  initial: { orders: HashSet.empty(), offers: {}, buyer: undefined } as State,
  evolve: {
    ProductOffered: (state, { name, price, productId }) => ({
      ...state,
      offers: { ...state.offers, [productId]: { name, price, left: 0 } }
    }),
    OfferRenamed: (state, { name, productId }) => change(state, productId, (offer) => ({ ...offer, name })),
    OfferRepriced: (state, { price, productId }) => change(state, productId, (offer) => ({ ...offer, price })),
    OfferStocked: (state, { count, productId }) => more(state, productId, count),
    OfferWithdrawn: (state, { productId }) => {
      const { [productId]: _, ...offers } = state.offers
      return { ...state, offers }
    },
    OrderPlaced: (state, { orderId, productId, quantity }) => ({
      ...more(state, productId, -quantity),
      orders: HashSet.add(state.orders, orderId)
    }),
    OrderCancelled: (state, { productId, quantity }) => more(state, productId, quantity),
    BuyerAdmitted: (state, { address, name }) => ({ ...state, buyer: { recipient: name, address } }),
    BuyerMoved: (state, { address }) => ({ ...state, buyer: state.buyer && { ...state.buyer, address } }),
    BuyerDismissed: (state) => ({ ...state, buyer: undefined })
  },
  decide: Effect.fn("PlaceOrder.decide")(function*(command, { buyer, offers, orders }) {
    const { customerId, orderId, productId, quantity } = command
    if (HashSet.has(orders, orderId)) return yield* new OrderExists({ orderId })
    if (buyer === undefined) return yield* new CustomerUnknown({ customerId })
    const offer = offers[productId]
    if (offer === undefined) return yield* new ProductNotOffered({ productId })
    if (offer.left < quantity) return yield* new OutOfStock({ productId, left: offer.left })
    const total = { ...offer.price, amount: offer.price.amount * quantity }
    return [OrderPlaced.make({ ...command, ...buyer, product: offer.name, total })]
  })
})
