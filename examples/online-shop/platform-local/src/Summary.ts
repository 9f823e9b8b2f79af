/** What is in the shop: how many rows its views have, how many events made them, and how the orders are. */
import type { EventStoreError } from "@reventless/core/EventStore"
import * as Lane from "@reventless/core/Lane"
import * as Platform from "@reventless/core/Platform"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Token from "@reventless/core/Token"
import type * as View from "@reventless/core/View"
import { Categories, Products, Stock } from "@reventless/example-catalog"
import { Accounts } from "@reventless/example-customers"
import { Orders } from "@reventless/example-ordering"
import { Parcels } from "@reventless/example-shipping"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

export interface Summary {
  readonly categories: number
  readonly products: number
  readonly customers: number
  readonly parcels: number
  /** How many pieces were sold, as far as the catalog was told. */
  readonly sold: number
  readonly events: number
  /** How many orders are in each state. */
  readonly orders: ReadonlyMap<string, number>
}

/** Reads the log of a plugin to its end. */
const readLog = Effect.fnUntraced(function*(name: string) {
  const { runtimes } = yield* Platform.Platform
  const { events, plugin } = runtimes.find(({ plugin }) => plugin.name === name)!
  return yield* events.subscribe({ lane: Lane.unordered([...plugin.events.keys()]) }).pipe(
    Stream.takeUntil(({ caughtUp }) => caughtUp),
    Stream.runFold(
      () => ({ count: 0, end: Token.none }),
      ({ count }, batch) => ({ count: count + batch.events.length, end: batch.checkpoint })
    )
  ) as Effect.Effect<{ readonly count: number; readonly end: Token.Token }, EventStoreError>
})

/** The rows of a view when it shows everything up to the token. */
const rowsOf = <F extends Schema.Struct.Fields, O>(view: View.View<F, O, boolean>, after: Token.Token) =>
  Stream.unwrap(
    Effect.map(QueryEngine, (queries) =>
      Stream.paginate(undefined as string | undefined, (cursor) =>
        Effect.map(
          queries.list(view, { after, timeout: "30 seconds", cursor, limit: 1000 }),
          (page) => [page.rows, Option.fromUndefinedOr(page.cursor)] as const
        )))
  )

/** Counts what is there now. */
export const take = Effect.gen(function*() {
  const catalog = yield* readLog("Catalog")
  const customers = yield* readLog("Customers")
  const ordering = yield* readLog("Ordering")
  const shipping = yield* readLog("Shipping")
  const summary: Summary = {
    categories: yield* Stream.runCount(rowsOf(Categories, catalog.end)),
    products: yield* Stream.runCount(rowsOf(Products, catalog.end)),
    customers: yield* Stream.runCount(rowsOf(Accounts, customers.end)),
    parcels: yield* Stream.runCount(rowsOf(Parcels, shipping.end)),
    sold: yield* Stream.runFold(rowsOf(Stock, catalog.end), () => 0, (sum, { sold }) => sum + sold),
    events: [catalog, customers, ordering, shipping].reduce((sum, { count }) => sum + count, 0),
    orders: yield* Stream.runFold(
      rowsOf(Orders, ordering.end),
      () => new Map<string, number>(),
      (counts, { status }) => counts.set(status, (counts.get(status) ?? 0) + 1)
    )
  }
  return summary
})
