/**
 * The course subscription speedrun: courses with a capacity and students are defined, then students subscribe. A course
 * takes no more than its capacity, a student no more than 5 courses, and nobody subscribes twice: the boundary of each
 * subscription is its course and its student.
 */
import * as Effect from "effect/Effect"
import type { Task } from "../contenders/contender.ts"
import * as Event from "../contenders/event.ts"
import { readable } from "../lib/progress.ts"
import * as Rounds from "../lib/rounds.ts"
import { random } from "../lib/statistics.ts"
import * as Comparison from "./comparison.ts"
import { type Context, openAll } from "./context.ts"

const capacity = 12
const perStudent = 5
const workers = 16

const define = (course: string): Task => ({
  boundary: [{ types: [Event.definedType], tag: Event.courseTag(course) }],
  decide: (events) =>
    events.length > 0
      ? undefined
      : {
        type: Event.definedType,
        tags: [Event.courseTag(course)],
        data: { courseId: course, capacity },
        meta: Event.meta()
      }
})

const register = (student: string): Task => ({
  boundary: [{ types: [Event.registeredType], tag: Event.studentTag(student) }],
  decide: (events) =>
    events.length > 0
      ? undefined
      : {
        type: Event.registeredType,
        tags: [Event.studentTag(student)],
        data: { studentId: student },
        meta: Event.meta()
      }
})

const subscribe = (course: string, student: string): Task => ({
  boundary: [
    { types: [Event.definedType, Event.subscribedType], tag: Event.courseTag(course) },
    { types: [Event.registeredType, Event.subscribedType], tag: Event.studentTag(student) }
  ],
  decide: (events) => {
    const places = events.find(({ type }) => type === Event.definedType)?.data["capacity"]
    const registered = events.some(({ type }) => type === Event.registeredType)
    if (typeof places !== "number" || !registered) return undefined
    const subscriptions = events.filter(({ type }) => type === Event.subscribedType)
    const students = new Set(
      subscriptions.flatMap(({ data }) => data["courseId"] === course ? [data["studentId"]] : [])
    )
    const taken = new Set(subscriptions.flatMap(({ data }) => data["studentId"] === student ? [data["courseId"]] : []))
    return students.has(student) || students.size >= places || taken.size >= perStudent
      ? undefined
      : Event.subscribed(course, student)
  }
})

/** The same tasks for everybody; names are unique to the lap. */
const script = (lap: string, courses: number) => {
  const students = courses * 3
  const next = random(4711)
  const pick = (count: number) => Math.floor(next() * count)
  return {
    definitions: [
      ...Array.from({ length: courses }, (_, n) => define(`${lap}-${n}`)),
      ...Array.from({ length: students }, (_, n) => register(`${lap}-${n}`))
    ],
    subscriptions: Array.from(
      { length: courses * capacity * 2 },
      () => subscribe(`${lap}-${pick(courses)}`, `${lap}-${pick(students)}`)
    )
  }
}

const metric = `course subscriptions, ${workers} at a time`

export const run = Effect.fnUntraced(function*({ contenders, options, report }: Context) {
  const courses = options.quick ? 4 : 20
  const opened = (yield* openAll(contenders, 0)).filter(({ store }) => store.decide !== undefined)
  const rounds = yield* Rounds.interleaved({
    label: metric,
    rounds: options.rounds,
    contenders: opened,
    measure: ({ store }, lap) =>
      Effect.gen(function*() {
        const { definitions, subscriptions } = script(lap, courses)
        const start = performance.now()
        yield* store.decide!(definitions, workers)
        const { accepted, conflicts, refused } = yield* store.decide!(subscriptions, workers)
        const seconds = (performance.now() - start) / 1000
        return { rate: (definitions.length + subscriptions.length) / seconds, accepted, refused, conflicts }
      }),
    show: ({ accepted, conflicts, rate, refused }) =>
      `${readable(rate)} commands/s, ${accepted} accepted, ${refused} refused, ${conflicts} conflicts`
  })
  const values = Comparison.select(rounds, ({ rate }) => rate)
  Comparison.report(report, contenders, values, { metric, unit: "commands/s", better: "higher" })
}, Effect.scoped)
