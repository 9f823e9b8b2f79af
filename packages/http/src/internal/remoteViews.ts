import { AccessDenied } from "@reventless/core/Access"
import { describe } from "@reventless/core/Issues"
import {
  InvalidQuery,
  type ListOptions,
  type QueryEngine,
  type QueryError,
  type QueryOptions,
  type RowChange,
  UnknownView
} from "@reventless/core/QueryEngine"
import type * as View from "@reventless/core/View"
import { ViewStoreError } from "@reventless/core/ViewStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import type * as Http from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Problem from "../Problem.ts"
import { QueryError as QueryErrors } from "./coreErrors.ts"
import { type Endpoint, events, type ViewEndpoint } from "./endpoints.ts"
import * as RemoteProblem from "./remoteProblem.ts"

/** A question with its parameters, by name. */
interface Question {
  readonly params?: Readonly<Record<string, unknown>>
  readonly query: Readonly<Record<string, unknown>>
}

const isQueryError = Schema.is(QueryErrors)

const unreachable = (detail: string) => new ViewStoreError({ detail, isRetryable: true })

const failure = (view: string, problem: Problem.Problem): QueryError => {
  const core = Option.getOrUndefined(RemoteProblem.coreError(problem))
  if (isQueryError(core)) return core
  const detail = RemoteProblem.detailOf(problem)
  switch (problem.status) {
    case 400: {
      const field = problem.errors?.[0]?.path
      return new InvalidQuery({ view, detail, ...(field === undefined ? {} : { field }) })
    }
    case 401:
    case 403:
      return new AccessDenied({ target: view, anonymous: problem.status === 401 })
    case 404:
    case 405:
      return new UnknownView({ view, known: [] })
    default:
      return new ViewStoreError({ detail, isRetryable: problem.status === 503 })
  }
}

/** What every query says about waiting. */
const waiting = ({ after, timeout }: QueryOptions): Question["query"] => ({
  after,
  timeout: timeout === undefined ? undefined : Math.ceil(Duration.toMillis(Duration.fromInputUnsafe(timeout)))
})

const rowId = (spec: View.Spec, id: unknown): Record<string, unknown> =>
  spec.sort === undefined ? { key: id } : { key: (id as Array<unknown>)[0], sort: (id as Array<unknown>)[1] }

const dotted = (prefix: string, values: object | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values ?? {}).map(([name, value]) => [`${prefix}.${name}`, value]))

const defined = (values: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

const listQuestion = (options: ListOptions): Question => {
  const { cursor, index, limit, order, range, where } = options
  const bounds = Object.entries(range ?? {}).filter(([, bound]) => bound !== undefined)
  return {
    query: {
      ...waiting(options),
      ...dotted("where", where),
      ...dotted("range", Object.fromEntries(bounds.map(([name, bound]) => [name, String(bound)]))),
      index,
      order,
      limit,
      cursor
    }
  }
}

/** A query engine at the other end of HTTP. */
export const make = (http: Http.HttpClient, endpoints: ReadonlyArray<Endpoint>): QueryEngine["Service"] => {
  const views = endpoints.filter((endpoint): endpoint is ViewEndpoint => "view" in endpoint)
  const nameOf = ({ plugin, view }: ViewEndpoint) => `${plugin}.${view.tag}`

  const find = (view: View.Any, kind: ViewEndpoint["kind"]): Effect.Effect<ViewEndpoint, UnknownView> => {
    const found = views.find((endpoint) => endpoint.kind === kind && endpoint.view.spec === view.spec)
    return found === undefined
      ? Effect.fail(new UnknownView({ view: view.tag, known: [...new Set(views.map(nameOf))] }))
      : Effect.succeed(found)
  }

  const encoded = (endpoint: ViewEndpoint, schema: Schema.Top | undefined, values: Question["query"] | undefined) =>
    Effect.mapError(
      Schema.encodeUnknownEffect(schema as unknown as Schema.Codec<unknown, Record<string, string>>, {
        errors: "all",
        onExcessProperty: "error"
      })(defined(values ?? {})),
      (error) => {
        const { detail, issues } = describe(error)
        return new InvalidQuery({ view: nameOf(endpoint), detail, field: issues[0]?.path ?? "" })
      }
    )

  /** Asks, and gives the answer if it is one. */
  const ask = Effect.fnUntraced(function*(endpoint: ViewEndpoint, { params, query }: Question) {
    const segments: Record<string, string> = params === undefined
      ? {}
      : yield* encoded(endpoint, endpoint.http.params, params)
    const path = endpoint.http.path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(segments[name]!))
    const urlParams = yield* encoded(endpoint, endpoint.http.query, query)
    return yield* Effect.mapError(
      http.execute(HttpClientRequest.get(path, { urlParams })),
      (error) => unreachable(error.message)
    )
  })

  const readJson = (response: HttpClientResponse) =>
    Effect.mapError(response.json, (error) => unreachable(error.message))

  const readProblem = (response: HttpClientResponse) =>
    Effect.mapError(RemoteProblem.read(response), (error) => unreachable(error.message))

  const fail = (endpoint: ViewEndpoint, response: HttpClientResponse): Effect.Effect<never, QueryError> =>
    Effect.flatMap(readProblem(response), (problem) => Effect.fail(failure(nameOf(endpoint), problem)))

  const rowOf = ({ view }: ViewEndpoint) => {
    const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(view.spec.row as Schema.Codec<any, unknown>))
    return (row: unknown) =>
      Effect.mapError(
        decode(row),
        ({ message }) =>
          new ViewStoreError({ detail: `the server's row can't be decoded: ${message}`, isRetryable: false })
      )
  }

  const get = Effect.fn("HttpClient.get")(function*(view: View.Any, id: unknown, options?: QueryOptions) {
    const endpoint = yield* find(view, "get")
    yield* Effect.annotateCurrentSpan({ view: nameOf(endpoint) })
    const params = rowId(view.spec, id)
    const response = yield* ask(endpoint, { params, query: waiting(options ?? {}) })
    if (response.status === 200) return Option.some(yield* rowOf(endpoint)(yield* readJson(response)))
    const problem = yield* readProblem(response)
    return problem.code === "RowNotFound" ? Option.none() : yield* Effect.fail(failure(nameOf(endpoint), problem))
  })

  const list = Effect.fn("HttpClient.list")(function*(view: View.Any, options?: ListOptions) {
    const endpoint = yield* find(view, "list")
    yield* Effect.annotateCurrentSpan({ view: nameOf(endpoint) })
    const response = yield* ask(endpoint, listQuestion(options ?? {}))
    if (response.status !== 200) return yield* fail(endpoint, response)
    const { cursor, rows } = (yield* readJson(response)) as { rows: ReadonlyArray<unknown>; cursor?: string }
    return { rows: yield* Effect.forEach(rows, rowOf(endpoint)), cursor }
  })

  const changeOf = (endpoint: ViewEndpoint) => {
    const decodeRow = rowOf(endpoint)
    return ({ data, event }: Sse.Event): Effect.Effect<RowChange<any>, QueryError> => {
      const json = JSON.parse(data)
      switch (event) {
        case events.set:
          return Effect.map(decodeRow(json), (row) => ({ _tag: "RowSet", row }))
        case events.removed:
          return Effect.succeed({ _tag: "RowRemoved", key: json.key, sort: json.sort })
        default:
          return Effect.fail(failure(nameOf(endpoint), json))
      }
    }
  }

  const watch = (view: View.Any, options?: QueryOptions & { readonly key?: unknown }) =>
    Stream.unwrap(Effect.gen(function*() {
      const endpoint = yield* find(view, "watch")
      const row = options?.key === undefined ? {} : rowId(view.spec, options.key)
      const response = yield* ask(endpoint, { query: { ...waiting(options ?? {}), ...row } })
      if (response.status !== 200) return yield* fail(endpoint, response)
      return response.stream.pipe(
        Stream.decodeText,
        Stream.pipeThroughChannel(Sse.decode()),
        Stream.mapError((error) => unreachable(String(error))),
        Stream.mapEffect(changeOf(endpoint)),
        Stream.concat(Stream.fail(unreachable("the server ended the stream; watch again")))
      )
    }))

  return { get, list, watch } as QueryEngine["Service"]
}
