import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { AccessDenied } from "../../Access.ts"
import type { Operations, RunByHand, WorkFilter, WorkPage, WorkStatus } from "../../Operations.ts"
import { InvalidQuery } from "../../QueryEngine.ts"
import type { WorkItem, WorkStoreShape } from "../../WorkStore.ts"
import { opaque } from "../opaque.ts"
import type { Worker } from "./workRunner.ts"

/** A queue of this platform. */
export interface Queue {
  /** Whose queue it is: a plugin, or the platform. */
  readonly plugin: string
  readonly queue: string
  readonly store: WorkStoreShape
  /** Whether an item that is cancelled stays known, as done: what it comes from may come again. */
  readonly remembersCancelled: boolean
  /** Whether its items are listed only when they are parked. */
  readonly isQuiet: boolean
  readonly runByHand: Worker["runByHand"]
}

/** The place of an item among all work. */
interface Place {
  readonly plugin: string
  readonly queue: string
  readonly sequence: number
}

const Cursor: Schema.Codec<Place, string> = opaque(
  "WorkCursor",
  "1",
  Schema.Struct({ plugin: Schema.String, queue: Schema.String, sequence: Schema.Finite }),
  "not a cursor of this version; start again without it"
)

const decodeCursor = Schema.decodeUnknownEffect(Cursor)
const encodeCursor = Schema.encodeEffect(Cursor)

/**
 * What a command, a schedule and a task's run are stored with: whom they are for, and why the last firing failed for good;
 * and what an event for another plugin is stored with.
 * Damaged content must not hide the item that is parked for it.
 */
const decodeContent = Schema.decodeUnknownOption(
  Schema.Union([
    Schema.Struct({ target: Schema.String, failure: Schema.optionalKey(Schema.String) }),
    Schema.Struct({ event: Schema.String })
  ])
)

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0

/** The order of queues: a page goes on in it although plugins were added or removed. */
const compareQueues = (a: Omit<Place, "sequence">, b: Omit<Place, "sequence">): number =>
  compare(a.plugin, b.plugin) || compare(a.queue, b.queue)

const asked = "work"

const refuse = (detail: string, field: string) => new InvalidQuery({ view: asked, detail, field })

/** Makes the operations for work that is done later. */
export const make = (options: {
  readonly queues: ReadonlyArray<Queue>
  /** Who asks, if they may. */
  readonly operator: Effect.Effect<string, AccessDenied>
  readonly limitOf: (asked: string, filter: WorkFilter) => Effect.Effect<number, InvalidQuery>
  /** Why a plugin can't be asked here that isn't one of these. */
  readonly absent: (plugin: string, here: ReadonlyArray<string>) => Effect.Effect<string>
}): Pick<Operations["Service"], "work" | "replayWork" | "runWork" | "cancelWork"> => {
  const queues = options.queues.toSorted(compareQueues)
  const plugins = [...new Set(queues.map(({ plugin }) => plugin))]

  const queuesOf = (plugin: string) => {
    const found = queues.filter((one) => one.plugin === plugin)
    return found.length > 0
      ? Effect.succeed(found)
      : Effect.flatMap(options.absent(plugin, plugins), (why) => Effect.fail(refuse(why, "plugin")))
  }

  const find = Effect.fnUntraced(function*(plugin: string, queue: string) {
    const own = yield* queuesOf(plugin)
    const found = own.find((one) => one.queue === queue)
    const there = own.map((one) => one.queue).join(", ")
    return found ??
      (yield* refuse(`${plugin} has no such queue; there ${own.length === 1 ? "is" : "are"} ${there}`, "queue"))
  })

  const work = Effect.fn("Operations.work")(function*(filter: WorkFilter = {}) {
    yield* options.operator
    const { cursor, lane, plugin, state } = filter
    const limit = yield* options.limitOf(asked, filter)
    const chosen = plugin === undefined ? queues : yield* queuesOf(plugin)
    const after = cursor === undefined
      ? undefined
      : yield* Effect.mapError(decodeCursor(cursor), ({ message }) => refuse(message, "cursor"))
    if (after !== undefined && plugin !== undefined && after.plugin !== plugin) {
      return yield* refuse("the cursor belongs to another plugin", "cursor")
    }
    const found: Array<{ readonly of: Queue; readonly item: WorkItem }> = []
    for (const of of chosen) {
      const place = after === undefined ? 1 : compareQueues(of, after)
      if (place < 0 || found.length > limit) continue
      if (of.isQuiet && state !== undefined && state !== "Parked") continue
      const items = yield* of.store.list(of.queue, {
        state: of.isQuiet ? "Parked" : state,
        lane,
        after: place === 0 ? after?.sequence : undefined,
        limit: limit + 1 - found.length
      })
      found.push(...items.map((item) => ({ of, item })))
    }
    const shown = found.slice(0, limit)
    const last = shown.at(-1)
    const page: WorkPage = {
      work: shown.map(({ item, of }) => statusOf(of, item, filter)),
      cursor: found.length > limit && last !== undefined
        ? yield* Effect.orDie(
          encodeCursor({ plugin: last.of.plugin, queue: last.of.queue, sequence: last.item.sequence })
        )
        : undefined
    }
    return page
  })

  const replayWork = Effect.fn("Operations.replayWork")(function*(plugin: string, queue: string, id: string) {
    const by = yield* options.operator
    const { store } = yield* find(plugin, queue)
    const replayed = yield* store.replay(queue, id, yield* Clock.currentTimeMillis)
    if (replayed) yield* Effect.logInfo("Work is done again", { by, plugin, queue, id })
    return replayed
  })

  const runWork = Effect.fn("Operations.runWork")(function*(plugin: string, queue: string, id: string) {
    const by = yield* options.operator
    const { runByHand } = yield* find(plugin, queue)
    if (runByHand === undefined) {
      return yield* refuse("only a scheduled task, in the queue 'tasks', can be run by hand", "queue")
    }
    const { behind, ...run } = yield* Effect.mapError(
      runByHand(id, by),
      (error) => typeof error === "string" ? refuse(error, "id") : error
    )
    yield* Effect.logInfo("A task is run by hand", { by, plugin, task: id, run: run.id })
    const asked: RunByHand = {
      plugin,
      ...run,
      behind: behind === undefined ? undefined : { queue: behind.queue, id: behind.id, state: behind.state }
    }
    return asked
  })

  const cancelWork = Effect.fn("Operations.cancelWork")(
    function*(plugin: string, queue: string, id: string, why: string) {
      const by = yield* options.operator
      const { remembersCancelled, store } = yield* find(plugin, queue)
      const item = yield* store.get(queue, id)
      const cancelled = remembersCancelled
        ? yield* store.complete(queue, id, { cancelledBy: by, why }, yield* Clock.currentTimeMillis)
        : yield* store.cancel(queue, id)
      if (cancelled) {
        const target = item === undefined ? undefined : contentOf(item)?.target
        yield* Effect.logInfo("Work was cancelled", { by, why, plugin, queue, id, lane: item?.lane, target })
      }
      return cancelled
    }
  )

  return { work, replayWork, runWork, cancelWork }
}

const contentOf = ({ content }: WorkItem) => {
  const found = Option.getOrUndefined(decodeContent(content))
  return found !== undefined && "event" in found ? { target: found.event, failure: undefined } : found
}

const statusOf = (
  { plugin, queue }: Queue,
  item: WorkItem,
  { content = false }: WorkFilter
): WorkStatus => ({
  plugin,
  queue,
  id: item.id,
  lane: item.lane,
  state: item.state,
  due: item.due,
  attempts: item.attempts,
  reason: item.reason ?? contentOf(item)?.failure,
  time: item.time,
  target: contentOf(item)?.target,
  content: content ? item.content : undefined
})
