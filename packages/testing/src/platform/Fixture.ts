/** What the checks of platforms are written with: running platforms, short words for commands and rows, random work. */
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import type { CommandAccepted } from "@reventless/core/CommandResult"
import type { EventStoreShape } from "@reventless/core/EventStore"
import { EventStores, type TotalOrder } from "@reventless/core/EventStores"
import { Inbound } from "@reventless/core/Inbound"
import * as Lane from "@reventless/core/Lane"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import type * as Plugin from "@reventless/core/Plugin"
import * as PluginRuntime from "@reventless/core/PluginRuntime"
import * as Principal from "@reventless/core/Principal"
import * as Query from "@reventless/core/Query"
import { QueryEngine, type QueryOptions } from "@reventless/core/QueryEngine"
import { DeliveryOrder } from "@reventless/core/ReactionPipeline"
import type { Token } from "@reventless/core/Token"
import { ViewStores, type ViewStoreShape } from "@reventless/core/ViewStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { CheckFailed, equal, Seed } from "../conformance/Check.ts"
import { Account, AccountId, Balances, Totals, Transfer } from "./Bank.ts"
import * as BankPlugin from "./BankPlugin.ts"
import { Home, type Stores } from "./Check.ts"
import * as Model from "./Model.ts"

/** A platform that runs. */
export interface Running {
  readonly bus: CommandBus["Service"]
  readonly queries: QueryEngine["Service"]
  readonly operations: Operations["Service"]
  readonly inbound: Inbound["Service"]
  readonly runtimes: ReadonlyArray<PluginRuntime.PluginRuntime>
  /** Ends it, as the end of its process does. */
  readonly stop: Effect.Effect<void>
}

/** What a check may say about a platform. */
export interface StartOptions<P extends Plugin.Plugin<string, any>> {
  readonly plugins: ReadonlyArray<P>
  readonly defaultAccess?: Access.Access
  readonly operators?: Access.Access
  /** The provider it runs on; the check's provider, opened anew, when absent. */
  readonly on?: Context.Context<Stores>
  /** The order in which views are fed, where there is none. */
  readonly deliveryOrder?: (typeof DeliveryOrder)["Service"]
}

/** Starts a platform. It runs until it is stopped, or the check ends. */
export const start = Effect.fnUntraced(
  function*<P extends Plugin.Plugin<string, TotalOrder>>(options: StartOptions<P>) {
    const { defaultAccess, deliveryOrder, on, operators } = options
    const plugins: ReadonlyArray<Plugin.Plugin<string, TotalOrder>> = options.plugins
    const scope = yield* Scope.fork(yield* Effect.scope)
    const provider = on ?? (yield* Scope.provide((yield* Home).open, scope))
    const platform = Platform.layer({
      version: "1.0.0",
      plugins,
      ...(defaultAccess === undefined ? {} : { defaultAccess }),
      ...(operators === undefined ? {} : { operators })
    })
    const built = yield* Layer.buildWithScope(
      Layer.provide(
        platform,
        Layer.mergeAll(
          Layer.succeedContext(provider as Context.Context<Stores | TotalOrder>),
          deliveryOrder === undefined ? Layer.empty : Layer.succeed(DeliveryOrder, deliveryOrder)
        )
      ),
      scope
    )
    const running = Effect.gen(function*() {
      const result: Running = {
        bus: yield* CommandBus,
        queries: yield* QueryEngine,
        operations: yield* Operations,
        inbound: yield* Inbound,
        runtimes: (yield* Platform.Platform).runtimes,
        stop: Scope.close(scope, Exit.void)
      }
      return result
    })
    return yield* Effect.provideContext(running, built)
  }
)

/** Starts the bank. */
export const startBank = (options: BankPlugin.Options & Omit<StartOptions<never>, "plugins"> = {}) =>
  start({ ...options, plugins: [BankPlugin.make(options)] })

/** The bank's stores and pipelines, which nothing drives but the check. */
export const bankRuntime = Effect.fnUntraced(function*(options: BankPlugin.Options = {}) {
  const make = PluginRuntime.make(BankPlugin.make(options), { defaultAccess: Access.anyone })
  return yield* Effect.provide(make, yield* open)
})

/** Opens the check's provider once more, for a platform that is given it. */
export const open = Effect.flatMap(Home, ({ open }) => open)

/** The plugin that keeps the registry: its stores are left as they are. */
const registry = "Platform"

/** The provider with other event stores. */
export const withEventStores = (change: (store: EventStoreShape) => EventStoreShape) =>
(
  provider: Context.Context<Stores>
): Context.Context<Stores> => {
  const { of } = Context.get(provider, EventStores)
  return Context.add(provider, EventStores, {
    of: (plugin) =>
      plugin.name === registry
        ? of(plugin)
        : Effect.map(of(plugin), ({ store }) => ({ positioned: false, store: change(store) }) as const)
  })
}

/** The provider with other view stores. */
export const withViewStores = (change: (store: ViewStoreShape) => ViewStoreShape) =>
(
  provider: Context.Context<Stores>
): Context.Context<Stores> => {
  const { of } = Context.get(provider, ViewStores)
  return Context.add(provider, ViewStores, {
    of: (plugin) => plugin === registry ? of(plugin) : Effect.map(of(plugin), change)
  })
}

/** Runs on behalf of a caller. */
export const as = (principal: Principal.Principal) => Effect.provideService(Principal.CurrentPrincipal, principal)

const id = AccountId.make

/** What is said about a command beside its payload. */
export interface SendOptions {
  readonly commandId?: string
}

export const openAccount = ({ bus }: Running, account: string, owner = "ada", options?: SendOptions) =>
  bus.send(Account.commands.Open, { account: id(account), owner }, options)

export const deposit = ({ bus }: Running, account: string, amount: number, options?: SendOptions) =>
  bus.send(Account.commands.Deposit, { account: id(account), amount }, options)

export const withdraw = ({ bus }: Running, account: string, amount: number, options?: SendOptions) =>
  bus.send(Account.commands.Withdraw, { account: id(account), amount }, options)

export const closeAccount = ({ bus }: Running, account: string) =>
  bus.send(Account.commands.Close, { account: id(account) })

export const audit = ({ bus }: Running, account: string) => bus.send(Account.commands.Audit, { account: id(account) })

export const transfer = ({ bus }: Running, from: string, to: string, amount: number, options?: SendOptions) =>
  bus.send(Transfer, { from: id(from), to: id(to), amount }, options)

/** The row of an account. */
export const balance = ({ queries }: Running, account: string, options?: QueryOptions) =>
  queries.get(Balances, id(account), options)

/** The view of balances, as operators name it. */
export const balancesView = "Bank.Balances"

/** Rebuilds the view of balances and waits until it is done. */
export const rebuilt = ({ operations }: Running) => Stream.runDrain(operations.rebuild(balancesView))

/** All rows of the balances and the totals, once they show what the token stands for. */
export const rows = Effect.fnUntraced(function*({ queries }: Running, after?: Token) {
  const balances = yield* queries.list(Balances, { after, limit: 1000 })
  const totals = yield* queries.list(Totals, { after, limit: 1000 })
  return { balances: balances.rows, totals: totals.rows }
})

/** The whole log of the bank, the events of each account in their order. Read, not subscribed to: as decisions see it. */
export const log = Effect.fnUntraced(function*({ runtimes }: Pick<Running, "runtimes">) {
  const { events, plugin } = runtimes[0]!
  const types = [...plugin.events.keys()]
  const batches = yield* Stream.runCollect(
    Stream.takeUntil(events.subscribe({ lane: Lane.unordered(types) }), ({ caughtUp }) => caughtUp)
  )
  const [first, ...others] = [...new Set(batches.flatMap((batch) => batch.events.flatMap(({ tags }) => tags)))]
  if (first === undefined) return []
  return yield* Stream.runCollect(
    events.read(Query.make({ types, tags: [first] }, ...others.map((tag) => ({ types, tags: [tag] }))))
  )
})

/** Waits until every view has caught up. A token doesn't say that: it speaks of what its own command has seen. */
const caughtUp = ({ operations }: Running) =>
  Effect.repeat(Effect.andThen(Effect.sleep(1), operations.views), {
    until: (views) => views.every(({ lagMillis }) => lagMillis === 0)
  })

/** The views show what follows from the log: no event is missing, none was applied twice or out of its order. */
export const rowsFollowFromTheLog = Effect.fnUntraced(function*(running: Running, after?: Token) {
  yield* rows(running, after)
  yield* caughtUp(running)
  const found = yield* rows(running)
  const expected = Model.rowsAfter(yield* log(running))
  yield* equal(found.balances, expected.balances, "the balances that follow from the log")
  yield* equal(found.totals, expected.totals, "the totals that follow from the log")
})

/** The seed of the suite, or one of the check's own. */
const seed = Effect.flatMap(
  Seed,
  (given) => given === undefined ? Effect.map(Random.nextIntBetween(0, 2 ** 31), String) : Effect.succeed(given)
)

/** Draws from a seed of its own, and names it when the check fails. */
export const seeded = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E | CheckFailed, R> =>
  Effect.flatMap(seed, (own) =>
    Effect.mapError(
      Random.withSeed(effect, own),
      (error) =>
        error instanceof CheckFailed ? new CheckFailed({ ...error, message: `seed ${own}: ${error.message}` }) : error
    ))

/** The accounts of random work. */
export const accounts: ReadonlyArray<string> = ["a", "b", "c", "d", "e"]

const pick = <A>(from: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, from.length, { halfOpen: true }), (index) => from[index]!)

/** Gives others a few turns, each time another number of them. */
export const pause = (most: number) =>
  Effect.flatMap(Random.nextIntBetween(1, most), (times) => Effect.repeat(Effect.yieldNow, { times }))

/** A random command, after a random pause. One in vain makes what it lacked instead; undefined when that is there now. */
export const anyCommand = Effect.fnUntraced(function*(running: Running) {
  yield* pause(3)
  const one = yield* pick(accounts)
  const other = yield* pick(accounts.filter((account) => account !== one))
  const amount = yield* Random.nextIntBetween(1, 12)
  const kind = yield* Random.next
  const command: Effect.Effect<CommandAccepted, Effect.Error<ReturnType<typeof transfer | typeof openAccount>>> =
    kind < 0.1
      ? openAccount(running, one)
      : kind < 0.45
      ? deposit(running, one, amount)
      : kind < 0.6
      ? withdraw(running, one, amount)
      : kind < 0.95
      ? transfer(running, one, other, amount)
      : closeAccount(running, one)
  return yield* command.pipe(
    Effect.catchTags({
      AccountUnknown: ({ account }) => openAccount(running, account),
      Overdrawn: ({ account }) => deposit(running, account, amount)
    }),
    Effect.catchTags({
      AccountUnknown: () => Effect.undefined,
      AccountExists: () => Effect.undefined
    })
  )
})

/** Random commands one after another; the token of the last that was accepted. */
export const someCommands = Effect.fnUntraced(function*(running: Running, count: number) {
  let last: Token | undefined
  for (let done = 0; done < count; done++) last = (yield* anyCommand(running))?.token ?? last
  return last
})
