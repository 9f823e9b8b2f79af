/**
 * Another process on the same table: `node child.ts <what> <options as JSON>`. It says what it did line by line, and goes
 * on when it is told to on its standard input.
 */
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import { EventStore, type EventStoreShape } from "@reventless/core/EventStore"
import type * as IndexPlan from "@reventless/core/IndexPlan"
import { event } from "@reventless/testing/conformance/Fixture"
import type { ClientConfig } from "@reventless/testing/DynamoEmulator"
import * as DynamoFaults from "@reventless/testing/DynamoFaults"
import * as EventStoreHistory from "@reventless/testing/EventStoreHistory"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import { flushCompileCache } from "node:module"
import * as readline from "node:readline"

/** What a child is told at its start. */
export interface Options {
  readonly client: ClientConfig
  readonly table: string
  readonly plan: IndexPlan.IndexPlan
  readonly rates: DynamoFaults.Rates
  readonly name: string
  readonly seed: string
  readonly size: EventStoreHistory.Size
}

const what = process.argv[2]
const options: Options = JSON.parse(process.argv[3] ?? "{}")
const { client, name, plan, rates, seed, size, table } = options

// Who is killed writes no cache of what was compiled: it is written now, for those that come after.
flushCompileCache()

const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]()

const line = Effect.promise(() => input.next())

const say = (said: unknown) => Effect.sync(() => process.stdout.write(`${JSON.stringify(said)}\n`))

/** The store; what meets others for too long is done again, since nothing of it was written. */
const patient = (store: EventStoreShape): EventStoreShape => {
  const again = { while: (error: { readonly _tag: string }) => error._tag === "Contended" }
  return {
    ...store,
    append: (events, options) => Effect.retry(store.append(events, options), again),
    confirm: (boundary, options) => Effect.retry(store.confirm(boundary, options), again)
  }
}

/** The monotonic clock, which all processes of a machine share. */
const tick = () => Number(process.hrtime.bigint())

/** Works on the store beside the others; says what it did and saw, and which faults it met. */
const history = (faults: DynamoFaults.DynamoFaults) =>
  Effect.gen(function*() {
    yield* say("ready")
    yield* line
    const operations = yield* EventStoreHistory.operations(seed, size, { name: `${name}-`, tick })
    yield* say({ operations, counts: yield* faults.counts })
    yield* faults.settle
  })

const anEntity = Random.nextIntBetween(0, 6, { halfOpen: true })

/** Appends three events at once from many fibers, without end; says what it begins and what was acknowledged. */
const hammer = Effect.gen(function*() {
  const store = yield* EventStore
  yield* Effect.forEach(Array.from({ length: size.fibers }), (_, fiber) =>
    Effect.gen(function*() {
      for (let count = 0;; count++) {
        const id = `${name}-${fiber}-${count}`
        const [a, b] = [yield* anEntity, yield* anEntity]
        const tags = [[`a:${a}`], [`b:${b}`], [`a:${a}`, `b:${b}`]]
        yield* say(["begun", id])
        yield* store.append(
          tags.map((tags, part) => event(`${id}.${part}`, "T", tags)),
          count % 2 === 0 ? {} : { commandId: id }
        )
        yield* say(["done", id])
      }
    }), { concurrency: "unbounded" })
})

const main = Effect.gen(function*() {
  const faults = yield* DynamoFaults.make(rates)
  const dynamo = Dynamo.layerRaw(faults.wrap(yield* Dynamo.makeRaw(client)))
  const store = Layer.effect(EventStore, Effect.map(EventStoreDynamo.make({ table, plan }), patient)).pipe(
    Layer.provide(Doorbells.layerNone),
    Layer.provide(dynamo)
  )
  const work: Effect.Effect<void, unknown, EventStore> = what === "history" ? history(faults) : hammer
  yield* Effect.provide(work, store)
})

await Effect.runPromise(Effect.scoped(main))
// Not an exit: what was said may still be on its way.
process.stdin.destroy()
