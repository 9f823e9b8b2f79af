/** Commands: none dies, each finds what it decides on, and the state of a decision follows from its events alone. */
import type { SequencedEvent } from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import type { Plugin } from "@reventless/core/Plugin"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as HashMap from "effect/HashMap"
import * as HashSet from "effect/HashSet"
import type * as Schema from "effect/Schema"
import { commandsOf } from "./commandsOf.ts"
import { commandHistories, sendAll, withRuntime } from "./histories.ts"
import { chapter, holds, type Property, show } from "./Property.ts"
import { meetingOf } from "./values.ts"

const claim = chapter("commands", 0.2)
const planned = chapter("index plan", 0.2)

type Handler = PluginRuntime["handlers"][number]

/** A state that throws when it is changed in place. Effect's collections change nothing in place but a hash they keep. */
const frozen = <A>(value: A, seen = new Set<unknown>()): A => {
  if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value)) return value
  if (HashSet.isHashSet(value) || HashMap.isHashMap(value)) return value
  seen.add(value)
  for (const part of Object.values(value)) frozen(part, seen)
  return Object.freeze(value)
}

/** The state after events, of which none may be changed in place. */
const fold = Effect.fnUntraced(function*(handler: Handler, events: ReadonlyArray<SequencedEvent>) {
  let state = frozen(handler.behavior.initial)
  for (const { data, meta, type } of events) {
    const definition = handler.consumes.get(type)
    if (definition === undefined) continue
    const event = frozen(yield* Effect.orDie(definition["~decode"](meta.schemaVersion, data)))
    state = frozen(handler.behavior.evolve[type]!(state, event))
  }
  return state
})

/** The properties of a plugin's commands. */
export const commands = <R>(plugin: Plugin<string, R>) => {
  const known = plugin as Plugin<string, unknown>
  const all = commandsOf(known)
  const histories: ReadonlyArray<Property<Exclude<R, never>>> = []
  return all.length === 0 ? histories : [
    claim(
      "no command dies, whatever was done before it",
      () => commandHistories(known),
      ({ history }) => withRuntime(plugin, (runtime) => sendAll(runtime, history))
    ),
    claim(
      "the state of a decision follows from its events alone, and is not changed in place",
      () => commandHistories(known),
      ({ history }) =>
        withRuntime(
          plugin,
          Effect.fnUntraced(function*(runtime) {
            yield* sendAll(runtime, history)
            for (const { command, payload } of history) {
              const handler = runtime.handlers.find(({ target }) => target === `${plugin.name}.${command}`)!
              const query = handler.query(payload)
              if (query === undefined) continue
              const { events } = yield* Effect.orDie(runtime.events.readBoundary(query))
              const once = yield* fold(handler, events)
              const again = yield* fold(handler, events)
              yield* holds(
                Equal.equals(once, again),
                () => `${command}: the same events give ${show(once)}, and then ${show(again)}`
              )
            }
          })
        )
    ),
    ...all.map(({ command, target }) =>
      planned(
        `the index plan serves ${target}`,
        () => meetingOf(command.schema as Schema.Constraint, command.tagPaths),
        (payload) =>
          withRuntime(plugin, ({ handlers }) => {
            const query = handlers.find((handler) => handler.command === command)!.query(payload)
            const uncovered = query === undefined ? undefined : IndexPlan.uncovered(plugin.plan, query)
            return holds(uncovered === undefined, () => uncovered!)
          })
      )
    )
  ]
}
