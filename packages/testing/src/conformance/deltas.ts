/** Deltas, confirming, and the text forms of boundaries and tokens. */
import * as Boundary from "@reventless/core/Boundary"
import { EventStore } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Token from "@reventless/core/Token"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type AnyCheck, chapter, conflicts, equal, isTrue, refused } from "./Check.ts"
import { append, boundaryOf, event, everything, labels, range, readBoundary, typed } from "./Fixture.ts"

const check = chapter("deltas and confirming")

const confirm = (boundary: Boundary.Boundary, commandId?: string) =>
  Effect.flatMap(EventStore, (store) => store.confirm(boundary, commandId === undefined ? undefined : { commandId }))

const course = typed("Subscribed", "course:1")

/** A boundary, made into text and back. */
const throughText = (boundary: Boundary.Boundary) =>
  Effect.flatMap(
    Schema.encodeEffect(Boundary.Boundary)(boundary),
    (text) => Schema.decodeEffect(Boundary.Boundary)(JSON.parse(JSON.stringify(text)))
  )

export const deltas: ReadonlyArray<AnyCheck> = [
  check(
    "a delta holds what was added since, and the full read is what was seen and the deltas together",
    Effect.gen(function*() {
      const query = Query.make({ types: ["Subscribed"], tags: ["course:1"] }, { tags: ["student:a"] })
      let seen = yield* readBoundary(query)
      let known = labels(seen.events)
      for (const index of range(12)) {
        const tags = [[`course:${index % 3}`], ["student:a", "course:7"], ["student:b"]][index % 3]!
        yield* append(range(index % 4 + 1).map((part) => event(`${index}.${part}`, "Subscribed", tags)))
        if (index % 2 === 0) continue
        seen = yield* readBoundary(query, seen.boundary)
        known = [...known, ...labels(seen.events)]
        yield* equal(known, labels((yield* readBoundary(query)).events), `after ${index + 1} appends`)
      }
      yield* isTrue(known.length > 4, "the deltas held events")
    })
  ),
  check(
    "a delta without news is empty, and its boundary holds like the one it came from",
    Effect.gen(function*() {
      yield* append([event("1", "Subscribed", ["course:1"])])
      const first = yield* boundaryOf(course)
      yield* append([event("2", "Subscribed", ["course:2"])])
      const { boundary, events } = yield* readBoundary(course, first)
      yield* equal(events, [], "the delta")
      yield* append([event("3", "Subscribed", ["course:1"])], { boundary })
      yield* conflicts(append([event("4", "Subscribed", ["course:1"])], { boundary }), "the delta's boundary, moved")
      yield* conflicts(append([event("4", "Subscribed", ["course:1"])], { boundary: first }), "the first, moved too")
    })
  ),
  check(
    "the boundary of a delta has seen what the delta held",
    Effect.gen(function*() {
      const first = yield* boundaryOf(course)
      yield* append([event("1", "Subscribed", ["course:1"])])
      const second = yield* readBoundary(course, first)
      yield* equal(labels(second.events), ["1"], "the delta")
      yield* append([event("2", "Subscribed", ["course:1"])], { boundary: second.boundary })
      yield* equal(labels((yield* readBoundary(course, second.boundary)).events), ["2"], "the next delta")
    })
  ),
  check(
    "a delta since absent is the full read",
    Effect.gen(function*() {
      yield* append([event("1", "Subscribed", ["course:1"]), event("2", "Subscribed", ["course:1"])])
      yield* equal(labels((yield* readBoundary(course, Boundary.absent(course))).events), ["1", "2"], "the delta")
    })
  ),
  check(
    "a delta since the boundary of another query is refused: it would leave out what that one didn't see",
    Effect.gen(function*() {
      yield* append([event("1", "Subscribed", ["course:1"])])
      const store = yield* EventStore
      const since = yield* boundaryOf(typed("Subscribed", "course:2"))
      yield* refused(store.readBoundary(course, { since }), "InvalidRequest", "a delta since another query")
    })
  ),
  check(
    "confirming writes nothing and doesn't spend the boundary",
    Effect.gen(function*() {
      yield* append([event("1", "Subscribed", ["course:1"])])
      const boundary = yield* boundaryOf(course)
      yield* equal(yield* confirm(boundary), undefined, "the answer")
      yield* equal(yield* confirm(boundary, "c"), undefined, "the answer with an id that isn't remembered")
      yield* append([event("2", "Subscribed", ["course:1"])], { boundary, commandId: "c" })
      yield* equal(yield* everything, ["1", "2"], "events read")
    })
  ),
  check(
    "confirming with a command id that is remembered answers that command's result, also when the boundary moved",
    Effect.gen(function*() {
      const boundary = yield* boundaryOf(course)
      const first = yield* append([event("1", "Subscribed", ["course:1"])], { boundary, commandId: "c" })
      yield* equal(yield* confirm(boundary, "c"), { ...first, replayed: true }, "the answer")
      yield* conflicts(confirm(boundary, "other"), "an id that isn't remembered")
    })
  ),
  check(
    "a boundary keeps its meaning in its text form",
    Effect.gen(function*() {
      const query = Query.make({ types: ["Subscribed"], tags: ["course:1", "student:\u00e9\u{1F680}"] }, {
        types: ["X"]
      })
      yield* append([event("1", "X", [])])
      const boundary = yield* Effect.flatMap(boundaryOf(query), throughText)
      yield* append([event("2", "Subscribed", ["course:1"])])
      yield* append([event("3", "X", ["course:1"])], { boundary })
      yield* conflicts(append([event("4", "X", ["course:1"])], { boundary }), "the boundary, moved")
      yield* equal(labels((yield* readBoundary(query, boundary)).events), ["3"], "the delta since it")
      const absent = yield* throughText(Boundary.absent(query))
      yield* conflicts(append([event("5", "X", [])], { boundary: absent }), "absent, although one exists")
    })
  ),
  check(
    "a token keeps its meaning in its text form",
    Effect.gen(function*() {
      const { token } = yield* append([event("1", "X", [])])
      const text = yield* Schema.encodeEffect(Token.Token)(token)
      yield* equal(yield* Schema.decodeEffect(Token.Token)(text), token, "the token")
    })
  ),
  check(
    "a text that isn't a boundary is refused",
    Effect.gen(function*() {
      const text = yield* Effect.flatMap(boundaryOf(course), Schema.encodeEffect(Boundary.Boundary))
      for (const wrong of ["", "x", text.slice(1), text.slice(0, -4), `9${text.slice(1)}`, "1e30"]) {
        yield* isTrue(
          (yield* Effect.exit(Schema.decodeEffect(Boundary.Boundary)(wrong)))._tag === "Failure",
          `'${wrong}' is refused`
        )
      }
    })
  )
]
