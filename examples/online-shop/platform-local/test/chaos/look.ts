/** Looks at a shop that has nothing left to do: whether each order came to its end once, and each mail was one mail. */
import { Operations } from "@reventless/core/Operations"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Categories, Products } from "@reventless/example-catalog"
import { Customers, Offers, Orders } from "@reventless/example-ordering"
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
    "Ordering.Customers": yield* rowsOf((cursor) => queries.list(Customers, { cursor, limit })),
    "Catalog.Categories": yield* rowsOf((cursor) => queries.list(Categories, { cursor, limit })),
    "Catalog.Products": yield* rowsOf((cursor) => queries.list(Products, { cursor, limit }))
  }
})

/** Every event of ordering. */
const history = Effect.gen(function*() {
  const operations = yield* Operations
  return yield* Stream.runCollect(
    Stream.paginate(0, (from) =>
      Effect.map(
        operations.events("Ordering", { from, limit: 1000 }),
        ({ events, next }) => [events, next] as const
      ))
  )
})

export interface Mail {
  readonly key: string
  readonly process: number
  readonly subject: string
}

/** Every call of the mail sink. */
export const mailsOf = (file: string): ReadonlyArray<Mail> => {
  const { mails } = beside(file)
  if (!fs.existsSync(mails)) return []
  return fs.readFileSync(mails, "utf8").split("\n").slice(0, -1).map((line) => JSON.parse(line) as Mail)
}

/**
 * Waits until every order was confirmed and, when it is paid, shipped; with `closed`, until those are cancelled that aren't
 * paid. For a minute at most; whether it is so.
 */
export const settled = Effect.fnUntraced(
  function*(file: string, wishes: ReadonlyArray<Wish>, then: "shipped" | "closed") {
    const queries = yield* QueryEngine
    const waiting = then === "shipped" ? ["paid"] as const : ["placed", "paid"] as const
    const placed = wishes.filter(({ state }) => state === "placed" || state === "paid")
    const paid = wishes.filter(({ state }) => state === "paid").length
    const isSettled = Effect.gen(function*() {
      if (new Set(mailsOf(file).map(({ subject }) => subject)).size < placed.length) return false
      for (const status of waiting) {
        const { rows } = yield* queries.list(Orders, { index: "byStatus", where: { status }, limit: 1 })
        if (rows.length > 0) return false
      }
      const shipped = yield* rowsOf((cursor) =>
        queries.list(Orders, { index: "byStatus", where: { status: "shipped" }, cursor, limit: 1000 })
      )
      return shipped.length >= paid
    })
    for (let turn = 0; turn < 1200; turn++) {
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
    /** How many of each product were offered. */
    readonly stock: ReadonlyMap<string, number>
    readonly wishes: ReadonlyArray<Wish>
  }
) {
  const operations = yield* Operations
  const violations: Array<string> = []
  const claim = (holds: boolean, otherwise: () => string) => {
    if (!holds) violations.push(otherwise())
  }

  const rows = yield* everyRow
  const expected = wishes.filter(({ state }) => state !== "refused").map(({ orderId, state }) =>
    `${orderId} ${state === "paid" ? "shipped" : "cancelled"}`
  )
  const found = rows["Ordering.Orders"].map(({ orderId, status }) => `${orderId} ${status}`)
  const differing = [
    ...expected.filter((one) => !found.includes(one)),
    ...found.filter((one) => !expected.includes(one)).map((one) => `${one} in the view`)
  ]
  claim(differing.length === 0, () => `orders without their end: ${differing.join(", ")}`)

  const sold = Map.groupBy(rows["Ordering.Orders"].filter(({ status }) => status === "shipped"), (row) => row.productId)
  const left = (productId: string) =>
    stock.get(productId)! - (sold.get(productId as never) ?? []).reduce((sum, { quantity }) => sum + quantity, 0)
  const offers = new Map(rows["Ordering.Offers"].map((row) => [row.productId as string, row.left]))
  for (const productId of stock.keys()) {
    claim(
      offers.get(productId) === left(productId),
      () => `of ${productId} ${offers.get(productId)} are left, not ${left(productId)}`
    )
  }

  const events = yield* history
  const perOrder = Map.groupBy(
    events.filter(({ type }) => type.startsWith("Order")),
    ({ data, type }) => `${type} ${(data as { readonly orderId: string }).orderId}`
  )
  for (const [what, times] of perOrder) claim(times.length === 1, () => `${what} ${times.length} times`)

  const mails = mailsOf(file)
  let repeated = 0
  for (const [subject, calls] of Map.groupBy(mails, ({ subject }) => subject)) {
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
  return { violations, repeated, events: events.length, mails: mails.length }
})
