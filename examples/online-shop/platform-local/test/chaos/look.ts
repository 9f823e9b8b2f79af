/**
 * Looks at a shop that has nothing left to do: whether each order came to its end once, each mail was one mail, and the
 * plugins say the same of what one of them has told another.
 */
import { Operations } from "@reventless/core/Operations"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Categories, LivePrices, Products, ProductsByCategory, Stock } from "@reventless/example-catalog"
import { Accounts } from "@reventless/example-customers"
import { Offers, Orders } from "@reventless/example-ordering"
import { Parcels } from "@reventless/example-shipping"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import { beside } from "../../src/Shop.ts"
import type { Wish } from "./customers.ts"

const rowsOf = <Row>(
  page: (cursor: string | undefined) => Effect.Effect<
    { readonly rows: ReadonlyArray<Row>; readonly cursor: string | undefined },
    unknown
  >
) =>
  Stream.runCollect(
    Stream.paginate(undefined as string | undefined, (cursor) =>
      Effect.map(page(cursor), ({ cursor, rows }) => [rows, Option.fromUndefinedOr(cursor)] as const))
  )

/** The rows of every view. */
const everyRow = Effect.gen(function*() {
  const queries = yield* QueryEngine
  const limit = 1000
  return {
    "Ordering.Orders": yield* rowsOf((cursor) => queries.list(Orders, { cursor, limit })),
    "Ordering.Offers": yield* rowsOf((cursor) => queries.list(Offers, { cursor, limit })),
    "Customers.Accounts": yield* rowsOf((cursor) => queries.list(Accounts, { cursor, limit })),
    "Catalog.Categories": yield* rowsOf((cursor) => queries.list(Categories, { cursor, limit })),
    "Catalog.LivePrices": yield* rowsOf((cursor) => queries.list(LivePrices, { cursor, limit })),
    "Catalog.Products": yield* rowsOf((cursor) => queries.list(Products, { cursor, limit })),
    "Catalog.ProductsByCategory": yield* rowsOf((cursor) => queries.list(ProductsByCategory, { cursor, limit })),
    "Catalog.Stock": yield* rowsOf((cursor) => queries.list(Stock, { cursor, limit })),
    "Shipping.Parcels": yield* rowsOf((cursor) => queries.list(Parcels, { cursor, limit }))
  }
})

/** Every event of a plugin. */
const historyOf = Effect.fnUntraced(function*(plugin: string) {
  const operations = yield* Operations
  return yield* Stream.runCollect(
    Stream.paginate(0, (from) =>
      Effect.map(
        operations.events(plugin, { from, limit: 1000 }),
        ({ events, next }) => [events, next] as const
      ))
  )
})

export interface Mail {
  readonly key: string
  readonly process: number
  readonly subject: string
}

const readMails = (file: string): ReadonlyArray<Mail> => {
  const { mails } = beside(file)
  if (!fs.existsSync(mails)) return []
  return fs.readFileSync(mails, "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line) as Mail)
}

/** Every call of the mail sink that confirms an order. */
export const mailsOf = (file: string): ReadonlyArray<Mail> =>
  readMails(file).filter(({ subject }) => subject.startsWith("Your order"))

const sum = (numbers: ReadonlyArray<number>): number => numbers.reduce((all, one) => all + one, 0)

/**
 * Waits until every order was confirmed and, when it is paid, shipped; with `closed`, until those are cancelled that aren't
 * paid; and until the catalog has heard of it. For five minutes at most; whether it is so.
 */
export const settled = Effect.fnUntraced(
  function*(file: string, wishes: ReadonlyArray<Wish>, then: "shipped" | "closed") {
    const queries = yield* QueryEngine
    const waiting = then === "shipped" ? ["paid"] as const : ["placed", "paid"] as const
    const placed = wishes.filter(({ state }) => state === "placed" || state === "paid")
    const paid = wishes.filter(({ state }) => state === "paid")
    const isSettled = Effect.gen(function*() {
      if (new Set(mailsOf(file).map(({ subject }) => subject)).size < placed.length) return false
      for (const status of waiting) {
        const { rows } = yield* queries.list(Orders, { index: "byStatus", where: { status }, limit: 1 })
        if (rows.length > 0) return false
      }
      const shipped = yield* rowsOf((cursor) =>
        queries.list(Orders, { index: "byStatus", where: { status: "shipped" }, cursor, limit: 1000 })
      )
      // What isn't paid when half an hour has passed is back on the shelf; in a long run the first orders are that old.
      const cancelled = yield* rowsOf((cursor) =>
        queries.list(Orders, { index: "byStatus", where: { status: "cancelled" }, cursor, limit: 1000 })
      )
      const sold = sum(placed.map(({ quantity }) => quantity)) - sum(cancelled.map(({ quantity }) => quantity))
      const stock = yield* rowsOf((cursor) => queries.list(Stock, { cursor, limit: 1000 }))
      return shipped.length >= paid.length && sum(stock.map((row) => row.sold)) === sold
    })
    for (let turn = 0; turn < 6000; turn++) {
      if (yield* isSettled) return true
      yield* Effect.sleep("50 millis")
    }
    return false
  }
)

/** What should not be so, and how often mails were sent again. */
export const look = Effect.fnUntraced(function*(
  { file, kills, stock, wishes }: {
    readonly file: string
    readonly kills: number
    /** How many of each product were delivered. */
    readonly stock: ReadonlyMap<string, number>
    readonly wishes: ReadonlyArray<Wish>
  }
) {
  const operations = yield* Operations
  const violations: Array<string> = []
  const claim = (holds: boolean, otherwise: () => string) => {
    if (!holds) violations.push(otherwise())
  }
  /** Claims that two lists have the same members, once each. */
  const same = (what: string, found: ReadonlyArray<string>, expected: ReadonlyArray<string>) => {
    const missing = expected.filter((one) => !found.includes(one))
    const more = [
      ...found.filter((one) => !expected.includes(one)),
      ...found.filter((one, at) => found.indexOf(one) < at)
    ]
    claim(
      missing.length + more.length === 0,
      () => `${what}: missing ${missing.join(", ")}; too many ${more.join(", ")}`
    )
  }

  const rows = yield* everyRow
  const paid = wishes.filter(({ state }) => state === "paid")
  same(
    "orders",
    rows["Ordering.Orders"].map(({ orderId, status, trackingCode }) => `${orderId} ${status} ${trackingCode}`),
    wishes.filter(({ state }) => state !== "refused").map(({ orderId, state }) =>
      state === "paid" ? `${orderId} shipped track-${orderId}` : `${orderId} cancelled undefined`
    )
  )
  same(
    "parcels of paid orders",
    rows["Shipping.Parcels"].map(({ orderId, pieces, status }) => `${orderId} ${pieces} ${status}`),
    paid.map(({ orderId, quantity }) => `${orderId} ${quantity} shipped`)
  )
  same(
    "offers of the catalog's products",
    rows["Ordering.Offers"].map(({ name, price, productId }) => `${productId} ${name} ${price.amount}`),
    rows["Catalog.Products"].map(({ name, price, productId }) => `${productId} ${name} ${price.amount}`)
  )
  same("products that were dropped", rows["Catalog.Products"].map(({ productId }) => productId), [...stock.keys()])

  const sold = (productId: string) =>
    sum(paid.filter((wish) => wish.productId === productId).map(({ quantity }) => quantity))
  const expected = [...stock].map(([productId, count]) => `${productId} ${count - sold(productId)}`)
  same("what is on offer", rows["Ordering.Offers"].map(({ left, productId }) => `${productId} ${left}`), expected)
  same("what is on the shelf", rows["Catalog.Stock"].map(({ left, productId }) => `${productId} ${left}`), expected)

  /** Claims that of some events there is one each, by what makes it the same. */
  const once = (plugin: string, events: ReadonlyArray<{ readonly type: string; readonly data: unknown }>) => {
    const ids = ["orderId", "reference", "customerId", "productId", "categoryId"]
    const counts = Map.groupBy(events, ({ data, type }) => {
      const fields = data as Readonly<Record<string, unknown>>
      return [type, fields[ids.find((id) => fields[id] !== undefined)!], Math.sign(Number(fields["by"] ?? 0))].join(" ")
    })
    for (const [what, times] of counts) claim(times.length === 1, () => `${plugin}: ${what} ${times.length} times`)
  }
  let events = 0
  for (const plugin of ["Catalog", "Customers", "Ordering", "Shipping"]) {
    const history = yield* historyOf(plugin)
    once(plugin, history)
    events += history.length
  }

  const mails = mailsOf(file)
  let repeated = 0
  for (const [subject, calls] of Map.groupBy(readMails(file), ({ subject }) => subject)) {
    const keys = new Set(calls.map(({ key }) => key))
    claim(keys.size === 1, () => `${subject} was sent with ${keys.size} keys`)
    const processes = new Set(calls.map(({ process }) => process))
    claim(processes.size === calls.length, () => `${subject} was sent twice by one process`)
    claim(calls.length - 1 <= kills, () => `${subject} was sent ${calls.length} times with ${kills} kills`)
    repeated += calls.length - 1
  }
  const confirmed = new Set(mails.map(({ subject }) => subject))
  for (const { orderId, state } of wishes) {
    claim(
      confirmed.has(`Your order ${orderId}`) === (state !== "refused"),
      () => `${orderId} is ${state}: confirmed or not`
    )
  }
  claim(new Set(mails.map(({ key }) => key)).size === confirmed.size, () => "two orders have one key")

  const { work } = yield* operations.work({ state: "Parked" })
  claim(work.length === 0, () => `parked: ${JSON.stringify(work)}`)
  for (const { blocked, view } of yield* operations.views) {
    claim(blocked.length === 0, () => `${view} is blocked: ${JSON.stringify(blocked)}`)
  }

  for (const view of Object.keys(rows)) yield* Stream.runDrain(operations.rebuild(view))
  const again = yield* everyRow
  for (const view of Object.keys(rows) as ReadonlyArray<keyof typeof rows>) {
    claim(
      JSON.stringify(again[view]) === JSON.stringify(rows[view]),
      () => `${view} isn't what follows from its events`
    )
  }
  return { violations, repeated, events, mails: mails.length }
})
