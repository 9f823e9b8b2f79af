import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type * as Task from "../../Task.ts"
import type { LeasedWork, WorkResult } from "../../WorkStore.ts"
import type { Host, PlatformPart } from "../platformPart.ts"
import * as Recurring from "../work/recurring.ts"
import { neverEnded } from "../work/workRunner.ts"
import * as RunsByHand from "./runsByHand.ts"
import * as RunTask from "./runTask.ts"
import { encodeWhen, firstFiring, type StoredWhen } from "./timetable.ts"

/** The queue of a plugin's scheduled tasks. An item is a task, its id and lane are the task's name. */
export const queue = "tasks"

const Stored = Schema.Struct(Recurring.fields)

type Stored = typeof Stored.Type

const decode = Schema.decodeUnknownEffect(Stored)

interface Scheduled {
  readonly behavior: Task.Behavior<string, unknown>
  readonly when: StoredWhen
}

/** Keeps the scheduled tasks of a plugin in its work store, and runs them. */
export const make = (runtime: PluginRuntime, host: Host): PlatformPart => {
  const { plugin, work: store } = runtime
  const run = RunTask.make(runtime, host)
  const scheduled = new Map(plugin.tasks.flatMap((behavior): ReadonlyArray<readonly [string, Scheduled]> => {
    const { trigger } = behavior.definition
    return trigger._tag === "Schedule" ? [[behavior.name, { behavior, when: encodeWhen(trigger.when) }]] : []
  }))
  const behaviors = new Map([...scheduled].map(([name, { behavior }]) => [name, behavior]))
  const byHand = RunsByHand.make(runtime, host, behaviors, queue)
  // What is due by a schedule that this version of the plugin has replaced must not run before it is.
  const ready = Deferred.makeUnsafe<void>()

  /** Puts a task that is new, or has another schedule than is stored. One that was run at its instant stays done. */
  const put = Effect.fnUntraced(function*({ behavior: { name }, when }: Scheduled) {
    const before = yield* store.get(queue, name)
    // One that can't be read is put anew as well.
    const stored = before === undefined ? undefined : yield* Effect.option(decode(before.content))
    if (stored !== undefined && Option.isSome(stored) && Equal.equals(stored.value.when, when)) return
    const now = yield* Clock.currentTimeMillis
    const next = firstFiring(when, now)
    const content: Stored = { target: `${plugin.name}.${name}`, when, next, fired: 0 }
    const item = { id: name, lane: name, due: next, content }
    // Of two processes that start together, the second leaves what the first one put.
    yield* before === undefined ? store.add(queue, [item], now) : store.put(queue, item, now)
  })

  const putAll = Effect.forEach([...scheduled.values()], put, { discard: true }).pipe(
    Effect.andThen(Deferred.succeed(ready, undefined)),
    Effect.andThen(Effect.never),
    RunTask.keepOn(`Scheduling the tasks of ${plugin.name}`)
  )

  /** After a run, which may have failed for good. */
  const goOn = Effect.fnUntraced(function*(
    item: LeasedWork,
    stored: Stored,
    failure: string | undefined
  ): Effect.fn.Return<WorkResult> {
    if (failure !== undefined) yield* Effect.logError(`The task ${stored.target} failed: ${failure}`)
    return yield* Recurring.goOn(item, stored, failure, { _tag: "Done", outcome: undefined })
  })

  const work = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    const stored = yield* Effect.orDie(decode(item.content))
    const found = scheduled.get(item.id)
    if (found === undefined) return yield* RunTask.missing(Recurring.notBegun(item, stored))
    const { attempts } = found.behavior.definition
    if (item.attempts > attempts) return yield* goOn(item, stored, neverEnded(attempts))
    yield* byHand.none(item.id)
    const failure = yield* run({
      behavior: found.behavior,
      input: { due: stored.next } satisfies Task.Firing,
      runId: Message.deriveId(stored.target, "Task", "due", stored.next),
      attempt: item.attempts
    })
    return failure !== undefined && item.attempts < attempts
      ? yield* RunTask.retry(item, failure)
      : yield* goOn(item, stored, failure)
  })

  return {
    workers: [
      { queue, concurrency: RunTask.concurrency, work, ready: Deferred.await(ready), runByHand: byHand.ask },
      byHand.worker
    ],
    fibers: [putAll],
    fed: []
  }
}
