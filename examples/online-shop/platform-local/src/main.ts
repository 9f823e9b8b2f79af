/**
 * The online shop on one machine: its catalog on an SQLite file, served over HTTP. The composition root, and the only
 * file that names providers.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as PackageVersion from "@reventless/core/PackageVersion"
import * as Platform from "@reventless/core/Platform"
import { Catalog } from "@reventless/example-catalog"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as References from "effect/References"
import * as Schema from "effect/Schema"

const flags = {
  file: Flag.String("file").pipe(
    Flag.withDescription("The file that the shop is kept in (default: shop.db)"),
    Flag.withDefault("shop.db")
  ),
  port: Flag.Int("port").pipe(
    Flag.withDescription("The port to listen at, on this machine only (default: 4000)"),
    Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65535 }))),
    Flag.withDefault(4000)
  ),
  reset: Flag.Boolean("reset").pipe(
    Flag.withDescription("Delete the file first and begin with a new shop"),
    Flag.withDefault(false)
  )
}

const deleteFile = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  yield* Effect.forEach(["", "-wal", "-shm"], (suffix) => fs.remove(file + suffix, { force: true }), { discard: true })
})

const open = Effect.fnUntraced(
  function*({ file, port, reset, version }: {
    readonly file: string
    readonly port: number
    readonly reset: boolean
    readonly version: string
  }) {
    if (reset) yield* deleteFile(file)
    const Main = Platform.layer({ version, plugins: [Catalog] }).pipe(
      Layer.provideMerge(SqlitePlatform.layer({ filename: file }))
    )
    return yield* Layer.launch(Main)
  },
  Effect.mapError((cause) => new CliError.UserError({ cause, userMessage: cause.message }))
)

Effect.gen(function*() {
  const version = yield* PackageVersion.fromDirectory(import.meta.dirname)
  const shop = Command.make("shop", flags, (options) => open({ ...options, version })).pipe(
    Command.withDescription("Opens the online shop: its catalog, and an HTTP API to it.")
  )
  yield* Command.run(shop, { version })
}).pipe(
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain
)
