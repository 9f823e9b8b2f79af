import * as Effect from "effect/Effect"
import type * as Event from "../../Event.ts"
import type { EventStoreShape } from "../../EventStore.ts"
import * as Lane from "../../Lane.ts"
import type * as Message from "../../Message.ts"
import * as Metrics from "../../Metrics.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import * as Tag from "../../Tag.ts"
import type { LeasedWork, WorkResult } from "../../WorkStore.ts"
import type { Sender } from "../commands/sendActions.ts"
import type { FedView } from "../operations.ts"
import * as ViewRunner from "../views/viewRunner.ts"
import type { Worker } from "../work/workRunner.ts"
import * as ItemWorker from "./itemWorker.ts"
import * as TodoCollector from "./todoCollector.ts"
import * as TodoContent from "./todoContent.ts"

/** How often a message is tried before it is parked. */
export const attempts = 8

/** An event whose turn has come. */
export interface Delivered {
  readonly event: { readonly _tag: string }
  /** What collected it, as it is shown: `Catalog.Products.v1.events.product`. */
  readonly list: string
  /** The entity that orders it. */
  readonly id: string
  readonly meta: Message.Meta
  readonly position: number
  /** Whether it was found when its list was built anew, as one of the past may be. */
  readonly isRebuilt: boolean
}

/** What a list collects of a log. */
export interface Followed {
  /** The name of the view without rows that collects it; another one than the queue's where it shares the queue. */
  readonly name: string
  readonly definitions: ReadonlyArray<Event.Any>
  /** The kind of id that orders them. */
  readonly key: string
}

/** A list of events that are worked on one by one, those of an entity in their order. */
export interface MessageList {
  /** The name of its queue. */
  readonly queue: string
  /** The log that it follows: the plugin's own, or that of an extension point. */
  readonly events: EventStoreShape
  /** What else the list begins anew with: the log of another major version has other events at the same places. */
  readonly version?: string
  /** What it follows. No event is in two of them: an item's id follows from the event and the queue. */
  readonly followed: ReadonlyArray<Followed>
  /** Sends the commands that were kept until they are due. */
  readonly sender: Sender
  /** What becomes of an item that can't be begun as it is; undefined where it can. */
  readonly instead?: (item: LeasedWork) => Effect.Effect<WorkResult | undefined>
  /** One attempt, whole: it succeeds when everything that the event comes to is done. */
  readonly attempt: (delivered: Delivered, item: LeasedWork) => Effect.Effect<void, unknown>
  readonly ended: Worker["ended"]
}

interface Job {
  readonly meta: Message.Meta
  readonly kept: TodoContent.CommandContent | undefined
  readonly delivered: Delivered | undefined
}

/**
 * What feeds a list and works on it. Of a version of an event that is newer than the definition known here, what the
 * definition knows is read: within a major version, a contract only grows.
 */
export const make = (
  runtime: PluginRuntime,
  { attempt, ended, events, followed, instead, queue, sender, version = "" }: MessageList
): { readonly worker: Worker; readonly fed: ReadonlyArray<FedView> } => {
  const { name: plugin } = runtime.plugin
  const component = `${plugin}.${queue}`
  const byTag = new Map(
    followed.flatMap(({ definitions, name }) =>
      definitions.map((definition) => [definition.tag, { definition, list: `${plugin}.${name}` }] as const)
    )
  )
  const isShared = followed.some(({ name }) => name !== queue)
  const following = { ...runtime, events }

  const feed = ({ definitions, key, name }: Followed): FedView => {
    const types = definitions.map(({ tag }) => tag)
    const list: TodoCollector.FollowedList = {
      name,
      queue,
      lane: Lane.keyed(types, key),
      consumes: definitions,
      version: `${version}${types.toSorted().join()}`
    }
    const behavior = TodoCollector.follow(runtime, list, TodoCollector.storedEvents(list))
    return { name: `${plugin}.${name}`, runtime: following, behavior, runner: ViewRunner.make(following, behavior) }
  }

  const read = Effect.fnUntraced(function*({ content: stored, lane }: LeasedWork): Effect.fn.Return<
    Job,
    { readonly message: string }
  > {
    const content = yield* TodoContent.undecodable(TodoContent.decode(stored))
    const { meta, position } = content
    if ("target" in content) return { meta, kept: content, delivered: undefined }
    const found = "event" in content ? byTag.get(content.event) : undefined
    if (found === undefined || !("event" in content)) {
      return yield* new TodoContent.Undecodable({
        message: `'${component}' has no handler of what it was given; it can be cancelled`
      })
    }
    const { definition, list } = found
    const event = yield* definition["~decode"](Math.min(meta.schemaVersion, definition.version), content.data)
    return {
      meta,
      kept: undefined,
      delivered: {
        event,
        list,
        id: isShared ? Tag.value(lane) : lane,
        meta,
        position,
        isRebuilt: content.rebuilt === true
      }
    }
  })

  return {
    fed: followed.map(feed),
    worker: {
      ...ItemWorker.make<Job>({
        queue,
        component,
        attempts,
        outcomes: Metrics.pluginMessages,
        ...(instead === undefined ? {} : { instead }),
        read,
        attempt: (item, { delivered, kept }) =>
          delivered !== undefined
            ? attempt(delivered, item)
            : kept !== undefined
            ? sender.sendKept(item.id, kept)
            : Effect.void
      }),
      remembersCancelled: true,
      ...(ended === undefined ? {} : { ended })
    }
  }
}
