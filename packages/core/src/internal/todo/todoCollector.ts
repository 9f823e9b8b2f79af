import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { addressName } from "../../CommandBus.ts"
import type { SequencedEvent } from "../../EventStore.ts"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import * as Tag from "../../Tag.ts"
import { ViewStoreError } from "../../ViewStore.ts"
import type { NewWork, WorkStoreError, WorkStoreShape } from "../../WorkStore.ts"
import { json } from "../json.ts"
import { md5Hex } from "../md5.ts"
import type { Delivery } from "../views/laneProjection.ts"
import type { Collected, Collector, FedBehavior, Step } from "./collector.ts"
import { positionOf, type TodoContent } from "./todoContent.ts"
import type { MappedCommand, MappedCommands, OwnItems, TodoBehavior, TodoList } from "./todoList.ts"

/** What a decoded event does in one of its lanes. */
type Collect = (event: { readonly _tag: string }, delivery: Delivery) => Collected
type Close = Extract<Step, { readonly _tag: "Close" }>

/** How many items of a lane are looked at together when they are closed. */
const page = 256

const textOf = (error: unknown): string => error instanceof Error ? error.message : String(error)

const attempt = <A>(what: string, body: () => A): Result.Result<A, string> =>
  Result.try({ try: body, catch: (error) => `its ${what} threw: ${textOf(error)}` })

/** Collects a definition's own items: those of a lane are the ones whose key is the lane. */
const collectItems = (list: TodoList, items: OwnItems): Collect => {
  const key = list.lane._tag === "Keyed" ? list.lane.key : ""
  const encode = Schema.encodeUnknownResult(items.codec)
  const lanesOf = ({ tags }: SequencedEvent) => tags.filter((tag) => Tag.key(tag) === key).map(Tag.value)
  const stray = (what: string, id: string, lanes: ReadonlyArray<string>) =>
    `its ${what} names '${id}', which is no '${key}' of the event (${
      lanes.join(", ")
    }); a todo list has items of its ` +
    "events' ids only"

  return (event, { event: stored, lane }) =>
    Result.gen(function*() {
      const { meta, position } = stored
      const lanes = lanesOf(stored)
      const closed = yield* attempt("resolve", () => items.resolve(event))
      const closes = closed === "all" ? lanes : closed
      const other = closes.find((id) => !lanes.includes(id))
      if (other !== undefined) return yield* Result.fail(stray("resolve", other, lanes))
      const steps: Array<Step> = closes.includes(lane)
        ? [{ _tag: "Close", lane, before: position, by: meta.messageId }]
        : []
      const found = yield* attempt("collect", () => items.collect(event, { meta }))
      for (const [index, one] of found.entries()) {
        const item = yield* Result.mapError(
          encode(one),
          ({ message }) => `its collect gives an item that its definition refuses: ${message}`
        )
        const id = String((one as Record<string, unknown>)[items.key])
        if (!lanes.includes(id)) return yield* Result.fail(stray("collect", id, lanes))
        if (id !== lane) continue
        const content: TodoContent = { item, meta, position }
        const work = { id: Message.deriveId(meta.messageId, list.name, "item", index), lane, content: json(content) }
        steps.push({ _tag: "Add", work, due: undefined })
      }
      return steps
    })
}

/**
 * Collects the commands that events are mapped to. Those for one entity of one target have a lane; a delayed one has its
 * own, and holds up no others.
 */
const collectCommands = (
  { handlers, plugin }: PluginRuntime,
  list: TodoList,
  items: MappedCommands
): Collect => {
  const byCommand = new Map(handlers.map((handler) => [handler.command, {
    handler,
    encode: Schema.encodeUnknownResult(Schema.toCodecJson(handler.command.schema as Schema.Codec<unknown, unknown>))
  }]))

  const stepOf = (
    { action: { command, delay, to }, index, mapping }: MappedCommand,
    { meta, position }: SequencedEvent
  ): Result.Result<Step, string> => {
    const address = to["~address"]
    const target = byCommand.get(address.command)
    if (target === undefined) {
      return Result.fail(`it maps to '${addressName(address)}', which plugin '${plugin.name}' doesn't list`)
    }
    const { encode, handler } = target
    return Result.map(
      Result.mapError(encode(command), ({ message }) => `it maps to a wrong ${addressName(address)}: ${message}`),
      (encoded): Step => {
        const id = Message.deriveId(meta.messageId, `${list.name}.${mapping}`, handler.target, index)
        const content: TodoContent = { target: handler.target, command: encoded as Schema.Json, meta, position }
        const lane = delay === undefined ? `${handler.target}|${handler.lane(command)}` : id
        return {
          _tag: "Add",
          work: { id, lane, content: json(content) },
          due: delay === undefined ? undefined : meta.time + Duration.toMillis(Duration.fromInputUnsafe(delay))
        }
      }
    )
  }

  return (event, { event: stored }) =>
    Result.flatMap(
      attempt("mapping", () => items.collect(event, { meta: stored.meta })),
      (commands) => Result.all(commands.map((command) => stepOf(command, stored)))
    )
}

/** How many lanes are closed at the same time: a store may write together what waits to be written. */
const closing = 32

/**
 * Writes what was collected to a queue. All is added first, and then closed what is to be closed: a closing event says by
 * its position which items it closes, so the end is the same as if each step came by itself, and there are few commits.
 */
const writer = (store: WorkStoreShape, queue: string): Collector["write"] => {
  /** Closes the last item first: the one at the head of the lane holds up the others until they are closed too. */
  const close = Effect.fnUntraced(function*(lane: string, closes: ReadonlyArray<Close>, now: number) {
    const closed: Array<readonly [id: string, by: string]> = []
    let after: number | undefined
    while (true) {
      const items = yield* store.list(queue, { lane, after, limit: page })
      for (const { content, id } of items) {
        const position = positionOf(content) ?? Infinity
        const by = closes.find(({ before }) => position < before)
        if (by !== undefined) closed.push([id, by.by])
      }
      if (items.length < page) break
      after = items.at(-1)!.sequence
    }
    for (const [id, resolvedBy] of closed.reverse()) yield* store.complete(queue, id, { resolvedBy }, now)
  })

  return Effect.fnUntraced(
    function*(steps) {
      const now = yield* Clock.currentTimeMillis
      const added = steps.flatMap((step): ReadonlyArray<NewWork> =>
        step._tag === "Add" ? [{ ...step.work, due: step.due ?? now }] : []
      )
      if (added.length > 0) yield* store.add(queue, added, now)
      const closes = Map.groupBy(steps.filter((step) => step._tag === "Close"), ({ lane }) => lane)
      yield* Effect.forEach(closes, ([lane, of]) => close(lane, of, now), { concurrency: closing, discard: true })
    },
    Effect.mapError((error: WorkStoreError) =>
      new ViewStoreError({ detail: error.message, isRetryable: error.isRetryable, cause: error })
    )
  )
}

/** What is followed, and under which name. */
export type FollowedList = Pick<TodoList, "name" | "lane" | "consumes"> & {
  /** The queue of its items, where it shares one with others; its name when absent. */
  readonly queue?: string
  /** Events are collected anew when it changes; what is known already isn't done again. */
  readonly version: number | string
}

/** Changes with what a todo list is, and not with the code that collects: items aren't collected anew because of that. */
const fingerprintOf = ({ lane, name, version }: FollowedList): string =>
  md5Hex(JSON.stringify(["todo", name, lane._tag === "Keyed" ? lane.key : null, version]))

/** A todo list in the shape in which it is fed from the log: a view without rows. */
export const follow = (
  { work }: Pick<PluginRuntime, "work">,
  list: FollowedList,
  collect: Collector["collect"]
): FedBehavior => {
  const { consumes, lane, name, queue = name } = list
  return {
    kind: "StateViewSliceBehavior",
    name,
    definition: {
      kind: "StateViewSlice",
      tag: name,
      spec: {
        name,
        row: Schema.Struct({}) as Schema.Codec<any, any>,
        fields: {},
        key: "",
        sort: undefined,
        lane,
        initial: undefined,
        indexes: new Map(),
        consumes,
        access: undefined,
        live: false,
        description: undefined,
        fingerprint: fingerprintOf(list)
      }
    },
    project: () => [],
    collector: { collect, write: writer(work, queue) },
    "~R": (_) => _
  }
}

/**
 * Collects events as they are stored: an item for each, of the first of its ids, in a lane of that id; in a shared queue
 * it is the whole tag. They are decoded when their turn comes.
 */
export const storedEvents = ({ lane: ordered, name, queue = name }: FollowedList): Collector["collect"] => {
  const key = ordered._tag === "Keyed" ? ordered.key : ""
  return ({ event: { data, meta, position, tags, type }, lane }, _, isBuilding) => {
    const first = tags.find((tag) => Tag.key(tag) === key)
    if (first === undefined || Tag.value(first) !== lane) return Effect.succeed(Result.succeed([]))
    const content: TodoContent = { event: type, data, meta, position, ...(isBuilding ? { rebuilt: true } : {}) }
    const id = Message.deriveId(meta.messageId, queue, "event", 0)
    const work = { id, lane: queue === name ? lane : first, content: json(content) }
    return Effect.succeed(Result.succeed([{ _tag: "Add", work, due: undefined }]))
  }
}

/** The todo list of an automation, an outbound translation or event mappings, as it is fed from the log. */
export const make = (runtime: PluginRuntime, { items, list }: TodoBehavior<string, unknown>): FedBehavior => {
  const all = items._tag === "Items" ? collectItems(list, items) : collectCommands(runtime, list, items)
  const { since } = list
  return follow(runtime, list, (delivery, decode) =>
    Effect.matchEager(decode(delivery.event), {
      onSuccess: (event): Collected =>
        since !== undefined && delivery.event.meta.time < since ? Result.succeed([]) : all(event, delivery),
      onFailure: ({ message }): Collected => Result.fail(message)
    }))
}
