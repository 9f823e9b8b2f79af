import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { AppendConflict, Contended, EventStoreError, EventStoreShape } from "../../EventStore.ts"
import type * as ExtensionPoint from "../../ExtensionPoint.ts"
import { major } from "../../ExtensionPoint.ts"
import type * as Message from "../../Message.ts"
import * as Query from "../../Query.ts"
import type { LeasedWork, WorkResult, WorkStoreError, WorkStoreShape } from "../../WorkStore.ts"
import { json } from "../json.ts"
import * as TodoContent from "../todo/todoContent.ts"
import { retryAt } from "../work/workRunner.ts"
import { isReplayed } from "./directives.ts"
import * as PointNames from "./pointNames.ts"

/** The major version of the contract by which an event of this extension point was published, where it isn't `point`'s. */
const otherMajor = (point: ExtensionPoint.Any, { contract = "" }: Message.Meta): number | undefined => {
  const [name, version] = contract.split(" ")
  if (name !== point.tag || version === undefined) return undefined
  const found = major(version)
  return found === major(point.version.events) ? undefined : found
}

/**
 * What becomes of an item that was collected through another major version, when its turn comes: its content is replaced, in
 * its place, by what the same event is in this version. So whoever moves to another version, or back, goes on with what
 * waits, in the order in which it waits, and whoever is killed meanwhile finds either content.
 *
 * An event that isn't published in this version yet is waited for. One that this version has nothing of waits for a person:
 * it would be lost otherwise if the extension moved back.
 */
export const make = (
  point: ExtensionPoint.Any,
  { log, provider }: {
    readonly log: EventStoreShape
    /** The provider's. */
    readonly provider: WorkStoreShape
  }
) => {
  const types = point.events.map(({ tag }) => tag)

  /** What the source event came to in this version; undefined when it isn't known yet. */
  const published = Effect.fnUntraced(function*(source: string) {
    const item = PointNames.outgoingItem(point, source)
    // An append is remembered by its item's id. It is asked for with the boundary of an entity that there is none of.
    const { boundary } = yield* log.readBoundary(Query.make({ types, tags: [PointNames.entityTag(item)] }))
    const append = yield* log.confirm(boundary, { commandId: item })
    if (append !== undefined) return append.events
    const found = yield* provider.get(PointNames.outgoingQueue(point), item)
    return found?.state === "Done" ? [] : undefined
  })

  const become = Effect.fnUntraced(
    function*(item: LeasedWork): Effect.fn.Return<
      WorkResult | undefined,
      AppendConflict | Contended | EventStoreError | WorkStoreError
    > {
      const content = yield* Effect.option(TodoContent.decode(item.content))
      if (content._tag === "None" || !("event" in content.value)) return undefined
      const { event: type, meta, rebuilt } = content.value
      const other = otherMajor(point, meta)
      if (other === undefined) return undefined
      const events = yield* published(meta.causationId ?? "")
      const was = `${type} of '${point.tag}' was collected in version ${other}`
      if (events === undefined) {
        return {
          _tag: "Retry",
          due: yield* retryAt(item.attempts),
          reason: `${was}, and isn't published in version ${major(point.version.events)} yet`
        }
      }
      const event = events.find(({ meta: { messageId } }) => messageId === meta.messageId)
      if (event === undefined) {
        return {
          _tag: "Park",
          reason: `${was}, and version ${major(point.version.events)} has nothing of it; it can be cancelled`
        }
      }
      const now = yield* Clock.currentTimeMillis
      const next: TodoContent.TodoContent = {
        event: event.type,
        data: event.data,
        meta: event.meta,
        position: event.position,
        // What a person has done again fires no directives, and the next attempt doesn't know that it was.
        ...(rebuilt === true || isReplayed(item) ? { rebuilt: true } : {})
      }
      return { _tag: "Again", due: now, content: json(next) }
    }
  )

  return (item: LeasedWork): Effect.Effect<WorkResult | undefined> =>
    Effect.catch(
      become(item),
      (error) =>
        Effect.map(retryAt(item.attempts), (due): WorkResult => ({ _tag: "Retry", due, reason: error.message }))
    )
}
