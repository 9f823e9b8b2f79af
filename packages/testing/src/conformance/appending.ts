/** Appending: all or nothing, in the order given, exactly as given; and command ids that are remembered. */
import { EventStore } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type AnyCheck, chapter, conflicts, equal, isTrue, refused } from "./Check.ts"
import {
  append,
  ascending,
  boundaryOf,
  event,
  everything,
  labels,
  meta,
  range,
  read,
  readBoundary,
  tagged,
  together
} from "./Fixture.ts"

const check = chapter("appending")

const values: ReadonlyArray<Schema.Json> = [
  null,
  true,
  0,
  -1.5,
  1e300,
  9007199254740991,
  "",
  "text with \"quotes\", \n lines, \u0000, \ud800 and \u{1F680}",
  [],
  [1, [2, [null]]],
  {},
  { z: 1, a: { y: [true], b: null }, "": "", "key with space": 2 },
  { nested: { deep: { deeper: { deepest: "x".repeat(2000) } } } }
]

export const appending: ReadonlyArray<AnyCheck> = [
  check(
    "events come back in the order in which they were appended",
    Effect.gen(function*() {
      yield* append([event("1", "T", ["e:1"]), event("2", "U", ["e:1"]), event("3", "T", ["e:1"])])
      yield* append([event("4", "U", ["e:1"])])
      yield* append([event("5", "T", ["e:1"]), event("6", "T", ["e:1"])])
      yield* equal(labels(yield* read(tagged("e:1"))), ["1", "2", "3", "4", "5", "6"], "events read")
      yield* equal(labels((yield* readBoundary(tagged("e:1"))).events), ["1", "2", "3", "4", "5", "6"], "decision read")
    })
  ),
  check(
    "a type, tags in their order, data with its keys in their order, and meta come back as they were given",
    Effect.gen(function*() {
      const given = values.map((data, index) => ({
        ...event(`${index}`, "Typ\u00e9 with space", ["z:1", "a:2", "z:0"], data),
        meta: { ...meta(`${index}`), causationId: "cause", time: 1730000000123, headers: { b: "1", a: "\u{1F680}" } }
      }))
      yield* append(given)
      const stored = yield* read(Query.all)
      const found = stored.map(({ data, meta, tags, type }) => ({ type, tags, data, meta }))
      yield* equal(found, given, "events read")
      yield* equal(found.map(({ data }) => JSON.stringify(data)), values.map((data) => JSON.stringify(data)), "data")
    })
  ),
  check(
    "the result of an append holds its events with the positions under which they are read",
    Effect.gen(function*() {
      yield* append([event("0", "T", ["e:1"])])
      const { events, replayed } = yield* append([event("1", "T", ["e:1"]), event("2", "T", ["e:2"])])
      const stored = yield* read(Query.all)
      yield* equal(events, stored.slice(1), "events of the result")
      yield* equal(replayed, false, "whether it was done before")
    })
  ),
  check(
    "positions are positive, unique, and increase within an append and from each append to the next",
    Effect.gen(function*() {
      const first = yield* append(range(5).map((index) => event(`a${index}`, "T", ["e:1"])))
      const second = yield* append(range(5).map((index) => event(`b${index}`, "T", ["e:1"])))
      const all = [...first.events, ...second.events]
      yield* isTrue(all.every(({ position }) => Number.isSafeInteger(position) && position > 0), "positive integers")
      yield* isTrue(ascending(all), "each position is greater than the one before")
    })
  ),
  check(
    "an append of forty events is stored whole",
    Effect.gen(function*() {
      yield* append(range(40).map((index) => event(`${index}`, "T", ["e:1"])))
      yield* equal(yield* everything, range(40).map(String), "events read")
    })
  ),
  check(
    "an append of nothing is refused",
    Effect.gen(function*() {
      yield* refused(append([]), "InvalidRequest", "an append of nothing")
      yield* refused(append([], { commandId: "c" }), "InvalidRequest", "an append of nothing with a command id")
      const boundary = yield* boundaryOf(Query.all)
      yield* refused(append([], { boundary }), "InvalidRequest", "an append of nothing with a boundary")
      yield* equal((yield* append([event("1", "T", [])], { commandId: "c" })).replayed, false, "the id is still free")
      yield* equal(yield* everything, ["1"], "events read")
    })
  ),
  check(
    "a refused append leaves nothing, of however many events",
    Effect.gen(function*() {
      const boundary = yield* boundaryOf(tagged("e:1"))
      yield* append([event("first", "T", ["e:1"])])
      const batch = range(5).map((index) => event(`late${index}`, "T", [`e:${index}`]))
      yield* conflicts(append(batch, { boundary }), "a boundary that something was added to")
      yield* equal(yield* everything, ["first"], "events read")
      for (const index of [0, 2, 3, 4]) {
        yield* equal((yield* readBoundary(tagged(`e:${index}`))).events, [], "events by tag")
      }
    })
  ),
  check(
    "a limit gives the first so many events",
    Effect.gen(function*() {
      const store = yield* EventStore
      yield* append(range(10).map((index) => event(`${index}`, "T", ["e:1"])))
      for (const limit of [0, 1, 3, 10, 11]) {
        const found = yield* Stream.runCollect(store.read(tagged("e:1"), { limit }))
        yield* equal(labels(found), range(Math.min(limit, 10)).map(String), `the first ${limit}`)
      }
    })
  ),
  check(
    "a command id that comes again answers the first result and writes nothing",
    Effect.gen(function*() {
      const boundary = yield* boundaryOf(tagged("e:1"))
      const first = yield* append([event("1", "T", ["e:1"]), event("2", "T", ["e:1"])], { boundary, commandId: "c" })
      yield* equal(first.replayed, false, "the first time")
      yield* append([event("3", "T", ["e:1"])])
      const again = yield* append([event("1", "T", ["e:1"]), event("2", "T", ["e:1"])], { boundary, commandId: "c" })
      yield* equal(again, { ...first, replayed: true }, "the result of the second time, although its boundary moved")
      const other = yield* append([event("4", "U", ["e:9"])], { commandId: "c" })
      yield* equal(other, { ...first, replayed: true }, "the result for other events under the same id")
      yield* equal(yield* everything, ["1", "2", "3"], "events read")
    })
  ),
  check(
    "other command ids are other commands",
    Effect.gen(function*() {
      for (const id of ["c", "C", "c ", "c:1", "e:1"]) {
        yield* equal((yield* append([event(id, "T", ["e:1"])], { commandId: id })).replayed, false, id)
      }
      yield* equal(yield* everything, ["c", "C", "c ", "c:1", "e:1"], "events read")
    })
  ),
  check(
    "a refused append isn't remembered: its command may be decided anew",
    Effect.gen(function*() {
      const stale = yield* boundaryOf(tagged("e:1"))
      yield* append([event("1", "T", ["e:1"])])
      yield* conflicts(append([event("2", "T", ["e:1"])], { boundary: stale, commandId: "c" }), "a moved boundary")
      const boundary = yield* boundaryOf(tagged("e:1"))
      yield* equal((yield* append([event("2", "T", ["e:1"])], { boundary, commandId: "c" })).replayed, false, "retry")
      yield* equal(yield* everything, ["1", "2"], "events read")
    })
  ),
  check(
    "of many appends with one command id at once, one writes and all answer its result",
    Effect.gen(function*() {
      const results = yield* together(
        range(20).map((index) => append([event(`${index}`, "T", ["e:1"])], { commandId: "c" }))
      )
      const stored = yield* read(Query.all)
      yield* equal(stored.length, 1, "the number of events")
      yield* equal(results.filter(({ replayed }) => !replayed).length, 1, "how many wrote")
      for (const { events } of results) yield* equal(events, stored, "the events of every answer")
    })
  )
]
