/** Boundaries one step at a time: what moves one, and what doesn't. */
import * as Boundary from "@reventless/core/Boundary"
import { EventStore, type NewEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import { type AnyCheck, chapter, conflicts, equal } from "./Check.ts"
import { append, boundaryOf, event, everything, labels, ofTypes, range, tagged, typed } from "./Fixture.ts"

const check = chapter("boundaries")

/** That nothing was added to the boundary. */
const confirm = (boundary: Boundary.Boundary) => Effect.flatMap(EventStore, (store) => store.confirm(boundary))

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
  )
]
