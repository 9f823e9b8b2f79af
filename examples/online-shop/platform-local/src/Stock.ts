/** What is in the shop: how many rows its views have, and how many events made them. */
import * as Lane from "@reventless/core/Lane"
import * as Platform from "@reventless/core/Platform"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Token from "@reventless/core/Token"
import type * as View from "@reventless/core/View"
import { Catalog, Categories, Products } from "@reventless/example-catalog"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

export interface Stock {
  readonly categories: number
  readonly products: number
  readonly events: number
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

/** How many rows a view has when it shows everything up to the token. */
const countRows = <F extends Schema.Struct.Fields, O>(view: View.View<F, O, boolean>, after: Token.Token) =>
  Stream.unwrap(
    Effect.map(QueryEngine, (queries) =>
      Stream.paginate(undefined as string | undefined, (cursor) =>
        Effect.map(
          queries.list(view, { after, timeout: "30 seconds", cursor, limit: 1000 }),
          (page) => [page.rows, Option.fromUndefinedOr(page.cursor)] as const
        )))
  ).pipe(Stream.runCount)

/** Counts what is there now. */
export const take = Effect.gen(function*() {
  const log = yield* readLog
  const stock: Stock = {
    categories: yield* countRows(Categories, log.end),
    products: yield* countRows(Products, log.end),
    events: log.count
  }
  return stock
})
