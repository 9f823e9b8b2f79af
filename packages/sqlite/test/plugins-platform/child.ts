/**
 * A process with one plugin: `node child.ts <filename> <plugin> <version> <contract's version>`. It says `ready`, then `added
 * <product>` of each product that a line of its input names, or `offered <product>`. It stops by itself at the end of its
 * input.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import * as Platform from "@reventless/core/Platform"
import { Registry } from "@reventless/core/Registry"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import * as readline from "node:readline"
import { AddProduct, catalog, fields, ordering } from "./shop.ts"

const [filename, plugin, version, contract] = process.argv.slice(2) as [string, string, string, string]

const say = (line: string) => fs.writeSync(1, `${line}\n`)

const plugins = [
  plugin === "Catalog" ? catalog(version, contract) : ordering(version, contract, (product) => {
    say(`offered ${product}`)
  })
]

const main = Effect.gen(function*() {
  const bus = yield* CommandBus
  yield* (yield* Registry).plugins
  say("ready")
  const lines = Stream.fromAsyncIterable(readline.createInterface({ input: process.stdin }), (error) => error)
  yield* Stream.runForEach(lines, (line) =>
    Effect.andThen(
      bus.send(AddProduct, { productId: fields.productId.make(line) }),
      Effect.sync(() => say(`added ${line}`))
    ))
})

await Effect.runPromise(Effect.provide(
  main,
  Platform.layer({ version: "1.0.0", plugins, external: ["Catalog.Products"] }).pipe(
    Layer.provide(SqlitePlatform.layer({ filename })),
    Layer.provideMerge(Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]))
  )
))
