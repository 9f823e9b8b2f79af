/** What happens in a run, by its seed: which products are dropped, who wants what. */
import { cents, type Wish } from "./customers.ts"

export interface World {
  readonly random: () => number
  readonly pick: <A>(values: ReadonlyArray<A>) => A
  readonly customers: ReadonlyArray<string>
  readonly wishes: Array<Wish>
  /** How many of each product were delivered. */
  readonly stock: Map<string, number>
  /** A list with another product each time, and a line that is wrong; of all but the first there may be too few. */
  readonly nextList: () => { readonly key: string; readonly list: string }
  /** Somebody wants something. */
  readonly wish: () => void
}

/** Numbers from 0 up to 1 that follow from a text. */
const randoms = (text: string): () => number => {
  let state = 2_166_136_261
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 16_777_619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const make = (seed: string): World => {
  const random = randoms(seed)
  const pick = <A>(values: ReadonlyArray<A>): A => values[Math.floor(random() * values.length)]!
  const customers = ["ada", "ben", "cleo", "dan"]
  const wishes: Array<Wish> = []
  const stock = new Map<string, number>()
  return {
    random,
    pick,
    customers,
    wishes,
    stock,
    nextList: () => {
      const productId = `product-${stock.size}`
      const count = stock.size === 0 ? 1000 : pick([5, 1000])
      stock.set(productId, count)
      const line = `${productId},things,Product,${cents / 100},EUR,${count}`
      const list = `productId,category,name,price,currency,count\n${line}\na line that is wrong\n`
      return { key: `products/${productId}.csv`, list }
    },
    wish: () => {
      const orderId = `order-${wishes.length}`
      const [customerId, productId] = [pick(customers), pick([...stock.keys()])]
      const quantity = 1 + Math.floor(random() * 3)
      wishes.push({ orderId, customerId, productId, quantity, pays: random() < 0.67, state: "wanted", tries: 0 })
    }
  }
}
