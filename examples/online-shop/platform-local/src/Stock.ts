/** What is in the shop: how many rows the catalog's views have, how many events made them, and how the orders are. */
import * as Lane from "@reventless/core/Lane"
import * as Platform from "@reventless/core/Platform"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Token from "@reventless/core/Token"
import type * as View from "@reventless/core/View"
import { Catalog, Categories, Products } from "@reventless/example-catalog"
import { Orders } from "@reventless/example-ordering"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

export interface Stock {
  readonly categories: number
  readonly products: number
  readonly events: number
  /** How many orders are in each state. */
  readonly orders: ReadonlyMap<string, number>
}

/** Reads the catalog's log to its end. */
const readLog = Effect.gen(function*() {
  const { runtimes } = yield* Platform.Platform
  const { events } = runtimes.find(({ plugin }) => plugin.name === Catalog.name)!
  return yield* events.subscribe({ lane: Lane.unordered([...Catalog.events.keys()]) }).pipe(
    Stream.takeUntil(({ caughtUp }) => caughtUp),
    Stream.runFold(
      () => ({ count: 0, end: Token.none }),
      ({ count }, batch) => ({ count: count + batch.events.length, end: batch.checkpoint })
    )
  )
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
  const log = yield* readLog
  const stock: Stock = {
    categories: yield* Stream.runCount(rowsOf(Categories, log.end)),
    products: yield* Stream.runCount(rowsOf(Products, log.end)),
    events: log.count,
    orders: yield* Stream.runFold(
      rowsOf(Orders, Token.none),
      () => new Map<string, number>(),
      (counts, { status }) => counts.set(status, (counts.get(status) ?? 0) + 1)
    )
  }
  return stock
})
