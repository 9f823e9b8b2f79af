/**
 * The online shop on one machine: its catalog on an SQLite file, served over HTTP. The composition root, and the only
 * file that names providers.
 */
import * as NodeHttpClient from "@effect/platform-node/NodeHttpClient"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as Access from "@reventless/core/Access"
import * as PackageVersion from "@reventless/core/PackageVersion"
import * as Platform from "@reventless/core/Platform"
import * as Principal from "@reventless/core/Principal"
import { Catalog } from "@reventless/example-catalog"
import * as HttpClient from "@reventless/http/HttpClient"
import * as HttpServer from "@reventless/http/HttpServer"
import { PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Telemetry from "@reventless/http/Telemetry"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import { seed } from "./seed/seed.ts"
import * as Stock from "./Stock.ts"
import { welcome } from "./welcome.ts"

interface Options {
  readonly version: string
  readonly file: string
  readonly port: number
}

/** Takes every caller for a shop manager: right for a demo on one's own machine, and nowhere else. */
const EveryoneManages = Layer.succeed(PrincipalResolver, {
  challenge: "Bearer",
  resolve: () => Effect.succeed(Principal.user("demo", ["shop-manager"]))
})

const shop = ({ file, port, version }: Options) =>
  HttpServer.layer({ port, title: "Online shop" }).pipe(
    Layer.provide(EveryoneManages),
    Layer.provideMerge(Platform.layer({ version, plugins: [Catalog], operators: Access.groups("shop-manager") })),
    Layer.provide(SqlitePlatform.layer({ filename: file })),
    Layer.provideMerge(Telemetry.layer({ serviceName: "online-shop", serviceVersion: version }))
  )

/** After a crash it takes some seconds until the views are sure that nobody else feeds them. */
const excuse = Effect.delay(Console.log("One moment, the views are catching up ..."), "1 second")

/** Opens the shop, fills it when it is new, and says what to try. */
const open = (options: Options) =>
  Effect.gen(function*() {
    const { url } = yield* HttpServer.HttpServer
    yield* Effect.provide(seed, HttpClient.layer({ baseUrl: url, plugins: [Catalog] }))
    const stock = yield* Effect.raceFirst(Stock.take, Effect.andThen(excuse, Effect.never))
    yield* Console.log(welcome({ ...options, url, stock }))
    return yield* Effect.never
  }).pipe(Effect.provide([shop(options), NodeHttpClient.layerUndici]))

/** Deletes the shop, unless one is open at the port. */
const reset = Effect.fnUntraced(function*({ file, port }: Options) {
  const host = "127.0.0.1"
  const isFree = Effect.scoped(NodeSocketServer.make({ host, port }))
  yield* Effect.mapError(isFree, () => new HttpServer.PortInUse({ host, port }))
  const fs = yield* FileSystem.FileSystem
  yield* Effect.mapError(
    Effect.forEach(["", "-wal", "-shm"], (suffix) => fs.remove(file + suffix, { force: true }), { discard: true }),
    (cause) =>
      new CliError.UserError({
        cause,
        userMessage: `Can't delete '${file}'. Check the rights of the file and its folder, or choose another: --file.`
      })
  )
})

const flags = {
  file: Flag.String("file").pipe(
    Flag.withDescription("The file that the shop is kept in; shop.db when absent"),
    Flag.withDefault("shop.db")
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("The port to listen on, for this machine only; 4000 when absent"),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
    Flag.withDefault(4000)
  ),
  reset: Flag.Boolean("reset").pipe(
    Flag.withDescription("Delete the file and begin with a new shop"),
    Flag.withDefault(false)
  )
}

const cli = (version: string) =>
  Command.make("demo", flags, (given) => {
    const options = { ...given, version }
    return Effect.andThen(given.reset ? reset(options) : Effect.void, open(options)).pipe(
      Effect.mapError((cause) => new CliError.UserError({ cause, userMessage: cause.message }))
    )
  }).pipe(Command.withDescription("Opens the online shop: its catalog, and an HTTP API to it."))

/** Whoever closes the shop with Ctrl-C or SIGTERM didn't fail. */
const closed: Runtime.Teardown = (exit, onExit) =>
  Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)

PackageVersion.fromDirectory(import.meta.dirname).pipe(
  Effect.flatMap((version) => Command.run(cli(version), { version })),
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.provide([
    NodeServices.layer,
    CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.LogLevel] })
  ]),
  NodeRuntime.runMain({ teardown: closed })
)
