import { assert, describe, it } from "@effect/vitest"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Telemetry from "@reventless/http/Telemetry"
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import { createServer } from "node:http"
import { layerPlatform, send } from "./fixtures/server.ts"
import { kettle } from "./fixtures/shop.ts"

/** What a collector was sent, by path. */
interface Collected {
  readonly url: string
  readonly bodies: Record<string, Array<any>>
  readonly types: Set<string | undefined>
}

/** A collector on a free port of 127.0.0.1. */
const collector = Effect.acquireRelease(
  Effect.callback<Collected & { readonly close: () => void }>((resume) => {
    const bodies: Record<string, Array<any>> = {}
    const types = new Set<string | undefined>()
    const server = createServer((request, response) => {
      let text = ""
      request.on("data", (data: Buffer) => {
        text += data.toString()
      })
      request.on("end", () => {
        types.add(request.headers["content-type"])
        const isJson = request.headers["content-type"] === "application/json"
        const body = isJson ? JSON.parse(text) : text
        ;(bodies[request.url!] ??= []).push({ body, key: request.headers["x-key"] })
        response.writeHead(200, { "content-type": "application/json" }).end("{}")
      })
    })
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { readonly port: number }
      const close = () => {
        server.close()
        server.closeAllConnections()
      }
      resume(Effect.succeed({ url: `http://127.0.0.1:${port}`, bodies, types, close }))
    })
  }),
  ({ close }) => Effect.sync(close)
)

interface Surroundings {
  readonly env: Record<string, string>
  readonly terminal?: boolean
}

/** Telemetry as an environment says, and what is written to the console. */
const surrounded = (
  { env, terminal = false }: Surroundings,
  lines: Array<string>,
  options?: Partial<Telemetry.Options>
) => {
  const note = (...texts: ReadonlyArray<unknown>) => void lines.push(texts.join(" "))
  return Telemetry.layer({ serviceName: "kitchen", ...options }).pipe(
    Layer.provide(Layer.mergeAll(
      Layer.succeed(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
      Layer.succeed(TerminalCapabilities.TerminalCapabilities, {
        canColor: false,
        canAnimate: terminal,
        canPrompt: terminal
      })
    )),
    Layer.merge(Layer.succeed(Console.Console, { ...globalThis.console, log: note, error: note }))
  )
}

/** Sends one command to a server with telemetry, logs a line, and ends. */
const oneCommand = Effect.fnUntraced(function*(surroundings: Surroundings, options?: Partial<Telemetry.Options>) {
  const lines: Array<string> = []
  yield* Effect.gen(function*() {
    const { status } = yield* send("/online-shop/commands/AddProduct", kettle)
    assert.strictEqual(status, 200)
    yield* Effect.logInfo("one command was sent")
    yield* Effect.logDebug("and this is a detail")
  }).pipe(
    Effect.provide(
      HttpServer.layer({ port: 0 }).pipe(
        Layer.provideMerge(layerPlatform),
        Layer.provideMerge(surrounded(surroundings, lines, options))
      )
    )
  )
  return lines
})

const json = { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json" }

/** The attributes of the resource that a body is about. */
const resourceOf = (body: any): Record<string, string> => {
  const [{ resource }] = body.resourceSpans ?? body.resourceMetrics ?? body.resourceLogs
  return Object.fromEntries(resource.attributes.map(({ key, value }: any) => [key, value.stringValue]))
}

describe("telemetry", () => {
  it.live("the traces, metrics and logs of a command go to the endpoint that the environment names", () =>
    Effect.gen(function*() {
      const { bodies, url } = yield* collector
      yield* oneCommand({
        env: { ...json, OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_EXPORTER_OTLP_HEADERS: "x-key=secret" }
      }, { serviceVersion: "1.2.3" })
      assert.hasAllKeys(bodies, ["/v1/traces", "/v1/metrics", "/v1/logs"])
      for (const { body, key } of Object.values(bodies).flat()) {
        assert.strictEqual(key, "secret")
        assert.deepInclude(resourceOf(body), { "service.name": "kitchen", "service.version": "1.2.3" })
      }
      const spans = bodies["/v1/traces"]!.flatMap(({ body }) => body.resourceSpans[0].scopeSpans[0].spans)
      const named = (name: string) => spans.find((span: any) => span.name === name)
      assert.isDefined(named("CommandBus.dispatch") ?? named("CommandBus.send"))
      const handled = named("CommandPipeline.handle")
      assert.isTrue(spans.some((span: any) => span.spanId === handled.parentSpanId && span.traceId === handled.traceId))
      const metrics = bodies["/v1/metrics"]!.flatMap(({ body }) => body.resourceMetrics[0].scopeMetrics[0].metrics)
      assert.include(metrics.map(({ name }: any) => name), "reventless_commands")
      const logs = bodies["/v1/logs"]!.flatMap(({ body }) => body.resourceLogs[0].scopeLogs[0].logRecords)
      assert.include(logs.map(({ body }: any) => body.stringValue), "one command was sent")
    }).pipe(Effect.scoped))

  it.live("each has its own endpoint where one is named, and a name and attributes of the environment", () =>
    Effect.gen(function*() {
      const { bodies, url } = yield* collector
      const env = { ...json, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/mine`, OTEL_RESOURCE_ATTRIBUTES: "zone=b" }
      yield* oneCommand({ env: { ...env, OTEL_SERVICE_NAME: "shop-b" } })
      assert.hasAllKeys(bodies, ["/mine"])
      assert.deepInclude(resourceOf(bodies["/mine"]![0].body), { "service.name": "shop-b", zone: "b" })
      yield* oneCommand({ env: { ...env, OTEL_RESOURCE_ATTRIBUTES: "service.name=shop-c" } })
      assert.deepInclude(resourceOf(bodies["/mine"]!.at(-1).body), { "service.name": "shop-c" })
    }).pipe(Effect.scoped))

  it.live("protobuf is spoken unless JSON is asked for", () =>
    Effect.gen(function*() {
      const { bodies, types, url } = yield* collector
      yield* oneCommand({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: url } })
      assert.hasAllKeys(bodies, ["/v1/traces", "/v1/metrics", "/v1/logs"])
      assert.deepStrictEqual([...types], ["application/x-protobuf"])
    }).pipe(Effect.scoped))

  it.live("nothing is exported when it is disabled, or no endpoint is named", () =>
    Effect.gen(function*() {
      const { bodies, url } = yield* collector
      yield* oneCommand({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: url, OTEL_SDK_DISABLED: "true" } })
      yield* oneCommand({
        env: {
          OTEL_EXPORTER_OTLP_ENDPOINT: url,
          OTEL_TRACES_EXPORTER: "none",
          OTEL_METRICS_EXPORTER: "none",
          OTEL_LOGS_EXPORTER: "none"
        }
      })
      yield* oneCommand({ env: {} })
      assert.deepStrictEqual(bodies, {})
    }).pipe(Effect.scoped))

  it.live("a collector that doesn't answer disturbs nobody", () =>
    Effect.gen(function*() {
      const before = performance.now()
      yield* oneCommand({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:9" } })
      assert.isBelow(performance.now() - before, 60_000)
    }))

  it.live("logs are JSON lines, or written for people at a terminal; the environment decides the level", () =>
    Effect.gen(function*() {
      const said = (lines: ReadonlyArray<string>) => lines.some((line) => line.includes("one command was sent"))
      const detailed = (lines: ReadonlyArray<string>) => lines.some((line) => line.includes("this is a detail"))
      const piped = yield* oneCommand({ env: {} })
      assert.isTrue(said(piped) && piped.every((line) => JSON.parse(line).level === "INFO"))
      const shown = yield* oneCommand({ env: {}, terminal: true })
      assert.match(
        shown.find((line) => line.includes("one command"))!,
        /^\[[\d:.]+\] INFO \(#\d+\): one command was sent/
      )
      assert.isTrue(said(yield* oneCommand({ env: { LOG_FORMAT: "json" }, terminal: true })))
      assert.isFalse(detailed(piped))
      assert.isTrue(detailed(yield* oneCommand({ env: { LOG_LEVEL: "debug" } })))
      assert.isFalse(said(yield* oneCommand({ env: { LOG_LEVEL: "WARN" } })))
      const warned = Effect.provideService(oneCommand({ env: {} }), References.MinimumLogLevel, "Warn")
      assert.isFalse(said(yield* warned))
    }))

  it.live("what the environment says wrongly is refused by name", () =>
    Effect.gen(function*() {
      const wrong = [
        ["OTEL_EXPORTER_OTLP_ENDPOINT", "collector"],
        ["OTEL_EXPORTER_OTLP_LOGS_ENDPOINT", "collector"],
        ["OTEL_EXPORTER_OTLP_PROTOCOL", "grpc"],
        ["OTEL_SDK_DISABLED", "perhaps"],
        ["LOG_LEVEL", "loud"],
        ["LOG_FORMAT", "xml"]
      ] as const
      for (const [name, value] of wrong) {
        const error = yield* Effect.flip(Effect.scoped(Layer.build(surrounded({ env: { [name]: value } }, []))))
        assert.include(error.message, name)
      }
    }))
})
