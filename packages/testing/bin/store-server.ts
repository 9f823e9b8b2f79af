/**
 * `pnpm store-server --store memory|sqlite|dynamodb [--file F] [--endpoint URL] [--table T] [--port N]`: serves a bare event store with an open plan, for
 * suites that call stores over HTTP. Prints `ready` with its URL when it listens; SIGTERM and SIGINT stop it.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { EventStore } from "@reventless/core/EventStore"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as StoreServer from "@reventless/testing/StoreServer"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as HttpServer from "effect/http/HttpServer"
import { ServeError } from "effect/http/HttpServerError"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"

/** The file of the SQLite store: the one that was given, or one that is removed at the end. */
const filename = (file: Option.Option<string>) =>
  Option.match(file, {
    onSome: Effect.succeed,
    onNone: () =>
      Effect.map(
        Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped({ prefix: "store-server-" })),
        (folder) => `${folder}/store.db`
      )
  })

const sqlite = (file: Option.Option<string>) =>
  Layer.unwrap(Effect.gen(function*() {
    const { layer } = yield* Effect.promise(() => import("@reventless/sqlite/EventStoreSqlite"))
    return layer({ filename: yield* filename(file) })
  }))

/** The table that was given, created when it isn't there; or one of its own, which is removed at the end. */
const dynamodb = (endpoint: Option.Option<string>, table: Option.Option<string>) =>
  Layer.unwrap(Effect.gen(function*() {
    const { Doorbells, Dynamo, DynamoTable, EventStoreDynamo } = yield* Effect.promise(() => import("@reventless/aws"))
    const name = Option.getOrElse(table, () => `store-server-${crypto.randomUUID()}`)
    const client = Dynamo.layer(Option.match(endpoint, {
      onNone: () => ({}),
      onSome: (endpoint) => ({
        endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "local", secretAccessKey: "local" }
      })
    }))
    const create = DynamoTable.create({ table: name })
    const created = Option.isSome(table)
      ? create
      : Effect.acquireRelease(create, () => Effect.orDie(DynamoTable.remove({ table: name })))
    return Layer.unwrap(Effect.as(created, EventStoreDynamo.layer({ table: name }))).pipe(
      Layer.provide([client, Doorbells.layerNone])
    )
  }))

const serve = (port: number, store: Layer.Layer<EventStore, unknown, FileSystem.FileSystem>) =>
  Layer.effectDiscard(HttpServer.addressFormattedWith((address) => Console.log(`ready ${address}`))).pipe(
    Layer.provide(StoreServer.layer({ port })),
    Layer.provide(store),
    Layer.launch,
    Effect.mapError((cause) => new CliError.UserError({ cause, userMessage: sentence(port, cause) }))
  )

/** What went wrong and what to do about it. */
const sentence = (port: number, cause: unknown): string =>
  cause instanceof ServeError
    ? `Can't listen on 127.0.0.1:${port}: ${reason(cause.cause)}. Choose another port with --port; 0 takes a free one.`
    : reason(cause)

const reason = (cause: unknown): string => cause instanceof Error ? cause.message : String(cause)

const command = Command.make(
  "store-server",
  {
    store: Flag.Literals("store", ["memory", "sqlite", "dynamodb"]).pipe(
      Flag.withDescription("Where the events are kept"),
      Flag.withDefault("memory")
    ),
    file: Flag.String("file").pipe(
      Flag.withDescription("The file of the sqlite store; without it one that is removed at the end"),
      Flag.optional
    ),
    endpoint: Flag.String("endpoint").pipe(
      Flag.withDescription("The URL of an emulator for the dynamodb store; AWS as the SDK is configured without it"),
      Flag.optional
    ),
    table: Flag.String("table").pipe(
      Flag.withDescription("The table of the dynamodb store; without it one that is removed at the end"),
      Flag.optional
    ),
    port: Flag.Int("port").pipe(
      Flag.withDescription("The port on 127.0.0.1; 0 takes a free one"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
      Flag.withDefault(3000)
    )
  },
  ({ endpoint, file, port, store, table }) =>
    serve(
      port,
      store === "memory" ? EventStoreMemory.layer() : store === "sqlite" ? sqlite(file) : dynamodb(endpoint, table)
    )
).pipe(Command.withDescription("Serves a bare event store over HTTP, for suites that call stores"))

/** A signal interrupts the program: that is how it is meant to end. */
const isStopped = (exit: Exit.Exit<unknown, unknown>) => Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)

command.pipe(
  Command.run({ version: "0.0.0" }),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    teardown: (exit, onExit) => isStopped(exit) ? onExit(0) : Runtime.defaultTeardown(exit, onExit)
  })
)
