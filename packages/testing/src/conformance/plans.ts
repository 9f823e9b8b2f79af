/** The index plan: a store answers what its plan covers and refuses the rest, before it writes anything. */
import * as Boundary from "@reventless/core/Boundary"
import { EventStore } from "@reventless/core/EventStore"
import type * as IndexPlan from "@reventless/core/IndexPlan"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { type AnyCheck, conflicts, equal, refused, withPlan } from "./Check.ts"
import { append, event, labels, ofTypes, race, range, read, readBoundary, tagged, typed } from "./Fixture.ts"

/** `Subscribed` is found by course and student, `Defined` by course and by its name; `teacher` is a reference. */
const plan: IndexPlan.IndexPlan = {
  _tag: "Planned",
  all: false,
  types: {
    Subscribed: { partitions: ["course", "student"], references: ["teacher"], home: "course", byType: false },
    Defined: { partitions: ["course"], references: [], home: "course", byType: true },
    Noted: { partitions: [], references: ["teacher"], home: undefined, byType: false }
  }
}

const check = withPlan("index plan", plan)

const subscribed = (label: string, course: number, student: string, teacher = "t") =>
  event(label, "Subscribed", [`course:${course}`, `student:${student}`, `teacher:${teacher}`])

const uncovered: Readonly<Record<string, Query.Query>> = {
  "everything": Query.all,
  "a type that isn't found by its name": ofTypes("Subscribed"),
  "a tag that is a reference": typed("Subscribed", "teacher:t"),
  "a tag that isn't a partition of every type": { items: [{ types: ["Subscribed", "Defined"], tags: ["student:a"] }] },
  "a type that isn't planned": typed("Unheard", "course:1"),
  "a second item that isn't covered": Query.make({ types: ["Defined"] }, { types: ["Noted"] })
}

export const plans: ReadonlyArray<AnyCheck> = [
  check(
    "a query that the plan doesn't cover is refused as QueryNotIndexed, and nothing is written",
    Effect.gen(function*() {
      const store = yield* EventStore
      yield* append([subscribed("1", 1, "a")])
      for (const [name, query] of Object.entries(uncovered)) {
        yield* refused(Stream.runDrain(store.read(query)), "QueryNotIndexed", `reading ${name}`)
        yield* refused(readBoundary(query), "QueryNotIndexed", `the decision read of ${name}`)
        const boundary = Boundary.absent(query)
        yield* refused(append([subscribed("2", 1, "b")], { boundary }), "QueryNotIndexed", `appending on ${name}`)
      }
      yield* equal(labels(yield* read(tagged("course:1"))), ["1"], "events read")
    })
  ),
  check(
    "confirming a boundary that the plan doesn't cover is refused as QueryNotIndexed",
    Effect.gen(function*() {
      const store = yield* EventStore
      for (const [name, query] of Object.entries(uncovered)) {
        yield* refused(store.confirm(Boundary.absent(query)), "QueryNotIndexed", `confirming ${name}`)
      }
    })
  ),
  check(
    "a lane that the plan doesn't cover is refused as QueryNotIndexed",
    Effect.gen(function*() {
      const store = yield* EventStore
      const subscribe = (lane: Lane.Lane) => Stream.runDrain(store.subscribe({ lane }))
      yield* refused(subscribe(Lane.unordered(["Unheard"])), "QueryNotIndexed", "a type that isn't planned")
      yield* refused(subscribe(Lane.keyed(["Defined"], "student")), "QueryNotIndexed", "a key that isn't a partition")
    })
  ),
  check(
    "an event of a type outside the plan is refused with the whole append",
    Effect.gen(function*() {
      const events = [subscribed("1", 1, "a"), event("2", "Unheard", ["course:1"])]
      yield* refused(append(events), "InvalidRequest", "an unplanned type")
      yield* equal(labels(yield* read(tagged("course:1"))), [], "events read")
    })
  ),
  check(
    "what the plan covers is found, and references narrow it down",
    Effect.gen(function*() {
      yield* append([
        subscribed("1", 1, "a", "x"),
        subscribed("2", 1, "b", "y"),
        event("3", "Defined", ["course:1"]),
        subscribed("4", 2, "a", "x"),
        event("5", "Noted", ["teacher:x"])
      ])
      yield* equal(labels(yield* read(tagged("course:1"))), ["1", "2", "3"], "a partition of every type that has it")
      yield* equal(labels(yield* read(tagged("course:1", "teacher:y"))), ["2"], "a partition and a reference")
      yield* equal(labels(yield* read(ofTypes("Defined"))), ["3"], "a type that is found by its name")
      yield* equal(labels(yield* read(typed("Subscribed", "student:a"))), ["1", "4"], "a partition of one type")
      yield* equal(
        labels(yield* read({ items: [{ types: ["Defined"] }, { types: ["Subscribed"], tags: ["student:b"] }] })),
        ["2", "3"],
        "two items"
      )
    })
  ),
  check(
    "boundaries under a plan are as exact as under the open one",
    Effect.gen(function*() {
      const query = Query.make({ types: ["Subscribed"], tags: ["course:1", "teacher:x"] })
      const { boundary } = yield* readBoundary(query)
      yield* append([subscribed("1", 1, "a", "y"), subscribed("2", 2, "a", "x"), event("3", "Defined", ["course:1"])])
      yield* append([subscribed("4", 1, "b", "x")], { boundary })
      yield* conflicts(append([subscribed("5", 1, "c", "x")], { boundary }), "the boundary, moved")
      const results = yield* race(
        range(8).map((racer) => ({
          query: typed("Subscribed", "student:r"),
          events: [subscribed(`r${racer}`, racer + 10, "r")]
        }))
      )
      yield* equal(results.filter((won) => won).length, 1, "winners of a race")
    })
  )
]
