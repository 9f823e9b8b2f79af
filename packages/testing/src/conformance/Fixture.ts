/** What the checks are written with: short words for events, queries, reading, and meeting at a barrier. */
import type * as Boundary from "@reventless/core/Boundary"
import { type AppendOptions, EventStore, type NewEvent, type SequencedEvent } from "@reventless/core/EventStore"
import type * as Message from "@reventless/core/Message"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"

/** The meta of an event whose message id is known. */
export const meta = (messageId: string): Message.Meta => ({
  messageId,
  correlationId: messageId,
  time: 0,
  service: "Conformance.Suite",
  schemaVersion: 1
})

/** An event whose label tells it from all others: its message id, and its data when none is given. */
export const event = (
  label: string,
  type: string,
  tags: ReadonlyArray<string>,
  data: Schema.Json = label
): NewEvent => ({ type, tags, data, meta: meta(label) })

/** The labels of events, in their order. */
export const labels = (events: ReadonlyArray<NewEvent>): ReadonlyArray<string> =>
  events.map((event) => event.meta.messageId)

/** The events of one of these types. */
export const ofTypes = (...types: ReadonlyArray<string>): Query.Query => Query.make({ types })

/** The events that carry all of these tags. */
export const tagged = (...tags: ReadonlyArray<string>): Query.Query => Query.make({ tags })

/** The events of a type that carry all of these tags. */
export const typed = (type: string, ...tags: ReadonlyArray<string>): Query.Query => Query.make({ types: [type], tags })

/** Appends events, in one write. */
export const append = (events: ReadonlyArray<NewEvent>, options?: AppendOptions) =>
  Effect.flatMap(EventStore, (store) => store.append(events, options))

/** The decision read. */
export const readBoundary = (query: Query.Query, since?: Boundary.Boundary) =>
  Effect.flatMap(EventStore, (store) => store.readBoundary(query, since === undefined ? undefined : { since }))

/** The boundary of a query as it is now. */
export const boundaryOf = (query: Query.Query) => Effect.map(readBoundary(query), ({ boundary }) => boundary)

/** Every event that matches, read as a stream. */
export const read = (query: Query.Query) => Effect.flatMap(EventStore, (store) => Stream.runCollect(store.read(query)))

/** The labels of the whole log. */
export const everything = Effect.map(read(Query.all), labels)

/** The numbers from 0 up to, but not including, `count`. */
export const range = (count: number): ReadonlyArray<number> => Array.from({ length: count }, (_, index) => index)

/** Runs all of them at once and waits for all. */
export const together = <A, E, R>(effects: Iterable<Effect.Effect<A, E, R>>): Effect.Effect<Array<A>, E, R> =>
  Effect.all(effects, { concurrency: "unbounded" })

/** A place where `count` fibers wait until the last of them has come. */
export const barrier = (count: number): Effect.Effect<Effect.Effect<void>> =>
  Effect.map(Latch.make(), (latch) => {
    let missing = count
    return Effect.suspend(() => {
      missing--
      return missing === 0 ? Effect.asVoid(latch.open) : latch.await
    })
  })

/** Whether each append was accepted: of those that all read their boundary before the first of them wrote. */
export const race = Effect.fnUntraced(function*(
  racers: ReadonlyArray<{ readonly query: Query.Query; readonly events: ReadonlyArray<NewEvent> }>
) {
  const meet = yield* barrier(racers.length)
  return yield* together(racers.map(Effect.fnUntraced(function*({ events, query }) {
    const boundary = yield* boundaryOf(query)
    yield* meet
    return yield* append(events, { boundary }).pipe(
      Effect.as(true),
      Effect.catchTag("AppendConflict", () => Effect.succeed(false))
    )
  })))
})

/** Whether positions increase from each event to the next. */
export const ascending = (events: ReadonlyArray<SequencedEvent>): boolean =>
  events.every((event, index) => index === 0 || events[index - 1]!.position < event.position)
