/**
 * Following a log that has one commit order: the subscription that memory and SQL stores share. A store gives how to read
 * a page after a position and how to wait for more; the rest is the same everywhere.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Stream from "effect/Stream"
import type { Checkpoint } from "./Checkpoint.ts"
import { type Batch, EventStoreError, type EventStoreShape, InvalidRequest, type SequencedEvent } from "./EventStore.ts"
import * as Extent from "./Extent.ts"

/** A page of a log: the events of the wanted types, and how far the log was looked through to find them. */
export interface Page {
  readonly events: ReadonlyArray<SequencedEvent>
  /** Every event up to this position, and including it, was looked at. */
  readonly position: number
  /** Whether the page reached the end of the log. */
  readonly end: boolean
}

/** The position that an extent of a positioned log stands for; refused when it is another store's. */
export const position = (extent: Extent.Extent): Result.Result<number, EventStoreError> =>
  extent._tag === "Versions"
    ? Result.fail(
      new EventStoreError({
        reason: new InvalidRequest({ detail: "the extent was made by a store without positions" })
      })
    )
    : Result.succeed(extent._tag === "Nothing" ? 0 : extent.position)

/** Whether the checkpoint includes what the token stands for. */
export const reached: EventStoreShape["reached"] = (_lane, checkpoint, token) =>
  Extent.includes(checkpoint.extent, token.extent)

/**
 * Batches from the checkpoint on, and then as events are added, without end. The first one comes at once, also when it is
 * empty, and says whether the checkpoint is the end of the log.
 *
 * `changed` is asked before each page is read, and awaited when the page reached the end: an append between the two must
 * complete it, so that none is missed.
 */
export const follow = <R>(options: {
  readonly checkpoint: Checkpoint | undefined
  readonly read: (after: number) => Effect.Effect<Page, EventStoreError>
  readonly changed: Effect.Effect<Effect.Effect<void>, never, R>
}): Stream.Stream<Batch, EventStoreError, R> =>
  Stream.unwrap(Effect.map(
    Effect.fromResult(position(options.checkpoint?.extent ?? Extent.nothing)),
    (start) =>
      Stream.unfold(
        { after: start, first: true, wait: Effect.void },
        Effect.fnUntraced(function*(
          state: { readonly after: number; readonly first: boolean; readonly wait: Effect.Effect<void> }
        ) {
          let wait = state.wait
          while (true) {
            yield* wait
            const next = yield* options.changed
            const page = yield* options.read(state.after)
            if (page.position === state.after && !state.first) {
              wait = next
              continue
            }
            const batch: Batch = {
              events: page.events,
              checkpoint: { extent: Extent.upTo(page.position) },
              caughtUp: page.end
            }
            return [batch, { after: page.position, first: false, wait: page.end ? next : Effect.void }] as const
          }
        })
      )
  ))
