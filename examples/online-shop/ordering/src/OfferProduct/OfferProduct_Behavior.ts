import type { Money } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import { OfferProduct, ProductOffered } from "./OfferProduct.ts"

interface Offer {
  readonly name: string
  readonly price: Money
  readonly stock: number
}

const isSame = (one: Offer, other: Offer): boolean =>
  one.name === other.name && one.stock === other.stock &&
  one.price.amount === other.price.amount && one.price.currency === other.price.currency

export const OfferProductLive = OfferProduct.behavior({
  initial: { last: undefined as Offer | undefined },
  evolve: { ProductOffered: (_, { name, price, stock }) => ({ last: { name, price, stock } }) },
  decide: (command, { last }) =>
    Effect.succeed(last !== undefined && isSame(last, command) ? [] : [ProductOffered.make(command)])
})
