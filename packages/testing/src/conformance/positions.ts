/** Positions, for stores with one commit order: reading from a position, backwards, and conditions by position. */
import * as Boundary from "@reventless/core/Boundary"
import { type AppendCondition, EventStore, PositionedEventStore } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import { chapter, conflicts, equal, isTrue, type PositionedCheck, refused } from "./Check.ts"
import { append, ascending, boundaryOf, event, everything, labels, range, read, tagged, together } from "./Fixture.ts"

const check = chapter("positions")

const readFrom = (
  query: Query.Query,
  options: { readonly from?: number; readonly backwards?: boolean; readonly limit?: number }
) => Effect.flatMap(PositionedEventStore, (store) => Effect.map(Stream.runCollect(store.read(query, options)), labels))

const appendIf = (label: string, condition: AppendCondition, boundary?: Boundary.Boundary) =>
  Effect.flatMap(PositionedEventStore, (store) => store.append([event(label, "T", ["e:1"])], { condition, boundary }))

/** Ten events, every second one with the tag `even:1`; answers their positions. */
const tenEvents = Effect.map(
  append(range(10).map((index) => event(`${index}`, "T", index % 2 === 0 ? ["e:1", "even:1"] : ["e:1"]))),
  ({ events }) => events.map(({ position }) => position)
)

export const positions: ReadonlyArray<PositionedCheck> = [
  check(
    "reading from a position includes it",
    Effect.gen(function*() {
      const at = yield* tenEvents
      for (const index of range(10)) {
        const expected = range(10).slice(index).map(String)
        yield* equal(yield* readFrom(Query.all, { from: at[index]! }), expected, `from the event ${index}`)
        yield* equal(yield* readFrom(tagged("e:1"), { from: at[index]! }), expected, `by tag from the event ${index}`)
      }
      yield* equal(yield* readFrom(tagged("even:1"), { from: at[3]! }), ["4", "6", "8"], "from between two matches")
    })
  ),
  check(
    "reading from 0 gives everything and reading from behind the end nothing",
    Effect.gen(function*() {
      const at = yield* tenEvents
      yield* equal(yield* readFrom(Query.all, { from: 0 }), range(10).map(String), "from 0")
      yield* equal(yield* readFrom(Query.all, { from: at[9]! + 1 }), [], "from behind the end")
      yield* equal(yield* readFrom(tagged("e:1"), { from: at[9]! + 1000 }), [], "from far behind the end")
    })
  ),
  check(
    "reading backwards begins at the end, and at `from` when it is given, including it",
    Effect.gen(function*() {
      const at = yield* tenEvents
      const reversed = range(10).map(String).reverse()
      yield* equal(yield* readFrom(Query.all, { backwards: true }), reversed, "everything")
      yield* equal(yield* readFrom(tagged("even:1"), { backwards: true }), ["8", "6", "4", "2", "0"], "by tag")
      yield* equal(yield* readFrom(Query.all, { backwards: true, from: at[4]! }), reversed.slice(5), "from the middle")
      yield* equal(yield* readFrom(tagged("even:1"), { backwards: true, from: at[5]! }), ["4", "2", "0"], "by tag from")
      yield* equal(yield* readFrom(Query.all, { backwards: true, from: 0 }), [], "from 0")
      yield* equal(yield* readFrom(Query.all, { backwards: true, from: at[9]! + 9 }), reversed, "from behind the end")
    })
  ),
  check(
    "a limit cuts after the first so many in the direction of reading",
    Effect.gen(function*() {
      const at = yield* tenEvents
      yield* equal(yield* readFrom(Query.all, { limit: 3, from: at[4]! }), ["4", "5", "6"], "forwards")
      yield* equal(yield* readFrom(Query.all, { limit: 3, backwards: true }), ["9", "8", "7"], "backwards")
      yield* equal(yield* readFrom(tagged("even:1"), { limit: 1, backwards: true }), ["8"], "the last match")
      yield* equal(yield* readFrom(tagged("even:1"), { limit: 2, backwards: true, from: at[7]! }), ["6", "4"], "from")
      yield* equal(yield* readFrom(tagged("nobody:1"), { limit: 1, backwards: true }), [], "the last of none")
    })
  ),
  check(
    "a condition without `after` fails if any event ever matched",
    Effect.gen(function*() {
      yield* appendIf("1", { failIfEventsMatch: tagged("e:1") })
      yield* conflicts(appendIf("2", { failIfEventsMatch: tagged("e:1") }), "one matches")
      yield* conflicts(appendIf("2", { failIfEventsMatch: Query.all }), "one exists")
      yield* appendIf("3", { failIfEventsMatch: tagged("e:2") })
      yield* equal(yield* everything, ["1", "3"], "events read")
    })
  ),
  check(
    "a condition ignores the events up to `after`, and including it",
    Effect.gen(function*() {
      const at = yield* tenEvents
      const failIfEventsMatch = tagged("even:1")
      for (const index of range(8)) {
        yield* conflicts(appendIf("no", { failIfEventsMatch, after: at[index]! }), `a match after the event ${index}`)
      }
      yield* conflicts(appendIf("no", { failIfEventsMatch, after: 0 }), "a match after 0")
      yield* appendIf("8", { failIfEventsMatch, after: at[8]! })
      yield* appendIf("9", { failIfEventsMatch, after: at[9]! })
      yield* conflicts(appendIf("no", { failIfEventsMatch: Query.all, after: at[9]! }), "something was added")
    })
  ),
  check(
    "`after` may be any position that was seen, also behind the last match and behind the end",
    Effect.gen(function*() {
      const at = yield* tenEvents
      yield* append([event("foreign", "U", ["u:1"])])
      yield* appendIf("10", { failIfEventsMatch: tagged("e:1"), after: at[9]! + 1 })
      yield* appendIf("11", { failIfEventsMatch: tagged("e:1"), after: at[9]! + 1000 })
    })
  ),
  check(
    "a boundary and a condition must both hold",
    Effect.gen(function*() {
      yield* append([event("0", "T", ["e:1"])])
      const stale = Boundary.absent(tagged("e:1"))
      const holds: AppendCondition = { failIfEventsMatch: tagged("e:2") }
      const broken: AppendCondition = { failIfEventsMatch: tagged("e:1") }
      yield* conflicts(appendIf("1", holds, stale), "the boundary moved")
      yield* conflicts(appendIf("1", broken, yield* boundaryOf(tagged("e:1"))), "the condition fails")
      yield* appendIf("1", holds, yield* boundaryOf(tagged("e:1")))
      yield* equal(yield* everything, ["0", "1"], "events read")
    })
  ),
  check(
    "of many conditional appends after one position exactly one succeeds",
    Effect.gen(function*() {
      const at = yield* tenEvents
      const results = yield* together(
        range(20).map((racer) =>
          appendIf(`r${racer}`, { failIfEventsMatch: tagged("e:1"), after: at[9]! }).pipe(
            Effect.as(true),
            Effect.catchTag("AppendConflict", () => Effect.succeed(false))
          )
        )
      )
      yield* equal(results.filter((won) => won).length, 1, "winners")
      yield* equal((yield* everything).length, 11, "events read")
    })
  ),
  check(
    "positions are commit order: what a reader has seen stays the beginning of what it sees later",
    Effect.gen(function*() {
      const writers = range(8).map((writer) =>
        Effect.forEach(range(8), (turn) =>
          Effect.andThen(
            Effect.yieldNow,
            append(range(turn % 3 + 1).map((part) => event(`${writer}.${turn}.${part}`, "T", [`e:${writer}`])))
          ))
      )
      const writing = yield* Effect.forkChild(together(writers))
      let before: ReadonlyArray<string> = []
      while (writing.pollUnsafe() === undefined) {
        const events = yield* read(Query.all)
        yield* isTrue(ascending(events), "events come in the order of their positions")
        yield* equal(labels(events).slice(0, before.length), before, "what was seen before")
        before = labels(events)
        yield* Effect.sleep(0)
      }
      yield* Fiber.join(writing)
    })
  ),
  check(
    "a boundary from behind the end of the log is refused: what it claims to have seen isn't there",
    Effect.gen(function*() {
      const store = yield* EventStore
      yield* append([event("1", "T", ["e:1"])])
      const boundary: Boundary.Boundary = { query: tagged("e:1"), extent: Extent.upTo(1_000_000) }
      yield* refused(
        append([event("2", "T", ["e:1"])], { boundary }),
        "InvalidRequest",
        "a boundary from behind the end"
      )
      yield* refused(store.confirm(boundary), "InvalidRequest", "confirming it")
      yield* refused(store.readBoundary(tagged("e:1"), { since: boundary }), "InvalidRequest", "a delta since it")
    })
  ),
  check(
    "what another kind of store made is refused and nothing is written",
    Effect.gen(function*() {
      const store = yield* EventStore
      const extent = Extent.versions({ "t#e#1": 1 })
      const boundary: Boundary.Boundary = { query: tagged("e:1"), extent }
      yield* refused(append([event("1", "T", ["e:1"])], { boundary }), "InvalidRequest", "a foreign boundary")
      yield* refused(store.confirm(boundary), "InvalidRequest", "confirming a foreign boundary")
      yield* refused(store.readBoundary(tagged("e:1"), { since: boundary }), "InvalidRequest", "a delta since it")
      const lane = { _tag: "Unordered", types: ["T"] } as const
      const subscribe = Stream.runDrain(store.subscribe({ lane, checkpoint: { extent } }))
      yield* refused(subscribe, "InvalidRequest", "subscribing from a foreign checkpoint")
      yield* equal(yield* everything, [], "events read")
    })
  )
]
