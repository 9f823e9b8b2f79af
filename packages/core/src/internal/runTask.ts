import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Tracer from "effect/Tracer"
import * as Message from "../Message.ts"
import type { PluginRuntime } from "../PluginRuntime.ts"
import * as Principal from "../Principal.ts"
import type * as Task from "../Task.ts"
import type { LeasedWork, WorkResult } from "../WorkStore.ts"
import type { Host } from "./platformPart.ts"

/** How many runs of each kind a plugin has at the same time, in this process. */
export const concurrency = 16

/** How often an item is looked at whose task isn't in this version of the plugin, in milliseconds. */
const missingMillis = 60_000

/** One attempt to run a task. */
export interface Attempt {
  readonly behavior: Task.Behavior<string, unknown>
  readonly input: unknown
  /** What the ids of its commands follow from: the same in all attempts. */
  readonly runId: string
  readonly attempt: number
}

const reasonOf = (cause: Cause.Cause<unknown>): string =>
  Option.match(Cause.findErrorOption(cause), {
    onNone: () => Cause.pretty(cause),
    onSome: (error) => {
      const { _tag, message } = Object(error) as { readonly _tag?: unknown; readonly message?: unknown }
      if (typeof message === "string" && message !== "") return message
      return typeof _tag === "string" ? _tag : Cause.pretty(cause)
    }
  })

/** Runs programs of a plugin's tasks: undefined when one succeeded, otherwise why it failed. */
export const make = ({ plugin, services }: PluginRuntime, host: Host) =>
  Effect.fn("Task.run")(
    function*({ attempt, behavior, input, runId }: Attempt): Effect.fn.Return<string | undefined> {
      const { definition, name } = behavior
      yield* Effect.annotateCurrentSpan({ task: `${plugin.name}.${name}`, attempt })
      const commandId = (command: string) => Message.deriveId(runId, `${plugin.name}.${name}`, command, 0)
      const span = yield* Effect.serviceOption(Tracer.ParentSpan)
      const ran = yield* Effect.suspend(() => behavior.program(input, { attempt, commandId })).pipe(
        // The captured services are those of the platform's start; the span is this run's.
        Effect.updateContext((current: Context.Context<never>) =>
          Context.merge(Context.merge(current, services), host.services).pipe(
            Context.add(Principal.CurrentPrincipal, Principal.system),
            Context.addOrOmit(Tracer.ParentSpan, span)
          )
        ),
        Effect.timeoutOption(definition.timeout),
        Effect.exit
      )
      if (Exit.isFailure(ran)) {
        return Cause.hasInterruptsOnly(ran.cause)
          ? yield* Effect.failCause(ran.cause as Cause.Cause<never>)
          : reasonOf(ran.cause)
      }
      return Option.isSome(ran.value) ? undefined : `it took longer than ${Duration.format(definition.timeout)}`
    }
  )

/** When a failed run is tried again: after a pause of random length, up to 4 s, 16 s, 64 s and so on up to 10 minutes. */
export const retry = (item: LeasedWork, reason: string): Effect.Effect<WorkResult> =>
  Effect.gen(function*() {
    const longest = Math.min(600_000, 1000 * 4 ** Math.min(item.attempts, 10))
    const due = (yield* Clock.currentTimeMillis) + Math.ceil((yield* Random.next) * longest)
    return { _tag: "Retry", due, reason }
  })

/**
 * An item whose task this version of the plugin hasn't got: it waits, and is looked at again. Another process may have the
 * task, and a later version; its attempts are not used up.
 */
export const missing = (content: { readonly target: string }): Effect.Effect<WorkResult> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    _tag: "Again",
    due: now + missingMillis,
    content: {
      ...content,
      failure:
        `this version of the plugin has no task '${content.target}' that is triggered so; deploy one, or cancel it`
    }
  }))

/** How long it waits when something fails that the tasks of a plugin need, in milliseconds. */
const pauseMillis = 5_000

/** Runs for ever, and begins anew after whatever happens. */
export const keepOn = (what: string) => <E>(effect: Effect.Effect<unknown, E>): Effect.Effect<never> =>
  effect.pipe(
    Effect.tapCause((cause) => Effect.logError(`${what} failed, and is tried again`, cause)),
    Effect.catchCause((cause) =>
      Cause.hasInterruptsOnly(cause)
        ? Effect.failCause(cause as Cause.Cause<never>)
        : Effect.sleep(pauseMillis)
    ),
    Effect.forever
  )
