/**
 * Traces, metrics and logs of a program, as the environment says; for the composition root, around everything else.
 *
 * They are exported by OTLP over HTTP to where the standard variables say: `OTEL_EXPORTER_OTLP_ENDPOINT`, or one for each
 * (`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `..._METRICS_...`, `..._LOGS_...`), with `OTEL_EXPORTER_OTLP_HEADERS`,
 * `OTEL_EXPORTER_OTLP_PROTOCOL` (`http/protobuf`, which is the default, or `http/json`), `OTEL_SERVICE_NAME` and
 * `OTEL_RESOURCE_ATTRIBUTES`. Without an endpoint, or with `OTEL_SDK_DISABLED=true`, nothing is. What was not sent yet is
 * sent when the program ends, within 3 seconds; a collector that doesn't answer disturbs nobody.
 *
 * Logs are written to the console too: for people at a terminal, as JSON lines otherwise. `LOG_FORMAT` (`pretty` or
 * `json`) and `LOG_LEVEL` (`debug`, `info`, `warn`, ...) say otherwise; without it the level stays as it was.
 */
import * as TerminalCapabilities from "effect/cli/TerminalCapabilities"
import * as Config from "effect/Config"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Otlp from "effect/observability/Otlp"
import * as OtlpSerialization from "effect/observability/OtlpSerialization"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Schema from "effect/Schema"

/** What holds where the environment says nothing. */
export interface Options {
  /** How the program is called where its telemetry is looked at. */
  readonly serviceName: string
  readonly serviceVersion?: string
}

const signals = ["TRACES", "METRICS", "LOGS"] as const

/** An endpoint is meant to be used: Effect asks for a second variable that says so. */
const exporters = ConfigProvider.fromEnv({
  env: Object.fromEntries(signals.map((signal) => [`OTEL_${signal}_EXPORTER`, "otlp"]))
})

/** Fails on what would else be found when the first signal is exported. */
const checked = Config.all({
  disabled: Config.Boolean("OTEL_SDK_DISABLED").pipe(Config.withDefault(false)),
  endpoints: Config.all([
    Config.option(Config.URL("OTEL_EXPORTER_OTLP_ENDPOINT")),
    ...signals.map((signal) => Config.option(Config.URL(`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`)))
  ]),
  protocol: Config.Literals(["http/protobuf", "http/json"], "OTEL_EXPORTER_OTLP_PROTOCOL").pipe(
    Config.withDefault("http/protobuf" as const)
  ),
  name: Config.option(Config.String("OTEL_SERVICE_NAME")),
  attributes: Config.Record(Schema.String, Schema.String, "OTEL_RESOURCE_ATTRIBUTES").pipe(
    Config.withDefault({} as Record<string, string>)
  )
})

const exported = (options: Options) =>
  Layer.unwrap(Effect.map(checked, ({ attributes, name, protocol }) => {
    const isNamed = Option.isSome(name) || attributes["service.name"] !== undefined
    return Otlp.layerFromConfig({
      resource: {
        serviceName: isNamed ? undefined : options.serviceName,
        serviceVersion: attributes["service.version"] === undefined ? options.serviceVersion : undefined
      }
    }).pipe(
      Layer.provide(protocol === "http/json" ? OtlpSerialization.layerJson : OtlpSerialization.layerProtobuf),
      Layer.provide(FetchHttpClient.layer),
      Layer.provide(ConfigProvider.layerAdd(exporters))
    )
  }))

const format = Config.Literals(["pretty", "json"], "LOG_FORMAT").pipe(Config.option)

const levels = Object.fromEntries(LogLevel.values.map((level) => [level.toLowerCase(), level]))

const known = Schema.String.check(
  Schema.makeFilter((text: string) =>
    levels[text.toLowerCase()] !== undefined || `must be one of ${Object.keys(levels).join(", ")}`
  )
)

/** `Config.LogLevel` knows `Warn`; people write `warn` and `WARN` too. */
const level = (otherwise: LogLevel.LogLevel) =>
  Config.schema(known, "LOG_LEVEL").pipe(
    Config.map((text) => levels[text.toLowerCase()]!),
    Config.withDefault(otherwise)
  )

const logged = Layer.unwrap(Effect.gen(function*() {
  const { canAnimate } = yield* TerminalCapabilities.TerminalCapabilities
  const isPretty = Option.getOrElse(yield* format, () => canAnimate ? "pretty" : "json") === "pretty"
  return Layer.mergeAll(
    Logger.layer([isPretty ? Logger.consolePretty() : Logger.consoleJson]),
    Layer.succeed(References.MinimumLogLevel, yield* level(yield* References.MinimumLogLevel))
  )
}))

/**
 * Provides the loggers, and the tracer and metrics' exporter where the environment asks for them.
 *
 * @example
 * ```ts
 * import * as Telemetry from "@reventless/http/Telemetry"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.logInfo("open").pipe(Effect.provide(Telemetry.layer({ serviceName: "shop" })))
 * ```
 */
export const layer = (options: Options): Layer.Layer<never, Config.ConfigError> =>
  Layer.provideMerge(exported(options), logged)
