import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Random from "effect/Random"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type * as Task from "../../Task.ts"
import type { LeasedWork, WorkResult } from "../../WorkStore.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host } from "../platformPart.ts"

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

/** Runs programs of a plugin's tasks: undefined when one succeeded, otherwise why it failed. */
export const make = (runtime: PluginRuntime, host: Host) => {
  const run = OwnProgram.make(runtime, host)
  return Effect.fn("Task.run")(
    function*({ attempt, behavior, input, runId }: Attempt): Effect.fn.Return<string | undefined> {
      const { definition: { timeout }, name, program } = behavior
      const task = `${runtime.plugin.name}.${name}`
      yield* Effect.annotateCurrentSpan({ task, attempt })
      const commandId = (command: string) => Message.deriveId(runId, task, command, 0)
      const ran = yield* Effect.exit(run(() => program(input, { attempt, commandId }), { what: "it", timeout }))
      if (Exit.isSuccess(ran)) return undefined
      return Cause.hasInterruptsOnly(ran.cause)
        ? yield* Effect.failCause(ran.cause as Cause.Cause<never>)
        : OwnProgram.reasonOf(ran.cause)
    }
  )
}

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
