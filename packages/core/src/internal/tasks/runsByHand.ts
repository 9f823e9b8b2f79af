import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type * as Task from "../../Task.ts"
import type { LeasedWork, WorkResult, WorkStoreError } from "../../WorkStore.ts"
import type { Host } from "../platformPart.ts"
import { neverEnded, type Worker } from "../work/workRunner.ts"
import * as RunTask from "./runTask.ts"

/** The queue of the runs that operators ask for of a plugin's scheduled tasks. An item is a run, its lane the task's name. */
export const queue = "tasks.byHand"

const Stored = Schema.Struct({
  target: Schema.String,
  /** When it was asked for. */
  due: Schema.Finite,
  /** Who asked. */
  by: Schema.String
})

type Stored = typeof Stored.Type

const decode = Schema.decodeUnknownEffect(Stored)

/** How soon a run by hand looks again whether the task's own run has come to its end, in milliseconds. */
const pauseMillis = 1000

/** A task is run by its schedule or by hand, one after the other. */
export interface ByHand {
  readonly worker: Worker
  /** Adds a run that is due at once. */
  readonly ask: NonNullable<Worker["runByHand"]>
  /** Completes when no run of the task by hand is in progress. A run by hand gives way to who waits for this. */
  readonly none: (task: string) => Effect.Effect<void>
}

/** What runs the scheduled tasks of a plugin when an operator asks for it. `own` is the queue of what their schedules run. */
export const make = (
  runtime: PluginRuntime,
  host: Host,
  tasks: ReadonlyMap<string, Task.Behavior<string, unknown>>,
  own: string
): ByHand => {
  const { plugin, work: store } = runtime
  const run = RunTask.make(runtime, host)

  const ask: ByHand["ask"] = Effect.fnUntraced(function*(task: string, by: string) {
    if (!tasks.has(task)) {
      return yield* Effect.fail(
        plugin.tasks.some(({ name }) => name === task)
          ? `'${task}' has no schedule: it runs for objects, each of which has an item in 'tasks.objects'`
          : `${plugin.name} has no scheduled task '${task}'; there is ${[...tasks.keys()].join(", ") || "none"}`
      )
    }
    const now = yield* Clock.currentTimeMillis
    const scheduled = yield* store.get(own, task)
    const behind = scheduled?.state === "Leased"
      ? { queue: own, ...scheduled }
      : (yield* store.list(queue, { lane: task, limit: 1 })).map((item) => ({ queue, ...item }))[0]
    const id = yield* Message.rootId
    const content: Stored = { target: `${plugin.name}.${task}`, due: now, by }
    yield* store.add(queue, [{ id, lane: task, due: now, content }], now)
    return { queue, id, behind }
  })

  const none = (task: string): Effect.Effect<void> =>
    Effect.gen(function*() {
      while (true) {
        const changed = yield* store.changed
        const running = yield* patiently(store.list(queue, { state: "Leased", lane: task, limit: 1 }))
        if (running.length === 0) return
        yield* Effect.raceFirst(changed, Effect.sleep(pauseMillis))
      }
    })

  const work = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    const stored = yield* Effect.orDie(decode(item.content))
    const behavior = tasks.get(item.lane)
    if (behavior === undefined) return yield* RunTask.missing(stored)
    const { attempts } = behavior.definition
    if (item.attempts > attempts) return { _tag: "Park", reason: neverEnded(attempts) }
    if ((yield* patiently(store.get(own, item.lane)))?.state === "Leased") {
      return { _tag: "Again", due: (yield* Clock.currentTimeMillis) + pauseMillis, content: stored }
    }
    const failure = yield* run({
      behavior,
      input: { due: stored.due } satisfies Task.Firing,
      runId: item.id,
      attempt: item.attempts
    })
    if (failure === undefined) return { _tag: "Done", outcome: undefined }
    if (item.attempts < attempts) return yield* RunTask.retry(item, failure)
    yield* Effect.logError(`The task ${stored.target} failed, run by ${stored.by}: ${failure}`)
    return { _tag: "Park", reason: failure }
  })

  return { worker: { queue, concurrency: RunTask.concurrency, work }, ask, none }
}

/** Whether the others run can be asked again later: until it is known, nothing runs. */
const patiently = <A>(effect: Effect.Effect<A, WorkStoreError>): Effect.Effect<A> =>
  Effect.catch(effect, () => Effect.andThen(Effect.sleep(pauseMillis), Effect.suspend(() => patiently(effect))))
