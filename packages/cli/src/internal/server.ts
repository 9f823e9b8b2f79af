import * as Problem from "@reventless/http/Problem"
import * as Effect from "effect/Effect"
import * as Sse from "effect/encoding/Sse"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import type * as UrlParams from "effect/http/UrlParams"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type Failure, refused, unreachable } from "./failure.ts"
import { root } from "./root.ts"

const decodeProblem = Schema.decodeUnknownOption(Problem.Problem)

const silent = (url: string): Failure =>
  unreachable(`Nothing answers at ${url}. Start the application, or say where it is: --url, or REVENTLESS_URL.`)

const stranger = (url: string, status: number): Failure =>
  unreachable(`What answers at ${url} (with status ${status}) has no operator's door. Is --url the application's?`)

/** What is wrong with a question, without the name of what was asked, which is the command's own. */
const faultOf = (said: string): string =>
  said.replace(/^[^:]* can't answer that: (.)/s, (_, first: string) => first.toUpperCase())

/** A problem in one line, with the way out. */
const fromProblem = (problem: Problem.Problem): Failure => {
  const said = faultOf(problem.detail ?? problem.title)
  const isDenied = problem.code === "AccessDenied"
  switch (problem.status) {
    case 401:
      return refused(
        `${
          isDenied ? "This is for the application's operators, and nobody is named." : said
        } Give a token: --token, or REVENTLESS_TOKEN; 'reventless token' gets one for development.`
      )
    case 403:
      return refused(
        `${
          isDenied ? "This is for the application's operators, and the token is of somebody else." : said
        } The application says who they are: the option 'operators' of Platform.layer.`
      )
    case 500:
    case 503:
      return refused(`${said} The server's log has more: correlation id ${problem.correlationId ?? "unknown"}.`)
    default:
      return refused(said)
  }
}

/** Whether a path is answered by a Reventless application that has it. */
const isNoDoor = (problem: Problem.Problem): boolean => problem.code === "NotFound"

const withUrl = Effect.map(root, (given) => {
  const url = given.url.replace(/\/+$/, "")
  const token = Option.match(given.token, {
    onNone: () => ({}),
    onSome: (token) => ({ authorization: `Bearer ${Redacted.value(token)}` })
  })
  const headers = { ...token, ...given.header }
  return { url, prepare: HttpClientRequest.setHeaders(headers) }
})

/** What it means that the application has nothing at the path, where that can be. */
interface AskOptions {
  readonly absent?: string
}

const ask = Effect.fnUntraced(function*(
  make: (url: string) => HttpClientRequest.HttpClientRequest,
  { absent }: AskOptions = {}
) {
  const http = yield* HttpClient.HttpClient
  const { prepare, url } = yield* withUrl
  const response = yield* Effect.mapError(http.execute(prepare(make(url))), () => silent(url))
  if (response.status < 300) return { response, url }
  const body = yield* Effect.option(response.json)
  const problem = Option.getOrUndefined(Option.flatMap(body, decodeProblem))
  if (problem === undefined) return yield* stranger(url, response.status)
  if (!isNoDoor(problem)) return yield* fromProblem(problem)
  return yield* absent === undefined ? stranger(url, response.status) : refused(`${url} answers. ${absent}`)
})

const read = <A>(schema: Schema.ConstraintDecoder<A>) => {
  const decode = Schema.decodeUnknownEffect(schema)
  return ({ response, url }: { readonly response: HttpClientResponse; readonly url: string }) =>
    Effect.mapError(Effect.flatMap(response.json, decode), () => stranger(url, response.status))
}

/** Asks the application for something. */
export const get = <A>(path: string, schema: Schema.ConstraintDecoder<A>, urlParams: UrlParams.Input = {}) =>
  Effect.flatMap(ask((url) => HttpClientRequest.get(`${url}${path}`, { urlParams })), read(schema))

const posting = (path: string, body: unknown, options?: AskOptions) =>
  ask((url) => HttpClientRequest.bodyJsonUnsafe(HttpClientRequest.post(`${url}${path}`), body), options)

/** Has the application do something. */
export const post = <A>(path: string, schema: Schema.ConstraintDecoder<A>, body: unknown, options?: AskOptions) =>
  Effect.flatMap(posting(path, body, options), read(schema))

/** Has the application do something, and follows it: what it tells by events of one name. */
export const follow = <A>(path: string, schema: Schema.ConstraintDecoder<A>, event: string) =>
  Stream.unwrap(Effect.map(posting(path, {}), ({ response, url }) => {
    const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(schema))
    const problem = Schema.decodeUnknownEffect(Schema.fromJsonString(Problem.Problem))
    const broken = () => silent(url)
    return response.stream.pipe(
      Stream.decodeText,
      Stream.pipeThroughChannel(Sse.decode()),
      Stream.mapError(broken),
      Stream.mapEffect((told): Effect.Effect<A, Failure> =>
        told.event === event
          ? Effect.mapError(decode(told.data), broken)
          : Effect.flatMap(
            Effect.mapError(problem(told.data), broken),
            (found) => Effect.fail(fromProblem(found))
          )
      )
    )
  }))

/** A path with what is between its parts percent-encoded. */
export const path = (parts: TemplateStringsArray, ...values: ReadonlyArray<string>): string =>
  String.raw({ raw: parts }, ...values.map(encodeURIComponent))
