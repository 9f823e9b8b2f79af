/**
 * Another process: `node child.ts <filename>`. It says `ready` and waits for an {@link Order} on its standard input. Then
 * it sends commands, and says of each that was acknowledged `taken <entity> <number> <message id>`, of each decision
 * `decided <number>`, and `done` when it has the outcome of each. It runs until it is killed.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import { EventStores } from "@reventless/core/EventStores"
import * as Platform from "@reventless/core/Platform"
import { WorkStores } from "@reventless/core/WorkStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as fs from "node:fs"
import { flushCompileCache } from "node:module"
import { Depot, DepotId, entities, make, OrderId, Ship } from "./shipping.ts"

/** Where a process ends itself: a command is taken, decided, stored and finished in this order. */
export type Point = "taken" | "decided" | "stored" | "finished"

/** What a child is told to do. */
export interface Order {
  /** By how many milliseconds its clock is ahead: the leases of those who were killed before it have run out. */
  readonly ahead: number
  /** The number of the first command. */
  readonly first: number
  /** How many commands it sends to each entity. */
  readonly count: number
  /** Where it ends itself, and the how manieth time that it comes there. */
  readonly point?: Point
  readonly times?: number
}

const filename = process.argv[2]!

/** The plugin that it ends itself in; the registry's is another one. */
const Shipping = "Shipping"

const say = (line: string) => fs.writeSync(1, `${line}\n`)

/** The clock of somebody whose clock is ahead. */
const clockAhead = (ahead: number) =>
  Effect.map(Clock.Clock, (clock): Clock.Clock => ({
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + ahead,
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + ahead),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
    currentTimeNanos: clock.currentTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }))

const send = Effect.fnUntraced(function*(entity: number, number: number) {
  const bus = yield* CommandBus
  const sent = entity % 2 === 0
    ? bus.send(Ship, { order: OrderId.make(`${entity}`), number })
    : bus.send(Depot.commands.Store, { depot: DepotId.make(`${entity}`), number })
  const { messageId } = yield* sent
  say(`taken ${entity} ${number} ${messageId}`)
  return messageId
})

const work = ({ ahead, count, first, point, times = 1 }: Order) => {
  let came = 0
  const at = (here: Point) =>
    Effect.sync(() => {
      if (here === point && ++came === times) process.kill(process.pid, "SIGKILL")
    })

  const stores = Layer.effect(
    EventStores,
    Effect.map(EventStores, ({ of }) => ({
      of: (plugin) =>
        plugin.name !== Shipping ? of(plugin) : Effect.map(of(plugin), ({ store }) => ({
          positioned: false,
          store: {
            ...store,
            append: (events, options) =>
              at("decided").pipe(Effect.andThen(store.append(events, options)), Effect.tap(at("stored")))
          }
        }))
    }))
  )
  const workStores = Layer.effect(
    WorkStores,
    Effect.map(WorkStores, ({ of }) => ({
      of: (plugin) =>
        plugin !== Shipping ? of(plugin) : Effect.map(of(plugin), (store) => ({
          ...store,
          add: (queue, items, now) => Effect.tap(store.add(queue, items, now), at("taken")),
          addLeased: (queue, items, options) => Effect.tap(store.addLeased(queue, items, options), at("taken")),
          finish: (queue, item, result, now) => Effect.tap(store.finish(queue, item, result, now), at("finished"))
        }))
    }))
  )

  const plugin = make((number) => {
    say(`decided ${number}`)
    return number % 7
  })
  const program = Effect.gen(function*() {
    const bus = yield* CommandBus
    const ids = yield* Effect.forEach(
      entities,
      (entity) =>
        Effect.forEach(
          Array.from({ length: count }, (_, index) => first + index * entities.length + entity),
          (number) => send(entity, number)
        ),
      { concurrency: "unbounded" }
    )
    for (const id of ids.flat()) {
      const isPending = Effect.map(bus.outcome(id, { wait: "2 minutes" }), ({ _tag }) => _tag === "CommandPending")
      yield* Effect.repeat(isPending, { while: (pending) => pending })
    }
    say("done")
    return yield* Effect.never
  })
  return Effect.flatMap(clockAhead(ahead), (clock) =>
    program.pipe(
      Effect.provide(
        Platform.layer({ version: "1.0.0", plugins: [plugin] }).pipe(
          Layer.provide(Layer.merge(stores, workStores)),
          Layer.provide(SqlitePlatform.layer({ filename })),
          Layer.provideMerge(Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]))
        )
      ),
      Effect.provideService(Clock.Clock, clock)
    ))
}

// Who is killed writes no cache of what was compiled: it is written now, for those that come after.
flushCompileCache()
say("ready")
process.stdin.setEncoding("utf8").once("data", (line: string) => {
  void Effect.runPromise(work(JSON.parse(line))).catch((error: unknown) => {
    console.error(error)
    process.exit(1)
  })
})
