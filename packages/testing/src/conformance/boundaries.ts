/** Boundaries one step at a time: what moves one, what doesn't, deltas, confirming, and the text form. */
import * as Boundary from "@reventless/core/Boundary"
import { EventStore, type NewEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Token from "@reventless/core/Token"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { type AnyCheck, chapter, conflicts, equal, isTrue } from "./Check.ts"
import {
  append,
  boundaryOf,
  event,
  everything,
  labels,
  ofTypes,
  range,
  readBoundary,
  tagged,
  typed
} from "./Fixture.ts"

const check = chapter("boundaries")

const confirm = (boundary: Boundary.Boundary, commandId?: string) =>
  Effect.flatMap(EventStore, (store) => store.confirm(boundary, commandId === undefined ? undefined : { commandId }))

/** After the boundary was read and the foreign events were added, an append on it is accepted, or refused. */
const claim = (
  name: string,
  query: Query.Query,
  foreign: ReadonlyArray<NewEvent>,
  expected: "accepted" | "refused",
  before: ReadonlyArray<NewEvent> = [event("before", "Subscribed", ["course:1", "student:a"])]
): AnyCheck =>
  check(
    name,
    Effect.gen(function*() {
      if (before.length > 0) yield* append(before)
      const boundary = yield* boundaryOf(query)
      for (const event of foreign) yield* append([event])
      const mine = append([event("mine", "Subscribed", ["course:1", "student:a"])], { boundary })
      if (expected === "accepted") {
        yield* confirm(boundary)
        yield* mine
      } else {
        yield* conflicts(confirm(boundary), "confirming the boundary")
        yield* conflicts(mine, "appending on the boundary")
      }
      const written = expected === "accepted" ? ["mine"] : []
      yield* equal(yield* everything, [...labels([...before, ...foreign]), ...written], "events read")
    })
  )

const course = typed("Subscribed", "course:1")

/** A boundary, made into text and back. */
const throughText = (boundary: Boundary.Boundary) =>
  Effect.flatMap(
    Schema.encodeEffect(Boundary.Boundary)(boundary),
    (text) => Schema.decodeEffect(Boundary.Boundary)(JSON.parse(JSON.stringify(text)))
  )

export const boundaries: ReadonlyArray<AnyCheck> = [
  claim("an append on a boundary that nothing was added to is accepted", course, [], "accepted"),
  claim("an event that matches the boundary moves it", course, [event("f", "Subscribed", ["course:1"])], "refused"),
  claim(
    "an event of a type outside the query doesn't move it",
    course,
    [event("f", "Renamed", ["course:1"])],
    "accepted"
  ),
  claim("an event with another value of the tag doesn't move it", course, [
    event("f", "Subscribed", ["course:2", "student:a"])
  ], "accepted"),
  claim("an event with only some of the item's tags doesn't move it", tagged("course:1", "student:a"), [
    event("f", "Subscribed", ["course:1", "student:b"]),
    event("g", "Subscribed", ["student:a", "course:2"])
  ], "accepted"),
  claim("an event that matches the second item moves it", Query.make({ tags: ["course:9"] }, { tags: ["student:z"] }), [
    event("f", "Renamed", ["student:z"])
  ], "refused"),
  claim("an event that matches no item doesn't move it", Query.make({ tags: ["course:9"] }, { types: ["Renamed"] }), [
    event("f", "Subscribed", ["course:1"])
  ], "accepted"),
  claim("a boundary of a type alone is moved by that type whatever its tags", ofTypes("Renamed"), [
    event("f", "Renamed", [])
  ], "refused"),
  claim("the boundary of everything is moved by any event", Query.all, [event("f", "Unknown", [])], "refused"),
  claim("a matching event among many that don't match moves it", course, [
    ...range(20).map((index) => event(`f${index}`, "Subscribed", [`course:${index + 2}`])),
    event("last", "Subscribed", ["student:z", "course:1"]),
    ...range(20).map((index) => event(`g${index}`, "Subscribed", [`course:${index + 2}`]))
  ], "refused"),
  claim(
    "a boundary that was read when nothing matched is moved by the first match",
    course,
    [
      event("f", "Subscribed", ["course:1"])
    ],
    "refused",
    []
  ),
  check(
    "absent is accepted as long as no such event exists, whatever else exists",
    Effect.gen(function*() {
      yield* append([event("other", "Defined", ["course:2"]), event("renamed", "Renamed", ["course:1"])])
      const absent = Boundary.absent(typed("Defined", "course:1"))
      yield* confirm(absent)
      yield* append([event("1", "Defined", ["course:1"])], { boundary: absent })
      yield* conflicts(append([event("2", "Defined", ["course:1"])], { boundary: absent }), "the second creation")
      yield* conflicts(confirm(absent), "confirming that none exists")
      yield* append([event("3", "Defined", ["course:3"])], {
        boundary: Boundary.absent(typed("Defined", "course:3"))
      })
      yield* equal(yield* everything, ["other", "renamed", "1", "3"], "events read")
    })
  ),
  check(
    "a boundary is spent once what was appended on it matches it",
    Effect.gen(function*() {
      const boundary = yield* boundaryOf(course)
      yield* append([event("1", "Subscribed", ["course:1"])], { boundary })
      yield* conflicts(append([event("2", "Subscribed", ["course:1"])], { boundary }), "the second use")
      yield* equal(yield* everything, ["1"], "events read")
    })
  ),
  check(
    "a boundary may be used again while what was appended on it doesn't match it",
    Effect.gen(function*() {
      const boundary = yield* boundaryOf(course)
      for (const index of range(5)) yield* append([event(`${index}`, "Noted", ["course:1"])], { boundary })
      yield* equal(yield* everything, range(5).map(String), "events read")
    })
  ),
  check(
    "an append without a boundary is accepted whatever was added",
    Effect.gen(function*() {
      for (const index of range(5)) yield* append([event(`${index}`, "Subscribed", ["course:1"])])
      yield* equal(yield* everything, range(5).map(String), "events read")
    })
  ),
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
