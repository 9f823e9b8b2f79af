import * as Access from "@reventless/core/Access"
import type * as Aggregate from "@reventless/core/Aggregate"
import { type AnyTarget, CommandBus } from "@reventless/core/CommandBus"
import type { CommandPending } from "@reventless/core/CommandResult"
import type * as Event from "@reventless/core/Event"
import type { NewEvent, PositionedEventStoreShape } from "@reventless/core/EventStore"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Message from "@reventless/core/Message"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as Query from "@reventless/core/Query"
import * as SnapshotStoreMemory from "@reventless/core/SnapshotStoreMemory"
import type * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { SpecFailure } from "../SpecFailure.ts"
import { failure, under } from "./difference.ts"
import { place, type Tagged } from "./eventDifference.ts"
import { type StoredEvent, storeEvents } from "./storedEvents.ts"

/** What a test may say about a command. */
export interface CommandOptions extends Message.RootOptions {
  /** On whose behalf it is sent; the application itself when absent. */
  readonly principal?: Principal.Principal | undefined
  /** What the clock says while it is decided; the test's clock when absent. */
  readonly time?: DateTime.DateTime.Input | undefined
}

/** A behaviour that decides commands. */
export type CommandBehavior<R> = Aggregate.Behavior<string, R> | StateChangeSlice.Behavior<string, R>

/** What came of a command. */
export type Outcome =
  | { readonly _tag: "Accepted"; readonly events: ReadonlyArray<Tagged> }
  | { readonly _tag: "Failed"; readonly error: Tagged }

/** A command after a history. */
export interface Case<R> {
  /** The command's name in failures. */
  readonly component: string
  readonly behavior: CommandBehavior<R>
  readonly given: ReadonlyArray<Tagged>
  readonly to: AnyTarget
  readonly payload: unknown
  readonly options: CommandOptions
}

/** The events that a behaviour knows. */
export const definitionsOf = ({ definition }: CommandBehavior<any>): ReadonlyArray<Event.Any> =>
  definition.kind === "Aggregate"
    ? definition.events
    : [...new Set([...definition.consumes, ...definition.produces])]

/** Runs the command as a platform runs it: through its bus, against a store that holds the history and nothing else. */
export const runCommand = <R>(test: Case<R>): Effect.Effect<Outcome, SpecFailure, R> =>
  Effect.gen(function*() {
    const store = yield* EventStoreMemory.make(IndexPlan.open)
    const { behavior } = test
    const plugin = Plugin.make("Spec", {
      version: "1.0.0",
      // What its events are mapped to happens later, and isn't part of the decision.
      ...(behavior.kind === "AggregateBehavior"
        ? { aggregates: [{ ...behavior, eventMappings: [] }] }
        : { stateChangeSlices: [behavior] })
    }) as Plugin.Plugin<"Spec", R>
    const { time } = test.options
    return yield* Effect.provide(sendAfter(test, store), platform(plugin, store), { local: true }).pipe(
      time === undefined ? (self) => self : atTime(DateTime.toEpochMillis(DateTime.makeUnsafe(time)))
    )
  })

/** The store of one plugin; others, such as the registry, have theirs in memory. */
const only = (plugin: string, store: PositionedEventStoreShape) =>
  Layer.effect(
    EventStores,
    Effect.map(EventStores, ({ of }) => ({
      of: (options) => options.name === plugin ? Effect.succeed({ positioned: true, store } as const) : of(options)
    }))
  )

const platform = <R>(plugin: Plugin.Plugin<"Spec", R>, store: PositionedEventStoreShape) =>
  Layer.orDie(Platform.layer({ version: "1.0.0", plugins: [plugin], defaultAccess: Access.anyone })).pipe(
    Layer.provide(Layer.mergeAll(
      Layer.provide(only(plugin.name, store), EventStoreMemory.layerStores),
      ViewStoreMemory.layerStores,
      SnapshotStoreMemory.layerStores,
      WorkStoreMemory.layerStores
    ))
  ) as Layer.Layer<Platform.Platform | CommandBus, never, R>

const sendAfter = Effect.fnUntraced(function*<R>(test: Case<R>, store: PositionedEventStoreShape) {
  const { component, options, to } = test
  const definitions = definitionsOf(test.behavior)
  const given = yield* storeEvents(component, definitions, "given", test.given)
  yield* checkSelected(test, given)
  if (given.length > 0) yield* Effect.orDie(store.append(yield* Effect.forEach(given, toNewEvent)))
  const { principal, ...root } = options
  const bus = yield* CommandBus
  const sent = yield* bus.send(to, test.payload as never, root).pipe(
    Effect.flatMap((result) => result._tag === "CommandPending" ? decided(bus, to, result) : Effect.succeed(result)),
    principal === undefined ? (send) => send : Effect.provideService(Principal.CurrentPrincipal, principal),
    Effect.exit
  )
  if (Exit.isFailure(sent)) {
    const error = Exit.findError(sent)
    // A defect of the behaviour is shown as it is.
    return Result.isSuccess(error)
      ? { _tag: "Failed", error: error.success as Tagged } satisfies Outcome
      : yield* Exit.failCause(sent.cause) as Exit.Exit<never>
  }
  const added = yield* Effect.orDie(Stream.runCollect(store.read(Query.all, { from: given.length + 1 })))
  const events = yield* Effect.forEach(added, ({ data, meta, type }) =>
    Effect.mapError(
      definitions.find(({ tag }) => tag === type)!["~decode"](meta.schemaVersion, data),
      (error) => failure(component, under("an event that it made can't be read back", [error.message]))
    ))
  return { _tag: "Accepted", events } satisfies Outcome
})

/** What became of a command that is decided later: decided when the test looks, and failed with its own error. */
const decided = Effect.fnUntraced(
  function*(bus: CommandBus["Service"], to: AnyTarget, { messageId }: CommandPending) {
    const outcome = yield* bus.outcome(messageId, { wait: "1 minute" })
    if (outcome._tag === "CommandPending") return yield* Effect.die(new Error(outcome.reason ?? "it wasn't decided"))
    if (outcome._tag === "CommandAccepted") return outcome
    const errors = Schema.toCodecJson(Schema.Union(to.errors))
    return yield* Effect.flatMap(
      Effect.orDie(Schema.decodeUnknownEffect(errors)(outcome.error)),
      (error) => Effect.fail(error as Tagged)
    )
  }
)

const toNewEvent = Effect.fnUntraced(function*({ data, definition, tags }: StoredEvent) {
  const meta = yield* Message.root(`Spec.${definition.tag}`, definition.version)
  const event: NewEvent = { type: definition.tag, tags, data, meta }
  return event
})

/** A given event that the decision never looks at says nothing about it: it is a mistake in the test. */
const checkSelected = Effect.fnUntraced(
  function*<R>({ component, payload, to }: Case<R>, given: ReadonlyArray<StoredEvent>) {
    const { runtimes } = yield* Platform.Platform
    const { command } = to["~address"]
    const handler = runtimes.flatMap(({ handlers }) => handlers).find((handler) => handler.command === command)
    if (handler === undefined) {
      return yield* failure(component, [`'${command.tag}' is none of its commands`])
    }
    const query = handler.query(payload)
    const stray = given.findIndex(({ definition, tags }) =>
      query === undefined || !Query.matches(query, { type: definition.tag, tags })
    )
    if (stray < 0) return
    const { event, tags } = given[stray]!
    return yield* failure(
      component,
      under(`the given ${place(stray, event)} is not part of this decision`, [
        `the event carries      ${tags.length === 0 ? "no tag" : tags.join(", ")}`,
        `the command looks for  ${query === undefined ? "no stored event" : showQuery(query)}`
      ])
    )
  }
)

const showQuery = ({ items }: Query.Query): string =>
  items.map(({ tags = [], types = [] }) =>
    `${types.join(" or ")}${tags.length === 0 ? "" : ` of ${tags.join(" and ")}`}`
  ).join(", or ")

/** Stops the clock at an instant for everything but sleeping. */
const atTime = (millis: number) => <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.clockWith((clock) => {
    const nanos = BigInt(millis) * 1_000_000n
    return Effect.provideService(effect, Clock.Clock, {
      currentTimeMillisUnsafe: () => millis,
      currentTimeMillis: Effect.succeed(millis),
      currentTimeNanosUnsafe: () => nanos,
      currentTimeNanos: Effect.succeed(nanos),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    })
  })
