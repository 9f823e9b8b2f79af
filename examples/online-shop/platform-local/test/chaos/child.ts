/**
 * Another process: `node child.ts <file> [plugin]`. It says `ready` and waits for an {@link Order} on its standard input;
 * then it opens the shop, or one plugin of it, drops a list of products into the inbox, and says `open <url>`. It runs until it is killed, or
 * whoever started it has ended.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import { ObjectStore } from "@reventless/core/ObjectStore"
import { Category } from "@reventless/example-catalog"
import { CategoryId } from "@reventless/example-catalog-spec"
import { HttpServer } from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { flushCompileCache } from "node:module"
import type { PluginName } from "../../src/Shop.ts"
import { open } from "./open.ts"

/** What a child is told to do. */
export interface Order {
  /** By how many milliseconds its clock is ahead. */
  readonly ahead: number
  /** The list of products, and its key; none when absent. */
  readonly key?: string
  readonly list?: string
}

const say = (line: string) => fs.writeSync(1, `${line}\n`)

// Who is killed writes no cache of what was compiled: it is written now, for those that come after.
flushCompileCache()
// Nobody is left to kill it.
process.stdin.once("end", () => process.exit(1))
say("ready")
process.stdin.setEncoding("utf8").once("data", (line: string) => {
  const { ahead, key, list } = JSON.parse(line) as Order
  const program = Effect.gen(function*() {
    const { url } = yield* HttpServer
    if (key !== undefined && list !== undefined) {
      const bus = yield* CommandBus
      const things = { categoryId: CategoryId.make("things"), name: "Things" }
      yield* bus.send(Category.commands.CreateCategory, things, { commandId: "things" })
      const objects = yield* ObjectStore
      yield* objects.put(key, list)
    }
    say(`open ${url}`)
    return yield* Effect.never
  })
  void Effect.runPromise(program.pipe(open(process.argv[2]!, ahead, process.argv[3] as PluginName | undefined))).catch(
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    }
  )
})
