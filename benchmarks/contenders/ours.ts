/** Drives a store of ours: the same loops as those over promises, as fibers. */
import * as Boundary from "@reventless/core/Boundary"
import type { AppendConflict, EventStoreShape, NewEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Load, Store, Tally, Task } from "./contender.ts"
import * as Event from "./event.ts"

/** An event as our stores take it: only its type says that data may be any JSON. */
export const newEvent = (event: Event.BenchEvent): NewEvent => event as unknown as NewEvent

const query = (boundary: Event.Boundary): Query.Query => ({
  items: boundary.map(({ tag, types }) => ({ types, tags: [tag] }))
})

const appendFor = Effect.fnUntraced(function*(store: EventStoreShape, millis: number, lap: string) {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < millis) {
    const course = `${lap}-${Math.floor(count / Event.perBoundary)}`
    yield* store.append([newEvent(Event.subscribed(course, `${lap}-${count}`))])
    count++
  }
  return count / ((performance.now() - start) / 1000)
})

const appendIf = (store: EventStoreShape, event: Event.BenchEvent, boundary: Boundary.Boundary) =>
  Effect.matchEffect(store.append([newEvent(event)], { boundary }), {
    onSuccess: () => Effect.succeed(true),
    onFailure: (error) => isConflict(error) ? Effect.succeed(false) : Effect.die(error)
  })

const isConflict = (error: { readonly _tag: string }): error is AppendConflict => error._tag === "AppendConflict"

const compete = Effect.fnUntraced(function*(store: EventStoreShape, load: Load) {
  const start = performance.now()
  const write = Effect.fnUntraced(function*(writer: number) {
    let successes = 0
    let attempts = 0
    let known: Boundary.Boundary | undefined
    while (performance.now() - start < load.millis) {
      const course = load.course(writer, successes)
      const { boundary } = yield* store.readBoundary(query(Event.courseBoundary(course)), { since: known })
      if (load.remember) known = boundary
      attempts++
      const event = Event.subscribed(course, `${load.lap}-${writer}-${attempts}`)
      if (yield* appendIf(store, event, boundary)) successes++
    }
    const tally: Tally = { successes, attempts }
    return tally
  })
  const writers = Array.from({ length: load.writers }, (_, writer) => writer)
  const tallies = yield* Effect.forEach(writers, write, { concurrency: "unbounded" })
  return { tallies, seconds: (performance.now() - start) / 1000 }
})

const readBoundaries = Effect.fnUntraced(function*(
  store: EventStoreShape,
  courses: ReadonlyArray<string>,
  expected: number,
  millis: number
) {
  const times: Array<number> = []
  const end = performance.now() + millis
  for (const course of courses) {
    const start = performance.now()
    if (start > end) break
    const { events } = yield* store.readBoundary(query(Event.courseBoundary(course)))
    times.push(performance.now() - start)
    if (events.length !== expected) throw new Error(`${course} has ${events.length} events instead of ${expected}`)
  }
  return times
})

const decideAll = Effect.fnUntraced(function*(
  store: EventStoreShape,
  tasks: ReadonlyArray<Task>,
  workers: number
) {
  const decisions = { accepted: 0, refused: 0, conflicts: 0 }
  const decide = Effect.fnUntraced(function*(task: Task) {
    while (true) {
      const read = yield* store.readBoundary(query(task.boundary))
      const event = task.decide(read.events as unknown as ReadonlyArray<Event.FoundEvent>)
      if (event === undefined) {
        decisions.refused++
        return
      }
      if (yield* appendIf(store, event, read.boundary)) {
        decisions.accepted++
        return
      }
      decisions.conflicts++
    }
  })
  yield* Effect.forEach(tasks, decide, { concurrency: workers, discard: true })
  return decisions
})

/** Appends the events that a log of `size` is filled with. */
export const fill = Effect.fnUntraced(function*(store: EventStoreShape, size: number) {
  let batch: Array<NewEvent> = []
  for (const event of Event.filling(size)) {
    batch.push(newEvent(event))
    if (batch.length < 1000) continue
    yield* store.append(batch)
    batch = []
  }
  if (batch.length > 0) yield* store.append(batch)
}, Effect.orDie)

/** The loops of a contender over a store of ours. */
export const drive = (store: EventStoreShape): Store => ({
  append: (millis, lap) => Effect.orDie(appendFor(store, millis, lap)),
  compete: (load) => Effect.orDie(compete(store, load)),
  readBoundaries: (courses, expected, millis) => Effect.orDie(readBoundaries(store, courses, expected, millis)),
  readAll: Effect.orDie(Stream.runCount(store.read(Query.all))),
  decide: (tasks, workers) => Effect.orDie(decideAll(store, tasks, workers))
})
