/** Concurrency: what holds when many write at once. Racers read first, meet at a barrier, and then append. */
import * as Boundary from "@reventless/core/Boundary"
import type { NewEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import { type AnyCheck, chapter, equal } from "./Check.ts"
import { append, barrier, event, ofTypes, race, range, read, readBoundary, tagged, together, typed } from "./Fixture.ts"

const check = chapter("concurrency")

const winners = (results: ReadonlyArray<boolean>): number => results.filter((won) => won).length

/** Reads, decides on what was seen, appends, and on a conflict reads what was added and decides again. */
const untilAccepted = (query: Query.Query, decide: (seen: number) => ReadonlyArray<NewEvent>) =>
  Effect.gen(function*() {
    let { boundary, events: { length: seen } } = yield* readBoundary(query)
    while (true) {
      yield* Effect.yieldNow
      const accepted = yield* append(decide(seen), { boundary }).pipe(
        Effect.as(true),
        Effect.catchTag("AppendConflict", () => Effect.succeed(false))
      )
      if (accepted) return seen
      const delta = yield* readBoundary(query, boundary)
      boundary = delta.boundary
      seen += delta.events.length
    }
  })

export const concurrency: ReadonlyArray<AnyCheck> = [
  check(
    "of many racers on one boundary exactly one wins, in every round",
    Effect.gen(function*() {
      for (const round of range(5)) {
        const results = yield* race(
          range(20).map((racer) => ({
            query: tagged("course:1"),
            events: [event(`${round}.${racer}`, "Subscribed", ["course:1"])]
          }))
        )
        yield* equal(winners(results), 1, `winners of round ${round}`)
        yield* equal((yield* read(tagged("course:1"))).length, round + 1, "events read")
      }
    })
  ),
  check(
    "of many racers that create the same thing exactly one wins",
    Effect.gen(function*() {
      const meet = yield* barrier(20)
      const results = yield* together(
        range(20).map((racer) =>
          Effect.andThen(
            meet,
            append([event(`${racer}`, "Defined", ["course:1"])], {
              boundary: Boundary.absent(typed("Defined", "course:1"))
            })
              .pipe(Effect.as(true), Effect.catchTag("AppendConflict", () => Effect.succeed(false)))
          )
        )
      )
      yield* equal(winners(results), 1, "winners")
      yield* equal((yield* read(Query.all)).length, 1, "events read")
    })
  ),
  check(
    "appends on disjoint boundaries never conflict",
    Effect.gen(function*() {
      const results = yield* together(
        range(20).map(Effect.fnUntraced(function*(writer) {
          for (const turn of range(5)) {
            const { boundary } = yield* readBoundary(tagged(`course:${writer}`))
            yield* Effect.yieldNow
            yield* append([event(`${writer}.${turn}`, "Subscribed", [`course:${writer}`])], { boundary })
          }
          return true
        }))
      )
      yield* equal(winners(results), 20, "writers that never met a conflict")
      yield* equal((yield* read(Query.all)).length, 100, "events read")
    })
  ),
  check(
    "racers whose events are outside the others' types never conflict",
    Effect.gen(function*() {
      const results = yield* race(
        range(10).map((racer) => ({
          query: typed(`Type${racer}`, "course:1"),
          events: [event(`${racer}`, `Type${racer}`, ["course:1"])]
        }))
      )
      yield* equal(winners(results), 10, "winners")
    })
  ),
  check(
    "racers that read a type alone conflict whatever their tags",
    Effect.gen(function*() {
      const results = yield* race(
        range(10).map((racer) => ({
          query: ofTypes("InvoiceCreated"),
          events: [event(`${racer}`, "InvoiceCreated", [`invoice:${racer}`])]
        }))
      )
      yield* equal(winners(results), 1, "winners")
    })
  ),
  check(
    "of two that read both places and write one each, one wins",
    Effect.gen(function*() {
      for (const round of range(5)) {
        const query = Query.make({ tags: [`left:${round}`] }, { tags: [`right:${round}`] })
        const results = yield* race([
          { query, events: [event(`l${round}`, "Taken", [`left:${round}`])] },
          { query, events: [event(`r${round}`, "Taken", [`right:${round}`])] }
        ])
        yield* equal(winners(results), 1, `winners of round ${round}`)
      }
    })
  ),
  check(
    "of racers whose boundaries overlap in one tag, one wins on each tag",
    Effect.gen(function*() {
      const students = range(5)
      const courses = range(4)
      const racers = students.flatMap((student) => courses.map((course) => ({ student, course })))
      const results = yield* race(racers.map(({ course, student }) => ({
        query: Query.make({ tags: [`student:${student}`] }, { tags: [`course:${course}`] }),
        events: [event(`${student}.${course}`, "Subscribed", [`student:${student}`, `course:${course}`])]
      })))
      const won = racers.filter((_, index) => results[index])
      yield* equal(new Set(won.map(({ student }) => student)).size, won.length, "winners have different students")
      yield* equal(new Set(won.map(({ course }) => course)).size, won.length, "winners have different courses")
      const free = racers.filter(({ course, student }) =>
        won.every((winner) => winner.course !== course && winner.student !== student)
      )
      yield* equal(free, [], "racers who lost although nothing of theirs was taken")
    })
  ),
  check(
    "an event that carries both tags of a pair conflicts only with those who read the pair",
    Effect.gen(function*() {
      const results = yield* race([
        { query: tagged("student:a", "course:1"), events: [event("a1", "S", ["student:a", "course:1"])] },
        { query: tagged("student:a", "course:2"), events: [event("a2", "S", ["student:a", "course:2"])] },
        { query: tagged("student:b", "course:1"), events: [event("b1", "S", ["student:b", "course:1"])] }
      ])
      yield* equal(results, [true, true, true], "all three are accepted")
    })
  ),
  check(
    "an update is never lost: who loses reads what was added, decides again, and gets through",
    Effect.gen(function*() {
      const seen = yield* together(
        range(20).map((writer) =>
          untilAccepted(tagged("counter:1"), (count) => [event(`${writer}`, "Counted", ["counter:1"], count)])
        )
      )
      yield* equal([...seen].sort((a, b) => a - b), range(20), "each accepted writer had seen one more than the last")
      const stored = yield* read(tagged("counter:1"))
      yield* equal(stored.map(({ data }) => data), range(20), "the counts, in their order")
    })
  )
]
