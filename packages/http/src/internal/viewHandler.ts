import * as Principal from "@reventless/core/Principal"
import type { LiveView, QueryEngine } from "@reventless/core/QueryEngine"
import type * as View from "@reventless/core/View"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Handler } from "./api.ts"
import { asCaller, lostCaller } from "./caller.ts"
import * as Changes from "./changes.ts"
import type { ViewEndpoint } from "./endpoints.ts"
import * as Refusal from "./refusal.ts"
import { respond } from "./respond.ts"
import * as ViewParameters from "./viewParameters.ts"

/** A view as the query engine takes it; its types are known at run time only. */
type AnyView = LiveView<any, any>

type Queries = QueryEngine["Service"]

const rowCodec = ({ spec }: View.Any) => {
  const encode = Schema.encodeUnknownEffect(Schema.toCodecJson(spec.row as Schema.Codec<unknown, unknown>))
  return (row: unknown) => Effect.orDie(encode(row))
}

const get = (queries: Queries, view: View.Any): Handler => {
  const encode = rowCodec(view)
  return ({ params, query, request }) =>
    respond(asCaller(
      request,
      Effect.gen(function*() {
        const id = ViewParameters.rowId(view.spec, params)
        const found = yield* Effect.mapError(
          queries.get(view as AnyView, id, ViewParameters.waitOptions(query)),
          Refusal.fromCore
        )
        if (Option.isNone(found)) {
          return yield* Effect.fail(
            Refusal.make({ status: 404, code: "RowNotFound", detail: `${view.tag} has no such row.` })
          )
        }
        return HttpServerResponse.jsonUnsafe(yield* encode(found.value))
      })
    ))
}

const list = (queries: Queries, view: View.Any): Handler => {
  const encode = rowCodec(view)
  return ({ query, request }) =>
    respond(asCaller(
      request,
      Effect.gen(function*() {
        const options = yield* ViewParameters.listOptions(view.spec, query)
        const page = yield* Effect.mapError(queries.list(view as AnyView, options), Refusal.fromCore)
        return HttpServerResponse.jsonUnsafe({
          rows: yield* Effect.forEach(page.rows, encode),
          cursor: page.cursor
        })
      })
    ))
}

const watch = (queries: Queries, view: View.Any, ended: Effect.Effect<void>): Handler => {
  const encode = rowCodec(view)
  return ({ query, request }) =>
    respond(asCaller(
      request,
      Effect.gen(function*() {
        const options = ViewParameters.waitOptions(query)
        // What can be refused at once is a problem with a status; the stream has already said 200.
        yield* Effect.mapError(queries.list(view as AnyView, { ...options, limit: 1 }), Refusal.fromCore)
        const key = query["key"] === undefined ? undefined : ViewParameters.rowId(view.spec, query)
        // The stream is read once this has answered; it still is the caller's.
        const changes = Stream.provideService(
          queries.watch(view as AnyView, { ...options, key }),
          Principal.CurrentPrincipal,
          yield* Principal.CurrentPrincipal
        )
        return yield* Changes.response(changes, encode, ended, yield* lostCaller(request))
      })
    ))
}

/** Answers queries of a view. `ended` completes when the server stops: streams end then. */
export const make = (
  queries: Queries,
  { kind, view }: ViewEndpoint,
  ended: Effect.Effect<void>
): Handler => {
  switch (kind) {
    case "get":
      return get(queries, view)
    case "list":
      return list(queries, view)
    case "watch":
      return watch(queries, view, ended)
  }
}
