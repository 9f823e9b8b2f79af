/** The application that commands and views are measured on: students subscribe to courses, a view counts them. */
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const CourseId = Id.make("course")
export const StudentId = Id.make("student")

const details = { since: Schema.String, channel: Schema.String }

class StudentSubscribed extends Event.make("StudentSubscribed", {
  courseId: CourseId,
  studentId: StudentId,
  ...details
}) {}

/** Its boundary is the course alone. */
export class Subscribe extends StateChangeSlice.make("Subscribe", {
  command: { courseId: CourseId, studentId: Id.reference(StudentId), ...details },
  consumes: [StudentSubscribed],
  produces: [StudentSubscribed]
}) {}
const SubscribeLive = Subscribe.behavior({
  initial: 0,
  evolve: { StudentSubscribed: (taken) => taken + 1 },
  decide: (command) => Effect.succeed([StudentSubscribed.make(command)])
})

export class CourseSizes extends StateViewSlice.make("CourseSizes", {
  row: { courseId: CourseId, taken: Schema.Finite },
  key: "courseId",
  consumes: [StudentSubscribed]
}) {}
const CourseSizesLive = CourseSizes.projection((rows) => ({
  StudentSubscribed: ({ courseId }) =>
    rows.update(courseId, (row) => ({ ...row, taken: row.taken + 1 }), { initial: { courseId, taken: 0 } })
}))

export const name = "Courses"

/** Without its view, for figures of commands alone. */
export const Commands = Plugin.make(name, { version: "1.0.0", stateChangeSlices: [SubscribeLive] })

export const Courses = Plugin.make(name, {
  version: "1.0.0",
  stateChangeSlices: [SubscribeLive],
  stateViewSlices: [CourseSizesLive]
})

/** A command's payload. */
export const subscription = (course: string, student: string) => ({
  courseId: CourseId.make(course),
  studentId: StudentId.make(student),
  since: "2026-11-22T10:00:00.000Z",
  channel: "web"
})
