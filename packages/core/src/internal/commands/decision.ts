import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import type { NewEvent } from "../../EventStore.ts"
import * as Message from "../../Message.ts"
import * as Principal from "../../Principal.ts"
import * as Query from "../../Query.ts"
import type { CommandHandler, ReceivedCommand } from "./commandHandler.ts"

/** An event that a decision made. */
export interface MadeEvent {
  readonly event: { readonly _tag: string }
  readonly stored: NewEvent
}

/** Runs the decision on a command and encodes the events that it makes. */
export const decide = Effect.fnUntraced(function*(command: ReceivedCommand, state: unknown) {
  const { handler, meta, payload } = command
  const principal = meta.principal ?? Principal.anonymous
  const span = yield* Effect.serviceOption(Tracer.ParentSpan)
  // The captured services are those of the platform's start; the span and the principal are this command's.
  const events = yield* Effect.updateContext(
    Effect.suspend(() => handler.behavior.decide(payload, state, { meta, principal })),
    (current: Context.Context<never>) =>
      Context.merge(current, handler.services).pipe(
        Context.add(Principal.CurrentPrincipal, principal),
        Context.addOrOmit(Tracer.ParentSpan, span)
      )
  )
  const time = yield* Clock.currentTimeMillis
  const traceparent = span._tag === "None" ? undefined : Message.traceparent(span.value)
  const made: Array<MadeEvent> = []
  for (const event of events as ReadonlyArray<{ readonly _tag: string }>) {
    const definition = handler.produces.get(event._tag)
    if (definition === undefined) {
      return yield* Effect.die(new Error(`${handler.target} made '${event._tag}', which it doesn't declare to produce`))
    }
    made.push({
      event,
      stored: {
        type: event._tag,
        tags: definition.tags(event),
        data: yield* Effect.catchEager(definition["~encode"](event), Effect.die),
        meta: Message.derive(meta, {
          component: handler.target,
          target: event._tag,
          index: made.length,
          service: handler.producer,
          time,
          schemaVersion: definition.version,
          traceparent
        })
      }
    })
  }
  return made
})

/** The state after an event that a decision made, if the decision looks at such events. */
export const fold = (
  handler: CommandHandler,
  query: Query.Query | undefined,
  state: unknown,
  made: MadeEvent
): unknown =>
  query !== undefined && Query.matches(query, made.stored)
    ? handler.behavior.evolve[made.event._tag]!(state, made.event)
    : state
