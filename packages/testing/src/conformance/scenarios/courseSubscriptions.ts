/** Students subscribe to courses: a rule of the course and a rule of the student, held in one decision. */
import * as Query from "@reventless/core/Query"
import { type Decision, fact, scenarios, unless } from "../Decision.ts"
import { range } from "../Fixture.ts"

const { contest, scenario } = scenarios("course subscriptions")

const maxCourses = 3

const defined = (course: string, capacity: number) => fact("CourseDefined", [`course:${course}`], { capacity })
const resized = (course: string, capacity: number) => fact("CapacityChanged", [`course:${course}`], { capacity })
const subscribed = (student: string, course: string) =>
  fact("StudentSubscribed", [`student:${student}`, `course:${course}`])

const define = (course: string, capacity: number): Decision => ({
  query: Query.make({ types: ["CourseDefined"], tags: [`course:${course}`] }),
  decide: (seen) => unless([[seen.length > 0, "the course exists"]], [defined(course, capacity)])
})

const resize = (course: string, capacity: number): Decision => ({
  query: Query.make({ types: ["CourseDefined", "CapacityChanged"], tags: [`course:${course}`] }),
  decide: (seen) =>
    unless([
      [seen.length === 0, "no such course"],
      [(seen.at(-1)?.data as { capacity: number } | undefined)?.capacity === capacity, "nothing changes"]
    ], [resized(course, capacity)])
})

const subscribe = (student: string, course: string): Decision => ({
  query: Query.make(
    { types: ["CourseDefined", "CapacityChanged", "StudentSubscribed"], tags: [`course:${course}`] },
    { types: ["StudentSubscribed"], tags: [`student:${student}`] }
  ),
  decide: (seen) => {
    const sizes = seen.filter(({ type }) => type !== "StudentSubscribed")
    const capacity = (sizes.at(-1)?.data as { capacity: number } | undefined)?.capacity
    const subscriptions = seen.filter(({ type }) => type === "StudentSubscribed")
    const inCourse = subscriptions.filter(({ tags }) => tags.includes(`course:${course}`))
    const ofStudent = subscriptions.filter(({ tags }) => tags.includes(`student:${student}`))
    return unless([
      [capacity === undefined, "no such course"],
      [inCourse.some(({ tags }) => tags.includes(`student:${student}`)), "already subscribed"],
      [inCourse.length >= (capacity ?? 0), "the course is full"],
      [ofStudent.length >= maxCourses, "too many courses"]
    ], [subscribed(student, course)])
  }
})

const courses = range(6).map((course) => defined(`${course}`, 10))

export const courseSubscriptions = [
  scenario("a course is defined", [], define("1", 10), { events: [defined("1", 10)] }),
  scenario("a course is defined beside another", [defined("2", 5)], define("1", 10), { events: [defined("1", 10)] }),
  scenario("a course is defined once", [defined("1", 10)], define("1", 15), { refused: "the course exists" }),
  scenario("a capacity changes", [defined("1", 10)], resize("1", 12), { events: [resized("1", 12)] }),
  scenario("a capacity changes to another", [defined("1", 10), resized("1", 12)], resize("1", 12), {
    refused: "nothing changes"
  }),
  scenario("only a course that exists changes", [defined("2", 10)], resize("1", 12), { refused: "no such course" }),
  scenario("a student subscribes", [defined("1", 1)], subscribe("a", "1"), { events: [subscribed("a", "1")] }),
  scenario("a full course takes nobody", [defined("1", 1), subscribed("b", "1")], subscribe("a", "1"), {
    refused: "the course is full"
  }),
  scenario(
    "a course that grew takes the next",
    [defined("1", 1), subscribed("b", "1"), resized("1", 2)],
    subscribe("a", "1"),
    { events: [subscribed("a", "1")] }
  ),
  scenario("a student subscribes to a course once", [defined("1", 9), subscribed("a", "1")], subscribe("a", "1"), {
    refused: "already subscribed"
  }),
  scenario(
    "a student has at most three courses",
    [...courses, subscribed("a", "1"), subscribed("a", "2"), subscribed("a", "3"), subscribed("b", "4")],
    subscribe("a", "4"),
    { refused: "too many courses" }
  ),
  contest(
    "many students at once never overfill a course",
    [defined("1", 5), subscribed("z", "1")],
    range(20).map((student) => subscribe(`${student}`, "1")),
    { accepted: 4, others: "the course is full" }
  ),
  contest(
    "one student at once in many courses never gets more than three",
    courses,
    range(6).map((course) => subscribe("a", `${course}`)),
    { accepted: 3, others: "too many courses" }
  )
]
