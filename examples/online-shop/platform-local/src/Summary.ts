/**
 * What is in the shop: how many rows its views have, how many events made them, and how the orders are. The database counts
 * them: however long the log is, none of its events is read.
 */
import { Operations } from "@reventless/core/Operations"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Orders } from "@reventless/example-ordering"
import * as SqliteContents from "@reventless/sqlite/SqliteContents"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"

export interface Summary {
  readonly categories: number
  readonly products: number
  readonly customers: number
  readonly parcels: number
  readonly events: number
  /** How many orders are in each state. */
  readonly orders: ReadonlyMap<string, number>
}

/** What is counted. */
const views = {
  categories: "Catalog.Categories",
  products: "Catalog.Products",
  customers: "Customers.Accounts",
  parcels: "Shipping.Parcels",
  orders: "Ordering.Orders"
}

const logs = ["Catalog", "Customers", "Ordering", "Shipping"]

/** Waits until what is counted shows every event. */
const caughtUp = Effect.flatMap(Operations, (operations) =>
  Effect.repeat(operations.views, {
    until: (all) => all.every(({ lagMillis, view }) => lagMillis === 0 || !Object.values(views).includes(view)),
    schedule: Schedule.spaced("50 millis")
  }))

const orders = Stream.unwrap(
  Effect.map(QueryEngine, (queries) =>
    Stream.paginate(undefined as string | undefined, (cursor) =>
      Effect.map(
        queries.list(Orders, { cursor, limit: 1000 }),
        (page) => [page.rows, Option.fromUndefinedOr(page.cursor)] as const
      )))
)

/** Counts what is in the shop that is kept in this file. */
export const take = Effect.fnUntraced(function*(file: string) {
  yield* caughtUp
  const { events, rows } = yield* SqliteContents.count(file)
  const rowsOf = (view: string): number => rows.get(view) ?? 0
  const summary: Summary = {
    categories: rowsOf(views.categories),
    products: rowsOf(views.products),
    customers: rowsOf(views.customers),
    parcels: rowsOf(views.parcels),
    events: logs.reduce((sum, log) => sum + (events.get(log) ?? 0), 0),
    orders: yield* Stream.runFold(
      orders,
      () => new Map<string, number>(),
      (counts, { status }) => counts.set(status, (counts.get(status) ?? 0) + 1)
    )
  }
  return summary
})
