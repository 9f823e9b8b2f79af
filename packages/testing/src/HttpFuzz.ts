/**
 * Fuzzes an HTTP server from the schemas of its requests: valid requests, valid ones with something changed, and what is
 * no HTTP at all. Whatever is sent, the server has to answer with 2xx or 4xx in time, and write nothing when it refuses.
 *
 * A run is the same for the same seed. It needs real time: use `it.live` of @effect/vitest.
 */
import * as Arbitrary from "effect/Arbitrary"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { exchange, show } from "./internal/fuzz/exchange.ts"
import { below, type Dice } from "./internal/fuzz/mutate.ts"
import { make, type Valid } from "./internal/fuzz/request.ts"

/** What can be asked of the server, and what a valid request holds. */
export interface Route {
  readonly method: string
  /** With `:name` for each parameter. */
  readonly path: string
  readonly params?: Schema.Top | undefined
  readonly query?: Schema.Top | undefined
  readonly body?: Schema.Top | undefined
  /** Sent with every request, such as an authorization. */
  readonly headers?: Readonly<Record<string, string>>
}

/** How a server is fuzzed. */
export interface Options {
  readonly server: { readonly host: string; readonly port: number }
  readonly routes: readonly [Route, ...ReadonlyArray<Route>]
  readonly seed: number
  /** How many requests are sent, one after the other. */
  readonly count: number
  /** How much was written so far, such as the number of events. */
  readonly written: Effect.Effect<number>
  /** Answers that are right although their status is 500 or more: their codes. */
  readonly allowed?: ReadonlyArray<string>
  /** How long the server may take for an answer; 5 seconds when absent. */
  readonly patience?: Duration.Input
}

/** A request that wasn't answered as it should have been. */
export interface Finding {
  /** The number of the request in the run. */
  readonly index: number
  readonly request: string
  readonly problem: string
}

/** What became of a run. */
export interface Report {
  readonly findings: ReadonlyArray<Finding>
  /** How many answers had each status; `0` counts connections that were closed on what isn't HTTP. */
  readonly statuses: Readonly<Record<number, number>>
}

/** How many different valid values of a schema are used. */
const samples = 40

/** Encoded values that a schema allows; those that it can't write are left out. */
const valuesOf = Effect.fnUntraced(
  function*(schema: Schema.Top | undefined, codec: (schema: Schema.Top) => unknown, seed: number) {
    if (schema === undefined) return [undefined]
    const encode = Schema.encodeUnknownResult(codec(schema) as Schema.Codec<unknown, unknown>)
    const values = yield* Effect.orDie(Arbitrary.sampleEffect(Arbitrary.schema(schema), { count: samples, seed }))
    const encoded = values.flatMap((value) =>
      Result.match(encode(value), { onSuccess: (one) => [one], onFailure: () => [] })
    )
    return encoded.length === 0 ? [undefined] : encoded
  }
)

/** Whose requests are made of samples of its schemas. */
const source = Effect.fnUntraced(function*(route: Route, seed: number) {
  const params = yield* valuesOf(route.params, Schema.toCodecStringTree, seed)
  const query = yield* valuesOf(route.query, Schema.toCodecStringTree, seed + 1)
  const bodies = yield* valuesOf(route.body, Schema.toCodecJson, seed + 2)
  const { headers = {}, method, path } = route
  const pick = (dice: Dice, values: ReadonlyArray<unknown>) => values[below(dice, values.length)]
  const defined = (value: unknown) =>
    Object.fromEntries(Object.entries((value ?? {}) as object).filter(([, inner]) => inner !== undefined))
  return (dice: Dice): Valid => ({
    method,
    path,
    headers,
    params: defined(pick(dice, params)),
    query: defined(pick(dice, query)),
    body: pick(dice, bodies) as Schema.Json | undefined
  })
})

const attack = Effect.fnUntraced(function*(options: Options) {
  const { allowed = [], count, patience = "5 seconds", routes, seed, server, written } = options
  const sources = yield* Effect.forEach(routes, (route, index) => source(route, seed + 10 * index))
  const random = yield* Random.Random
  const dice: Dice = () => random.nextDoubleUnsafe()
  const findings: Array<Finding> = []
  const statuses: Record<number, number> = {}
  let before = yield* written
  for (let index = 0; index < count; index++) {
    const wire = make(dice, sources[below(dice, sources.length)]!(dice))
    const found = (problem: string) => findings.push({ index, request: show(wire), problem })
    const answer = yield* Effect.timeoutOption(exchange(server, wire), patience)
    const after = yield* written
    if (Option.isNone(answer)) {
      found("was not answered in time")
    } else {
      const { status = 0, text } = answer.value
      statuses[status] = (statuses[status] ?? 0) + 1
      if (status === 0 && !wire.broken) found("the connection was closed without an answer")
      if (status >= 500 && !allowed.some((code) => text.includes(`"code":"${code}"`))) {
        found(`was answered with ${status}: ${text.slice(text.indexOf("\r\n\r\n") + 4)}`)
      }
      if (status >= 400 && after !== before) found(`was refused with ${status}, and ${after - before} were written`)
    }
    before = after
  }
  const report: Report = { findings, statuses }
  return report
})

/**
 * Sends requests one after the other, and gives those that weren't answered as they should have been.
 *
 * @example
 * ```ts
 * import * as HttpFuzz from "@reventless/testing/HttpFuzz"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const report = HttpFuzz.run({
 *   server: { host: "127.0.0.1", port: 4000 },
 *   routes: [{ method: "POST", path: "/notes", body: Schema.Struct({ text: Schema.String }) }],
 *   seed: 1,
 *   count: 500,
 *   written: Effect.succeed(0)
 * })
 * ```
 */
export const run = (options: Options): Effect.Effect<Report> => Random.withSeed(attack(options), String(options.seed))
