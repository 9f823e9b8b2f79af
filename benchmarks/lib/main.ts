/** Runs a benchmark. What the application logs goes to standard error: standard output is for figures. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as References from "effect/References"

const logs = Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)])

export const run = <E>(program: Effect.Effect<void, E>): void =>
  NodeRuntime.runMain(
    program.pipe(Effect.provide(logs), Effect.provideService(References.MinimumLogLevel, "Warn"))
  )
