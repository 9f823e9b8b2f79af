/**
 * A process of its own: starts the application on a file, answers a query and a command, waits until the view shows it,
 * and prints how many milliseconds after the start of the process each was done.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Effect from "effect/Effect"
import { CourseId, CourseSizes, Subscribe, subscription } from "./courses.ts"
import * as Application from "./platform.ts"

const program = Effect.gen(function*() {
  const bus = yield* CommandBus
  const queries = yield* QueryEngine
  yield* queries.get(CourseSizes, CourseId.make("fill-1"))
  const answered = performance.now()
  const { token } = yield* bus.send(Subscribe, subscription(`start-${process.pid}`, "1"))
  yield* queries.get(CourseSizes, CourseId.make(`start-${process.pid}`), { after: token, timeout: "10 minutes" })
  process.stdout.write(`${JSON.stringify({ answered, shown: performance.now() })}\n`)
})

NodeRuntime.runMain(Effect.provide(program, Application.layer(process.argv[2]!)))
