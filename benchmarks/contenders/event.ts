/** The events that every contender stores: the same types, tags, data and meta for all of them. */
import { randomUUID } from "node:crypto"

export type Data = Readonly<Record<string, string | number>>

export interface Meta {
  readonly messageId: string
  readonly correlationId: string
  readonly time: number
  readonly service: string
  readonly schemaVersion: number
}

export interface BenchEvent {
  readonly type: string
  /** The first is the one whose boundary the events of most workloads are written in. */
  readonly tags: readonly [string, ...ReadonlyArray<string>]
  readonly data: Data
  readonly meta: Meta
}

/** The events of these types that carry the tag. */
export interface Item {
  readonly types: ReadonlyArray<string>
  readonly tag: string
}

/** What a decision looks at: the events that match at least one item. */
export type Boundary = readonly [Item, ...ReadonlyArray<Item>]

export interface FoundEvent {
  readonly type: string
  readonly data: Data
}

export const subscribedType = "StudentSubscribed"
export const definedType = "CourseDefined"
export const registeredType = "StudentRegistered"

export const courseTag = (course: string): string => `course:${course}`
export const studentTag = (student: string): string => `student:${student}`

export const meta = (): Meta => {
  const messageId = randomUUID()
  return { messageId, correlationId: messageId, time: Date.now(), service: "Courses.Subscribe", schemaVersion: 1 }
}

/** The event of most workloads: one event, two tags, about 100 bytes of data. */
export const subscribed = (course: string, student: string): BenchEvent => ({
  type: subscribedType,
  tags: [courseTag(course), studentTag(student)],
  data: { courseId: course, studentId: student, since: "2026-11-22T10:00:00.000Z", channel: "web" },
  meta: meta()
})

/** The boundary of one course: what the events of {@link subscribed} for it make. */
export const courseBoundary = (course: string): Boundary => [{ types: [subscribedType], tag: courseTag(course) }]

/** How many events a boundary of a filled log has. */
export const perBoundary = 10

/** The course of the n-th event of a log of `size` events, n from 0: boundaries lie spread over the whole log. */
export const filledCourse = (size: number, n: number): string => `fill-${n % (size / perBoundary)}`

/** The events that a log of `size` events is filled with. */
export const filling = function*(size: number): Generator<BenchEvent> {
  for (let n = 0; n < size; n++) yield subscribed(filledCourse(size, n), `fill-${n}`)
}
