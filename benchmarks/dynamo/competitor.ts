/**
 * A process of its own: says that it is ready, waits for a line, sends commands for one course as fast as it can, and prints
 * how often each of its writers succeeded and tried.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as Effect from "effect/Effect"
import { once } from "node:events"
import * as CommandBusStore from "../contenders/commandBus.ts"
import { openBus } from "./application.ts"

const { config, lap, millis, process: number, table, writers } = JSON.parse(process.argv[2]!) as {
  readonly config: Dynamo.Config
  readonly table: string
  readonly lap: string
  readonly millis: number
  readonly writers: number
  readonly process: number
}

NodeRuntime.runMain(Effect.scoped(Effect.gen(function*() {
  const bus = yield* openBus(yield* Dynamo.makeRaw(config), table)
  process.stdout.write("ready\n")
  yield* Effect.promise(() => once(process.stdin, "data"))
  const outcome = yield* CommandBusStore.compete(bus, {
    writers,
    millis,
    course: () => lap,
    remember: true,
    lap: `${lap}-${number}`
  })
  process.stdout.write(`${JSON.stringify(outcome)}\n`)
  process.stdin.destroy()
})))
