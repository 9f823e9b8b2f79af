/** Drives a store whose operations are promises. */
import * as Effect from "effect/Effect"
import { type Decisions, type Load, type Read, type Store, type Tally, type Task } from "./contender.ts"
import { type BenchEvent, type Boundary, courseBoundary, perBoundary, subscribed } from "./event.ts"

export interface PromisedStore<Known> {
  /** `index` is the event's place in its course, from 0. */
  readonly append: (event: BenchEvent, index: number) => Promise<unknown>
  readonly read: (boundary: Boundary, since: Known | undefined) => Promise<Read<Known>>
  /** Whether the condition held. */
  readonly appendIf: (event: BenchEvent, boundary: Boundary, known: Known) => Promise<boolean>
  readonly readAll?: () => Promise<number>
}

const appendFor = async <K>(store: PromisedStore<K>, millis: number, lap: string): Promise<number> => {
  const start = performance.now()
  let count = 0
  while (performance.now() - start < millis) {
    await store.append(subscribed(`${lap}-${Math.floor(count / perBoundary)}`, `${lap}-${count}`), count % perBoundary)
    count++
  }
  return count / ((performance.now() - start) / 1000)
}

const compete = async <K>(store: PromisedStore<K>, load: Load) => {
  const start = performance.now()
  const write = async (writer: number): Promise<Tally> => {
    let successes = 0
    let attempts = 0
    let known: K | undefined
    while (performance.now() - start < load.millis) {
      const course = load.course(writer, successes)
      const boundary = courseBoundary(course)
      const found = await store.read(boundary, known)
      if (load.remember) known = found.known
      attempts++
      const event = subscribed(course, `${load.lap}-${writer}-${attempts}`)
      if (await store.appendIf(event, boundary, found.known)) successes++
    }
    return { successes, attempts }
  }
  const tallies = await Promise.all(Array.from({ length: load.writers }, (_, writer) => write(writer)))
  return { tallies, seconds: (performance.now() - start) / 1000 }
}

const readBoundaries = async <K>(
  store: PromisedStore<K>,
  courses: ReadonlyArray<string>,
  expected: number,
  millis: number
) => {
  const times: Array<number> = []
  const end = performance.now() + millis
  for (const course of courses) {
    const start = performance.now()
    if (start > end) break
    const { events } = await store.read(courseBoundary(course), undefined)
    times.push(performance.now() - start)
    if (events.length !== expected) throw new Error(`${course} has ${events.length} events instead of ${expected}`)
  }
  return times
}

const decideAll = async <K>(
  store: PromisedStore<K>,
  tasks: ReadonlyArray<Task>,
  workers: number
): Promise<Decisions> => {
  let next = 0
  const decisions = { accepted: 0, refused: 0, conflicts: 0 }
  const work = async () => {
    while (next < tasks.length) {
      const task = tasks[next++]!
      while (true) {
        const { events, known } = await store.read(task.boundary, undefined)
        const event = task.decide(events)
        if (event === undefined) {
          decisions.refused++
          break
        }
        if (await store.appendIf(event, task.boundary, known)) {
          decisions.accepted++
          break
        }
        decisions.conflicts++
      }
    }
  }
  await Promise.all(Array.from({ length: workers }, work))
  return decisions
}

/** The loops of a contender over a store of promises. */
export const drive = <K>(store: PromisedStore<K>): Store => {
  const { readAll } = store
  return {
    append: (millis, lap) => Effect.promise(() => appendFor(store, millis, lap)),
    compete: (load) => Effect.promise(() => compete(store, load)),
    readBoundaries: (courses, expected, millis) =>
      Effect.promise(() => readBoundaries(store, courses, expected, millis)),
    readAll: readAll === undefined ? undefined : Effect.promise(() => readAll()),
    decide: (tasks, workers) => Effect.promise(() => decideAll(store, tasks, workers))
  }
}
