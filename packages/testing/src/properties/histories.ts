/** Histories: what commands do one after another, and what views make of it. */
import * as Access from "@reventless/core/Access"
import type { SequencedEvent } from "@reventless/core/EventStore"
import type { EventStores, TotalOrder } from "@reventless/core/EventStores"
import * as Lane from "@reventless/core/Lane"
import * as Message from "@reventless/core/Message"
import * as Platform from "@reventless/core/Platform"
import type { Plugin } from "@reventless/core/Plugin"
import * as PluginRuntime from "@reventless/core/PluginRuntime"
import type { SnapshotStores } from "@reventless/core/SnapshotStore"
import type { ViewStores } from "@reventless/core/ViewStore"
import type { WorkStores } from "@reventless/core/WorkStore"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { commandsOf } from "./commandsOf.ts"
import { show, type Wrong, wrong } from "./Property.ts"
import { meetingOf, oneOf } from "./values.ts"

/** A command that is sent. */
export interface Sent {
  readonly command: string
  readonly payload: unknown
}

/** A history, and where it is cut when it is fed to a view in parts. */
export interface History<A> {
  readonly history: ReadonlyArray<A>
  readonly cuts: ReadonlyArray<number>
}

const cuts = Arbitrary.array(
  Arbitrary.schema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 9 }))),
  { minLength: 1, maxLength: 8 }
)

/** Random commands, whose ids meet. */
export const commandHistories = (plugin: Plugin<string, unknown>): Arbitrary.Arbitrary<History<Sent>> => {
  const kinds = commandsOf(plugin).map(({ command, target }) =>
    Arbitrary.map(
      meetingOf(command.schema as Schema.Constraint, command.tagPaths),
      (payload): Sent => ({ command: target, payload })
    )
  )
  return Arbitrary.all({ history: Arbitrary.array(oneOf(kinds), { minLength: 1, maxLength: 40 }), cuts })
}

/** Random events, whose ids meet, whether or not commands could make them. */
export const eventHistories = ({ events }: Plugin<string, unknown>): Arbitrary.Arbitrary<History<any>> => {
  const kinds = [...events.values()].map((event) => meetingOf(event.schema as Schema.Constraint, event.tagPaths))
  return Arbitrary.all({ history: Arbitrary.array(oneOf(kinds), { minLength: 1, maxLength: 40 }), cuts })
}

type Provided = EventStores | ViewStores | SnapshotStores | WorkStores | TotalOrder

/** Runs on the plugin in memory, with stores of its own that nothing drives. */
export const withRuntime = <R, E, A>(
  plugin: Plugin<string, R>,
  body: (runtime: PluginRuntime.PluginRuntime) => Effect.Effect<A, E, Scope.Scope>
): Effect.Effect<A, E, Exclude<R, Provided>> =>
  Effect.orDie(PluginRuntime.make(plugin, { defaultAccess: Access.anyone })).pipe(
    Effect.flatMap(body),
    Effect.provide(Layer.merge(Layer.fresh(Platform.layerMemory), Logger.layer([]))),
    Effect.scoped
  ) as Effect.Effect<A, E, Exclude<R, Provided>>

/** Failures of the platform that a command may well meet. */
const passing = ["AccessDenied", "CommandConflict", "Contended"]

/** Sends commands; wrong where one is answered with a defect, or with an error that it doesn't declare. */
export const sendAll = Effect.fnUntraced(function*(
  { handle, handlers, plugin }: PluginRuntime.PluginRuntime,
  history: ReadonlyArray<Sent>
): Effect.fn.Return<void, Wrong> {
  for (const { command, payload } of history) {
    const handler = handlers.find(({ target }) => target === `${plugin.name}.${command}`)!
    const meta = yield* Message.root(handler.target, 1)
    const [answer] = yield* handle([{ handler, payload, meta, commandId: undefined }])
    if (Exit.isSuccess(answer!)) continue
    const error = Exit.findError(answer!)
    if (Result.isFailure(error)) return yield* wrong(`${command} ${show(payload)} died of ${String(answer!.cause)}`)
    const { _tag, message } = error.success as { readonly _tag?: string; readonly message?: string }
    if (handler.rejects(error.success) || passing.includes(String(_tag))) continue
    return yield* wrong(`${command} ${show(payload)} failed with what it doesn't declare: ${_tag} ${message ?? ""}`)
  }
})

/** Everything that was stored. */
export const stored = ({ events, plugin }: PluginRuntime.PluginRuntime) =>
  Stream.takeUntil(
    events.subscribe({ lane: Lane.unordered([...plugin.events.keys()]) }),
    ({ caughtUp }) => caughtUp
  ).pipe(
    Stream.runCollect,
    Effect.map((batches) => batches.flatMap((batch) => batch.events)),
    Effect.orDie
  )

/** Events as a store would have kept them. */
export const asStored = Effect.fnUntraced(function*(
  { events }: Plugin<string, unknown>,
  history: ReadonlyArray<{ readonly _tag: string }>
) {
  const all: Array<SequencedEvent> = []
  for (const [index, event] of history.entries()) {
    const definition = events.get(event._tag)!
    const meta = yield* Message.root(event._tag, definition.version, { messageId: `event-${index + 1}` })
    const data = yield* Effect.orDie(definition["~encode"](event))
    all.push({ type: event._tag, tags: definition.tags(event), data, meta, position: index + 1 })
  }
  return all
})
