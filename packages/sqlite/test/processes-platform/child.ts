/**
 * Another process on the same file: `node child.ts <filename> <what> <name>`. It says what it did line by line, and is
 * told what to do on its standard input.
 */
import { EventStore, type EventStoreShape } from "@reventless/core/EventStore"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Token from "@reventless/core/Token"
import { SqlitePlatform } from "@reventless/sqlite"
import * as EventStoreHistory from "@reventless/testing/EventStoreHistory"
import { Home } from "@reventless/testing/platform/Check"
import { deposit, startBank, withViewStores } from "@reventless/testing/platform/Fixture"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Schema from "effect/Schema"
import { flushCompileCache } from "node:module"
import * as readline from "node:readline"
import { rounds, seed, size } from "./plan.ts"

const [filename = "", what = "", name = ""] = process.argv.slice(2)

const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()

const line = Effect.promise(() => input.next())

// Who is killed writes no cache of what was compiled: it is written now, for those that come after.
flushCompileCache()

const say = (said: unknown) => Effect.sync(() => process.stdout.write(`${JSON.stringify(said)}\n`))

/** The monotonic clock, which all processes of a machine share. */
const tick = () => Number(process.hrtime.bigint())

/** Works on one store after another, beside the others, and says what it did and saw on each. */
const history = Effect.gen(function*() {
  const stores = yield* EventStores
  for (const round of rounds) {
    const { store } = yield* stores.of({ name: round, plan: IndexPlan.open })
    yield* say("ready")
    yield* line
    const done = yield* Effect.provideService(
      EventStoreHistory.operations(`${seed}:${round}`, size, { name: `${name}-`, tick }),
      EventStore,
      store as EventStoreShape
    )
    yield* say(done)
  }
}).pipe(Effect.provide(SqlitePlatform.layer({ filename })), Effect.scoped)

/** Runs the whole platform; says which views it has become the owner of, and the token of each deposit that it is told. */
const platform = Effect.gen(function*() {
  const provider = withViewStores((store) => ({
    ...store,
    own: (view) => Effect.tap(store.own(view), () => say(["owner", view]))
  }))(yield* Layer.build(SqlitePlatform.layer({ filename })))
  const running = yield* Effect.provideService(startBank({ on: provider }), Home, { open: Effect.succeed(provider) })
  yield* say("ready")
  while (true) {
    const { value } = yield* line
    const { account, amount } = JSON.parse(value as string)
    const { token } = yield* deposit(running, account, amount)
    yield* say(["token", yield* Schema.encodeEffect(Token.Token)(token)])
  }
}).pipe(Effect.scoped)

await Effect.runPromise(Effect.provide(what === "history" ? history : platform, Logger.layer([])))
