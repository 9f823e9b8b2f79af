/** Visibility: what readers see while others write. */
import { EventStore } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type AnyCheck, chapter, equal, isTrue } from "./Check.ts"
import { append, ascending, event, labels, range, read, readBoundary, tagged, together } from "./Fixture.ts"

const check = chapter("visibility")

export const visibility: ReadonlyArray<AnyCheck> = [
  check(
    "an append of several events is seen whole or not at all",
    Effect.gen(function*() {
      const batch = (writer: number, turn: number) =>
        range(3).map((part) => event(`${writer}.${turn}.${part}`, "Added", ["order:1", `part:${part}`]))
      const writers = range(6).map((writer) =>
        Effect.forEach(range(5), (turn) => Effect.andThen(Effect.yieldNow, append(batch(writer, turn))))
      )
      const reader = Effect.forEach(range(40), () => Effect.andThen(Effect.yieldNow, readBoundary(tagged("order:1"))))
      const [reads] = yield* Effect.all([reader, together(writers)], { concurrency: "unbounded" })
      for (const { events } of reads) {
        const groups = new Map<string, number>()
        for (const label of labels(events)) {
          const group = label.slice(0, label.lastIndexOf("."))
          groups.set(group, (groups.get(group) ?? 0) + 1)
        }
        yield* isTrue([...groups.values()].every((count) => count === 3), "every append that is seen is seen whole")
      }
    })
  ),
  check(
    "an append that lands during a decision read is in what was read, or moves its boundary",
    Effect.gen(function*() {
      const query = Query.make({ tags: ["order:1"] }, { types: ["Noted"] })
      const writers = range(6).map((writer) =>
        Effect.forEach(range(8), (turn) =>
          Effect.andThen(
            Effect.yieldNow,
            append([event(`${writer}.${turn}`, turn % 2 === 0 ? "Noted" : "Added", [`order:${turn % 2}`])])
          ))
      )
      const reader = Effect.forEach(range(30), () => Effect.andThen(Effect.yieldNow, readBoundary(query)))
      const [reads] = yield* Effect.all([reader, together(writers)], { concurrency: "unbounded" })
      // As a set: an event that was seen late in one entity may be older than others that were seen before it.
      const full = new Set(labels((yield* readBoundary(query)).events))
      for (const { boundary, events } of reads) {
        const delta = yield* readBoundary(query, boundary)
        const together = [...labels(events), ...labels(delta.events)]
        yield* equal(new Set(together), full, "what was read, and the delta since")
        yield* equal(together.length, full.size, "how many events that are: each came once")
      }
    })
  ),
  check(
    "appends that land while a stream is read neither repeat nor displace what was there when it began",
    Effect.gen(function*() {
      const store = yield* EventStore
      yield* append(range(30).map((index) => event(`${index}`, "Added", ["order:1"])))
      const found = yield* store.read(tagged("order:1")).pipe(
        Stream.tap(({ meta: { messageId } }) =>
          messageId.startsWith("new") ? Effect.void : append([event(`new${messageId}`, "Added", ["order:1"])])
        ),
        Stream.runCollect
      )
      const seen = labels(found)
      yield* equal(seen.slice(0, 30), range(30).map(String), "what was there")
      yield* equal(new Set(seen).size, seen.length, "each event once")
      const later = labels(yield* read(tagged("order:1"))).slice(30)
      yield* equal(seen.slice(30), later.slice(0, seen.length - 30), "what was added, without gaps")
    })
  ),
  check(
    "concurrent appends get unique positions, in the order within each append",
    Effect.gen(function*() {
      const results = yield* together(
        range(30).map((writer) =>
          append(range(3).map((part) => event(`${writer}.${part}`, "Added", [`order:${writer % 4}`])))
        )
      )
      const positions = results.flatMap(({ events }) => events.map(({ position }) => position))
      yield* equal(new Set(positions).size, 90, "different positions")
      yield* isTrue(results.every(({ events }) => ascending(events)), "positions increase within an append")
    })
  )
]
