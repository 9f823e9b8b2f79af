import type { Money, ProductId } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import * as HashSet from "effect/HashSet"
import { CustomerUnknown } from "../Customer/Customer.ts"
import type { OrderId } from "../ids.ts"
import { OrderPlaced } from "../OrderEvents.ts"
import { OrderExists, OutOfStock, PlaceOrder, ProductNotOffered } from "./PlaceOrder.ts"

interface Offer {
  readonly name: string
  readonly price: Money
  readonly left: number
}

interface State {
  readonly orders: HashSet.HashSet<OrderId>
  /** The ordered product, and that of an order with the same number, if there is one. */
  readonly offers: { readonly [id: ProductId]: Offer }
  readonly customer: { readonly email: string; readonly address: string } | undefined
}

/** What is left changes by so many. */
const change = (offers: State["offers"], productId: ProductId, by: number): State["offers"] => {
  const offer = offers[productId]
  return offer === undefined ? offers : { ...offers, [productId]: { ...offer, left: offer.left + by } }
}

export const PlaceOrderLive = PlaceOrder.behavior({
  initial: { orders: HashSet.empty(), offers: {}, customer: undefined } as State,
  evolve: {
    ProductOffered: (state, { name, price, productId, stock }) => ({
      ...state,
      offers: { ...state.offers, [productId]: { name, price, left: stock } }
    }),
    OrderPlaced: (state, { orderId, productId, quantity }) => ({
      ...state,
      orders: HashSet.add(state.orders, orderId),
      offers: change(state.offers, productId, -quantity)
    }),
    OrderCancelled: (state, { productId, quantity }) => ({
      ...state,
      offers: change(state.offers, productId, quantity)
    }),
    CustomerRegistered: (state, { address, email }) => ({ ...state, customer: { email, address } }),
    CustomerMoved: (state, { address }) => ({ ...state, customer: state.customer && { ...state.customer, address } }),
    CustomerEmailChanged: (state, { email }) => ({
      ...state,
      customer: state.customer && { ...state.customer, email }
    }),
    CustomerClosed: (state) => ({ ...state, customer: undefined })
  },
  decide: Effect.fn("PlaceOrder.decide")(function*(command, { customer, offers, orders }) {
    const { customerId, orderId, productId, quantity } = command
    if (HashSet.has(orders, orderId)) return yield* new OrderExists({ orderId })
    if (customer === undefined) return yield* new CustomerUnknown({ customerId })
    const offer = offers[productId]
    if (offer === undefined) return yield* new ProductNotOffered({ productId })
    if (offer.left < quantity) return yield* new OutOfStock({ productId, left: offer.left })
    const total = { ...offer.price, amount: offer.price.amount * quantity }
    return [OrderPlaced.make({ ...command, ...customer, product: offer.name, total })]
  })
})
