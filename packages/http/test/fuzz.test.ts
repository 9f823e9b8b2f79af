import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Token from "@reventless/core/Token"
import { WorkStores } from "@reventless/core/WorkStore"
import * as HttpServer from "@reventless/http/HttpServer"
import * as OperationsApi from "@reventless/http/OperationsApi"
import * as PluginApi from "@reventless/http/PluginApi"
import * as HttpFuzz from "@reventless/testing/HttpFuzz"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as v8 from "node:v8"
import * as vm from "node:vm"
import { ofPlugin } from "../src/internal/endpoints.ts"
import { fill, Kitchen } from "./fixtures/kitchen.ts"
import { layerMemory, Logged, resolver, Stored } from "./fixtures/server.ts"
import { OnlineShop } from "./fixtures/shop.ts"

const count = Number(process.env["FUZZ_COUNT"] ?? 300)
const seed = Number(process.env["FUZZ_SEED"] ?? 1)

const headers = { authorization: "Bearer ada:managers" }

const input = { order: Schema.NonEmptyString, amount: Schema.Int, lines: Schema.Array(Schema.String) }
class Signed extends InboundTranslationSlice.make("Signed", { input, sends: [] }) {}
class Unsigned extends InboundTranslationSlice.make("Unsigned", {
  input,
  sends: [],
  signed: false,
  access: Access.anyone
}) {}

const Till = Plugin.make("Till", {
  version: "1.0.0",
  inboundTranslationSlices: [
    Signed.translation({
      secret: Effect.succeed(Redacted.make("a secret that nobody guesses")),
      translate: () => Effect.undefined
    }),
    Unsigned.translation({ translate: () => Effect.undefined })
  ]
})

/** The shop and the kitchen with all their doors open. */
const layer = HttpServer.layer({ port: 0, drainTimeout: "600 millis" }).pipe(
  Layer.provideMerge(
    Platform.layer({
      version: "1.0.0",
      plugins: [OnlineShop, Kitchen(), Till],
      defaultAccess: Access.anyone,
      operators: Access.authenticated
    })
  ),
  Layer.provideMerge(layerMemory),
  Layer.provide(resolver),
  Layer.provideMerge(Logged.layer)
)

/** Commands that fail or dawdle by design. */
const faulty = ["Break", "Dawdle"]

/** The instant that every view has reached: a query doesn't wait for it. */
const reached = Schema.Literals([Schema.encodeSync(Token.Token)(Token.none)])

const queryOf = (query: Schema.Top | undefined): Schema.Top | undefined =>
  query === undefined
    ? undefined
    : Schema.Struct({
      ...(query as Schema.Struct<Schema.Struct.Fields>).fields,
      after: Schema.optionalKey(reached)
    })

const plugins = [OnlineShop, Kitchen()].flatMap((plugin) => ofPlugin(PluginApi.fromPlugin(plugin), undefined))

const commands = plugins.flatMap((endpoint): ReadonlyArray<HttpFuzz.Route> =>
  endpoint.kind !== "command" || faulty.includes(endpoint.http.identifier) ? [] : [{
    method: "POST",
    path: endpoint.http.path,
    body: endpoint.address.command.schema as Schema.Top,
    headers
  }]
)

const views = plugins.flatMap((endpoint): ReadonlyArray<HttpFuzz.Route> =>
  endpoint.kind === "command" ? [] : [{
    method: "GET",
    path: endpoint.http.path,
    params: endpoint.http.params as Schema.Top | undefined,
    query: queryOf(endpoint.http.query as Schema.Top | undefined),
    headers
  }]
)

const view = Schema.Struct({ view: Schema.Literals(["Kitchen.Pots", "OnlineShop.Products", "OnlineShop.Nothing"]) })
const lane = Schema.Literals(["a", "b", "c"])
const ofView = (method: string, name: string, parts: Partial<HttpFuzz.Route>): HttpFuzz.Route => ({
  method,
  path: `/ops/views/:view/${name}`,
  params: view,
  headers,
  ...parts
})

const webhooks: ReadonlyArray<HttpFuzz.Route> = ["Signed", "Unsigned"].flatMap((name) =>
  [{}, { "webhook-id": "msg_1", "webhook-timestamp": "1700000000", "webhook-signature": "v1,AAAA" }].map((headers) => ({
    method: "POST",
    path: `/till/inbound/${name}`,
    body: Schema.Struct(input),
    headers
  }))
)

const item = Schema.Struct({
  plugin: Schema.Literals(["Kitchen", "Platform", "Nothing"]),
  queue: Schema.Literals(["commands", "schedules"]),
  id: Schema.NonEmptyString
})

const operations: ReadonlyArray<HttpFuzz.Route> = [
  { method: "GET", path: "/ops/views", headers },
  ofView("GET", "parked", { query: Schema.Struct({ ...OperationsApi.ParkedQuery, lane: Schema.optionalKey(lane) }) }),
  ofView("GET", "skipped", {}),
  ofView("POST", "replay", { body: Schema.Struct({ lane }) }),
  ofView("POST", "skip", { body: Schema.Struct({ lane, why: OperationsApi.SkipBody.fields.why }) }),
  ofView("POST", "rebuild", { body: OperationsApi.RebuildBody }),
  {
    method: "GET",
    path: "/ops/events/:plugin",
    params: Schema.Struct({ plugin: Schema.Literals(["Kitchen", "OnlineShop", "Nothing"]) }),
    query: Schema.Struct(OperationsApi.EventsQuery),
    headers
  },
  {
    method: "GET",
    path: "/ops/inbound/:slice",
    params: Schema.Struct({ slice: Schema.Literals(["Till.Signed", "Till.Unsigned", "Nothing"]) }),
    query: Schema.Struct(OperationsApi.InboundQuery),
    headers
  },
  { method: "GET", path: "/ops/work", query: Schema.Struct(OperationsApi.WorkQuery), headers },
  {
    method: "POST",
    path: "/ops/work/:plugin/:queue/:id/replay",
    params: item,
    body: OperationsApi.ReplayWorkBody,
    headers
  },
  {
    method: "POST",
    path: "/ops/work/:plugin/:queue/:id/cancel",
    params: item,
    body: OperationsApi.CancelWorkBody,
    headers
  }
]

const collectGarbage = (): number => {
  v8.setFlagsFromString("--expose-gc")
  vm.runInNewContext("gc")()
  return process.memoryUsage().heapUsed
}

/** Fuzzes some routes of a kitchen where much is parked, and gives what was answered how often. */
const fuzz = (routes: ReadonlyArray<HttpFuzz.Route>) =>
  Effect.gen(function*() {
    const rejections: Array<unknown> = []
    const note = (reason: unknown) => void rejections.push(reason)
    process.on("unhandledRejection", note)
    yield* Effect.addFinalizer(() => Effect.sync(() => process.off("unhandledRejection", note)))
    const server = yield* HttpServer.HttpServer
    const stored = yield* Stored
    const { skipped } = yield* Operations
    const work = yield* (yield* WorkStores).of("Till")
    const accepted = Effect.map(
      Effect.forEach(["Signed", "Unsigned"], (name) =>
        Effect.forEach([undefined, "Done"] as const, (state) =>
          work.list(`inbound.${name}`, { state, limit: Infinity }))),
      (found) =>
        found.flat(2).length
    )
    for (const pot of ["a", "b", "c"]) {
      yield* fill(
        [pot, 1],
        ...Array.from({ length: 20 }, () =>
          [pot, 13] as const)
      )
    }
    const before = collectGarbage()
    const report = yield* HttpFuzz.run({
      server,
      routes: routes as readonly [HttpFuzz.Route, ...ReadonlyArray<HttpFuzz.Route>],
      seed,
      count,
      patience: "1 minute",
      written: Effect.orDie(Effect.zipWith(
        skipped("Kitchen.Pots"),
        accepted,
        (skips, accepted) => stored.length + skips.length + accepted
      ))
    })
    assert.deepStrictEqual(report.findings, [], `FUZZ_SEED=${seed}`)
    assert.deepStrictEqual(rejections, [])
    const grown = (collectGarbage() - before) / 1024 / 1024
    assert.isBelow(grown, 32, "MiB")
    return report.statuses
  }).pipe(Effect.scoped, Effect.provide(layer))

const limit = { timeout: 120_000 + count * 200 }

describe("whatever is sent over HTTP is answered with 2xx or 4xx, and refused ones write nothing", () => {
  it.live("to commands", () =>
    Effect.gen(function*() {
      const statuses = yield* fuzz(commands)
      assert.containsAllKeys(statuses, [200, 400, 404, 415])
    }), limit)

  it.live("to views", () =>
    Effect.gen(function*() {
      const statuses = yield* fuzz(views)
      assert.containsAllKeys(statuses, [200, 400, 404])
    }), limit)

  it.live("to webhooks", () =>
    Effect.gen(function*() {
      const statuses = yield* fuzz(webhooks)
      assert.containsAllKeys(statuses, [202, 400, 401, 404, 409, 415])
    }), limit)

  it.live("to the operator's door", () =>
    Effect.gen(function*() {
      const statuses = yield* fuzz(operations)
      assert.containsAllKeys(statuses, [200, 400, 404])
    }), limit)
})
