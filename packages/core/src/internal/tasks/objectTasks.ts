import * as Arr from "effect/Array"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Message from "../../Message.ts"
import { ObjectStore } from "../../ObjectStore.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type * as Task from "../../Task.ts"
import type { LeasedWork, NewWork, WorkResult } from "../../WorkStore.ts"
import type { Host, PlatformPart } from "../platformPart.ts"
import { neverEnded } from "../work/workRunner.ts"
import * as RunTask from "./runTask.ts"

/** The queue of what objects trigger. An item is one version of an object that appeared or went, for one task. */
export const queue = "tasks.objects"

/**
 * Where it is remembered which objects a task has seen. Nobody takes these items: each is an object that was there, in a
 * lane for each task. What an object's version triggers is added before it is remembered, so a process that is killed in
 * between adds it again, under the same id.
 */
const known = "tasks.known"

/** How often a platform looks at least for objects that appeared or went. */
const lookInterval = "5 seconds"

/** How many items are read or added at once. */
const pageSize = 500

/** An object as it is remembered. */
const Known = Schema.Struct({ key: Schema.String, version: Schema.String, size: Schema.Finite })

type Known = typeof Known.Type

const Stored = Schema.Struct({
  target: Schema.String,
  task: Schema.String,
  trigger: Schema.Literals(["ObjectCreated", "ObjectRemoved"]),
  ...Known.fields
})

const decodeKnown = Schema.decodeUnknownEffect(Known)
const decode = Schema.decodeUnknownEffect(Stored)

/** A task with the objects that it has seen. */
interface Watching {
  readonly task: string
  readonly trigger: Task.ObjectTrigger
  readonly seen: Map<string, Known>
}

const matches = ({ prefix, suffix }: Task.ObjectTrigger, key: string): boolean =>
  key.startsWith(prefix) && key.endsWith(suffix)

const knownId = (task: string, key: string): string => `${task}/${key}`

/** Finds the objects that trigger a plugin's tasks, and runs the tasks. */
export const make = (runtime: PluginRuntime, host: Host): PlatformPart => {
  const { plugin, rows, work: store } = runtime
  const run = RunTask.make(runtime, host)
  const tasks = new Map(plugin.tasks.map((behavior) => [behavior.name, behavior]))
  const triggers = plugin.tasks.flatMap(({ definition: { tag, trigger } }) =>
    trigger._tag === "Schedule" ? [] : [{ task: tag, trigger }]
  )

  const itemOf = ({ task, trigger }: Watching, { key, size, version }: Known, now: number): NewWork => {
    const target = `${plugin.name}.${task}`
    return {
      id: Message.deriveId(`${target}/${trigger._tag}`, key, version, 0),
      lane: `${task}/${key}`,
      due: now,
      content: { target, task, trigger: trigger._tag, key, version, size }
    }
  }

  const knownOf = (task: string, object: Known, now: number): NewWork => ({
    id: knownId(task, object.key),
    lane: task,
    due: now,
    content: object
  })

  /** What a task has seen, before anything is listed: so what isn't listed afterwards has gone. */
  const remembered = Effect.fnUntraced(function*(task: string) {
    const seen = new Map<string, Known>()
    let after = 0
    while (true) {
      const items = yield* store.list(known, { lane: task, after, limit: pageSize })
      for (const { content } of items) {
        const object = yield* Effect.orDie(decodeKnown(content))
        seen.set(object.key, object)
      }
      if (items.length < pageSize) return seen
      after = items.at(-1)!.sequence
    }
  })

  const appeared = Effect.fnUntraced(function*(watching: Watching, objects: ReadonlyArray<Known>) {
    const { seen, task, trigger } = watching
    const now = yield* Clock.currentTimeMillis
    if (trigger._tag === "ObjectCreated") {
      yield* store.add(queue, objects.map((object) => itemOf(watching, object, now)), now)
    }
    const added = objects.filter(({ key }) => !seen.has(key))
    const changed = objects.filter(({ key }) => seen.has(key))
    yield* store.add(known, added.map((object) => knownOf(task, object, now)), now)
    yield* Effect.forEach(changed, (object) => store.put(known, knownOf(task, object, now), now), { discard: true })
    for (const object of objects) seen.set(object.key, object)
  })

  const went = Effect.fnUntraced(function*(watching: Watching, key: string) {
    const { seen, task, trigger } = watching
    const now = yield* Clock.currentTimeMillis
    // Another process may have been faster, or have seen a later version.
    const item = yield* store.get(known, knownId(task, key))
    if (item !== undefined) {
      const object = yield* Effect.orDie(decodeKnown(item.content))
      // One that the trigger doesn't ask for any more is forgotten, and is not gone.
      if (trigger._tag === "ObjectRemoved" && matches(trigger, key)) {
        yield* store.add(queue, [itemOf(watching, object, now)], now)
      }
      yield* store.cancel(known, item.id)
    }
    seen.delete(key)
  })

  const look = Effect.fnUntraced(function*(objects: ObjectStore["Service"], watching: Watching) {
    const { seen, trigger } = watching
    const listed = yield* Stream.runCollect(
      Stream.filter(objects.list(trigger.prefix), ({ key }) => matches(trigger, key))
    )
    const news = listed
      .filter(({ isWritten, key, version }) => isWritten && seen.get(key)?.version !== version)
      .map(({ key, size, version }): Known => ({ key, size, version }))
      .toSorted((a, b) => a.key < b.key ? -1 : 1)
    for (const page of Arr.chunksOf(news, pageSize)) yield* appeared(watching, page)
    const there = new Set(listed.map(({ key }) => key))
    const gone = [...seen.keys()].filter((key) => !there.has(key))
    yield* Effect.forEach(gone, (key) => went(watching, key), { concurrency: 16, discard: true })
  })

  /** One process looks for a task at a time, so that the others are spared; were it two, they would add the same items. */
  const lookWhileOwner = Effect.fnUntraced(function*({ task, trigger }: Omit<Watching, "seen">) {
    const objects = Context.getUnsafe(runtime.services as Context.Context<ObjectStore>, ObjectStore)
    const { lost } = yield* rows.own(knownId(known, task))
    const watching: Watching = { task, trigger, seen: yield* remembered(task) }
    const looking = Effect.forever(Effect.gen(function*() {
      const changed = yield* objects.changed
      yield* look(objects, watching)
      yield* Effect.raceFirst(changed, Effect.sleep(lookInterval))
    }))
    yield* Effect.raceFirst(lost, looking)
  }, Effect.scoped)

  const work = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    const stored = yield* Effect.orDie(decode(item.content))
    const behavior = tasks.get(stored.task)
    if (behavior?.definition.trigger._tag !== stored.trigger) return yield* RunTask.missing(stored)
    const { attempts } = behavior.definition
    if (item.attempts > attempts) return { _tag: "Park", reason: neverEnded(attempts) }
    const { key, size, target, version } = stored
    const failure = yield* run({
      behavior,
      input: { key, version, size } satisfies Task.ObjectEvent,
      runId: item.id,
      attempt: item.attempts
    })
    if (failure === undefined) return { _tag: "Done", outcome: undefined }
    if (item.attempts < attempts) return yield* RunTask.retry(item, failure)
    yield* Effect.logError(`The task ${target} failed on '${key}': ${failure}`)
    return { _tag: "Park", reason: failure }
  })

  return {
    workers: [{ queue, concurrency: RunTask.concurrency, work }],
    fibers: triggers.map((one) =>
      RunTask.keepOn(`Looking for objects for ${plugin.name}.${one.task}`)(lookWhileOwner(one))
    ),
    fed: []
  }
}
