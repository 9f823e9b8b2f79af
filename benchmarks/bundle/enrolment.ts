/** A plugin of one slice, for figures of a function that only handles commands. */
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"

const CourseId = Id.make("course")
const StudentId = Id.make("student")

class StudentSubscribed extends Event.make("StudentSubscribed", { courseId: CourseId, studentId: StudentId }) {}

class Subscribe extends StateChangeSlice.make("Subscribe", {
  command: { courseId: CourseId, studentId: Id.reference(StudentId) },
  consumes: [StudentSubscribed],
  produces: [StudentSubscribed]
}) {}
const SubscribeLive = Subscribe.behavior({
  initial: 0,
  evolve: { StudentSubscribed: (taken) => taken + 1 },
  decide: (command) => Effect.succeed([StudentSubscribed.make(command)])
})

export const Enrolment = Plugin.make("Enrolment", { version: "1.0.0", stateChangeSlices: [SubscribeLive] })
