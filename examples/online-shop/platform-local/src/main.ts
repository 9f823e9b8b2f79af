/**
 * `pnpm demo`: opens the shop, fills it when it is new, and says what to try. `pnpm demo pay` pays an order, `pnpm demo catalog`
 * and so on open one plugin in a process of its own.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as NodeSocketServer from "@effect/platform-node/NodeSocketServer"
import * as PackageVersion from "@reventless/core/PackageVersion"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Catalog } from "@reventless/example-catalog"
import { Customers } from "@reventless/example-customers"
import { Ordering, Orders } from "@reventless/example-ordering"
import { OrderId } from "@reventless/example-ordering-spec"
import { Shipping } from "@reventless/example-shipping"
import { DevelopmentIssuer } from "@reventless/http/DevelopmentIssuer"
import * as HttpClient from "@reventless/http/HttpClient"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Telemetry from "@reventless/http/Telemetry"
import * as Cause from "effect/Cause"
import * as Argument from "effect/cli/Argument"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as References from "effect/References"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import * as Alone from "./alone.ts"
import * as MailFile from "./MailFile.ts"
import * as PaymentProvider from "./PaymentProvider.ts"
import { isFilled, seed } from "./seed/seed.ts"
import * as Shop from "./Shop.ts"
import * as Summary from "./Summary.ts"
import * as Tokens from "./Tokens.ts"
import { welcome } from "./welcome.ts"

/** After a crash it takes some seconds until the views are sure that nobody else feeds them. */
const excuse = Effect.delay(Console.log("One moment, the views are catching up ..."), "1 second")

/** Opens the shop, fills it when it is new, and says what to try. */
const open = (options: Shop.Options) =>
  Effect.gen(function*() {
    const { port, url } = yield* HttpServer.HttpServer
    const issuer = yield* DevelopmentIssuer
    const { token: manager } = yield* issuer.issue({ id: "manager", groups: ["shop-manager"] })
    const { token: ada } = yield* issuer.issue({ id: "ada" })
    const client = HttpClient.layer({
      baseUrl: url,
      plugins: [Catalog, Customers, Ordering, Shipping],
      headers: { authorization: `Bearer ${manager}` }
    })
    if (!(yield* isFilled)) yield* Effect.provide(seed(url), client)
    const summary = yield* Effect.raceFirst(Summary.take(options.file), Effect.andThen(excuse, Effect.never))
    const placed = [...summary.orders.values()].reduce((sum, count) => sum + count, 0)
    const mails = yield* Effect.repeat(MailFile.count(Shop.beside(options.file).mails), {
      until: (count) => count >= placed,
      schedule: Schedule.upTo(Schedule.spaced("25 millis"), { duration: "5 seconds" })
    })
    yield* Console.log(welcome({ ...options, mails, port, summary, tokens: { ada, manager }, url }))
    return yield* Effect.never
  }).pipe(Effect.provide([
    Layer.provideMerge(
      Shop.layer(options),
      Telemetry.layer({ serviceName: "online-shop", serviceVersion: options.version })
    ),
    FetchHttpClient.layer
  ]))

/** Pays an order of a shop that is open. */
const payOrder = Effect.fnUntraced(function*(orderId: string, port: number) {
  const url = `http://127.0.0.1:${port}`
  const { token } = yield* Tokens.get(url, { sub: "cashier", groups: ["shop-manager"] })
  const remote = HttpClient.layer({
    baseUrl: url,
    plugins: [Ordering],
    headers: { authorization: `Bearer ${token}` }
  })
  const order = yield* Effect.provide(
    Effect.flatMap(QueryEngine, (queries) => queries.get(Orders, OrderId.make(orderId))),
    remote
  )
  if (Option.isNone(order)) {
    return yield* new CliError.UserError({
      cause: undefined,
      userMessage: `The shop at ${url} has no order '${orderId}'. Place it first, or name another port: --port.`
    })
  }
  const { total } = order.value
  yield* PaymentProvider.pay(url, { orderId, amount: total })
  yield* Console.log(`The shop was told that ${total.amount / 100} ${total.currency} came in for order ${orderId}.`)
})

/** Deletes the shop and its mails, unless one is open at the port. What is in the inbox is read again. */
const reset = Effect.fnUntraced(function*({ file, port }: Shop.Options) {
  const host = "127.0.0.1"
  const isFree = Effect.scoped(NodeSocketServer.make({ host, port }))
  yield* Effect.mapError(isFree, () => new HttpServer.PortInUse({ host, port }))
  const fs = yield* FileSystem.FileSystem
  yield* Effect.mapError(
    Effect.forEach(
      [...["", "-wal", "-shm"].map((suffix) => file + suffix), Shop.beside(file).mails, Shop.beside(file).addresses],
      (path) => fs.remove(path, { force: true }),
      { discard: true }
    ),
    (cause) =>
      new CliError.UserError({
        cause,
        userMessage: `Can't delete '${file}'. Check the rights of the file and its folder, or choose another: --file.`
      })
  )
})

/** One plugin in a process of its own. */
const alone = (options: Shop.Options, name: Shop.PluginName) =>
  Alone.open(options, name).pipe(Effect.provide(
    Layer.provideMerge(
      Shop.layer(options, name),
      Telemetry.layer({ serviceName: name, serviceVersion: options.version })
    )
  ))

const portFlag = (otherwise: number) =>
  Flag.Int("port").pipe(
    Flag.withDescription(`The port to listen on, for this machine only; ${otherwise} when absent`),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
    Flag.withDefault(otherwise)
  )

const flags = {
  file: Flag.String("file").pipe(
    Flag.withDescription("The file that the shop is kept in; shop.db when absent"),
    Flag.withDefault("shop.db")
  ),
  port: portFlag(4000),
  reset: Flag.Boolean("reset").pipe(
    Flag.withDescription("Delete the file and begin with a new shop"),
    Flag.withDefault(false)
  )
}

const pay = Command.make(
  "pay",
  { order: Argument.String("order"), port: flags.port },
  ({ order, port }) =>
    payOrder(order, port).pipe(
      Effect.mapError((cause) => new CliError.UserError({ cause, userMessage: cause.message })),
      Effect.provide(FetchHttpClient.layer)
    )
).pipe(Command.withDescription("Pays an order of the shop at the port, by a signed webhook."))

const ownProcess = (name: Shop.PluginName, version: string) =>
  Command.make(
    name,
    { file: flags.file, port: portFlag(Alone.defaultPort(name)) },
    (given) =>
      alone({ ...given, version }, name).pipe(
        Effect.mapError((cause) => new CliError.UserError({ cause, userMessage: cause.message }))
      )
  ).pipe(
    Command.withDescription(`Opens ${name} by itself; it finds the others in the registry that the file has.`)
  )

const cli = (version: string) =>
  Command.make("demo", flags, (given) => {
    const options = { ...given, version }
    return Effect.andThen(given.reset ? reset(options) : Effect.void, open(options)).pipe(
      Effect.mapError((cause) => new CliError.UserError({ cause, userMessage: cause.message }))
    )
  }).pipe(
    Command.withDescription("Opens the online shop: catalog and orders, and an HTTP API to them."),
    Command.withSubcommands([pay, ...Shop.pluginNames.map((name) => ownProcess(name, version))])
  )

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
