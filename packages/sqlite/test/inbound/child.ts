/**
 * Another process: `node child.ts <filename>`. It says `ready`, waits for an {@link Order} on its standard input, receives
 * its requests at once, and says of each `<id> <status or reason>`. It runs until it is killed.
 */
import { EventStores } from "@reventless/core/EventStores"
import { Inbound } from "@reventless/core/Inbound"
import * as Platform from "@reventless/core/Platform"
import { WorkStores } from "@reventless/core/WorkStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as fs from "node:fs"
import { flushCompileCache } from "node:module"
import { type Order, Till } from "./till.ts"

const filename = process.argv[2]!
const say = (line: string) => fs.writeSync(1, `${line}\n`)

const run = ({ point, requests }: Order) => {
  const at = (here: Order["point"]) =>
    Effect.sync(() => {
      if (here === point) process.kill(process.pid, "SIGKILL")
    })
  const stores = Layer.effect(
    EventStores,
    Effect.map(EventStores, ({ of }) => ({
      of: (plugin) =>
        plugin.name === "Platform" ? of(plugin) : Effect.map(of(plugin), ({ store }) => ({
          positioned: false,
          store: {
            ...store,
            append: (events, options) => Effect.tap(store.append(events, options), at("appended"))
          }
        }))
    }))
  )
  const workStores = Layer.effect(
    WorkStores,
    Effect.map(WorkStores, ({ of }) => ({
      of: (plugin) =>
        plugin === "Platform" ? of(plugin) : Effect.map(of(plugin), (store) => ({
          ...store,
          add: (queue, items, now) => Effect.tap(store.add(queue, items, now), at("stored")),
          finish: (queue, item, result, now) => Effect.tap(store.finish(queue, item, result, now), at("finished"))
        }))
    }))
  )
  return Effect.gen(function*() {
    const inbound = yield* Inbound
    yield* Effect.forEach(
      requests,
      ({ body, ...request }) =>
        inbound.receive({ ...request, body: new TextEncoder().encode(body) }).pipe(
          Effect.match({
            onSuccess: ({ status }) => status,
            onFailure: (error) => error._tag === "InboundRefused" ? error.reason : error._tag
          }),
          Effect.map((said) => say(`${request.id} ${said}`))
        ),
      { concurrency: "unbounded" }
    )
    return yield* Effect.never
  }).pipe(
    Effect.provide(
      Platform.layer({ version: "1.0.0", plugins: [Till] }).pipe(
        Layer.provide(Layer.merge(stores, workStores)),
        Layer.provide(SqlitePlatform.layer({ filename }))
      )
    )
  )
}

process.stdin.setEncoding("utf8").once("data", (text: string) => Effect.runFork(run(JSON.parse(text))))
// Who is killed writes no cache of what was compiled: it is written now, for those that come after.
flushCompileCache()
say("ready")
