/**
 * Another process: `node child.ts <database> <folder> <ahead> <sends>`. It runs the platform with a clock that is `ahead`
 * by so many milliseconds, and ends itself before its task sends the last one of so many commands.
 */
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as ObjectStoreFolder from "@reventless/core/ObjectStoreFolder"
import * as Platform from "@reventless/core/Platform"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { flushCompileCache } from "node:module"
import { make } from "./importing.ts"

const [filename, folder, ahead, sends] = process.argv.slice(2)

/** The clock of somebody whose clock is ahead. */
const clockAhead = (millis: number) =>
  Effect.map(Clock.Clock, (clock): Clock.Clock => ({
    currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + millis,
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + millis),
    monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
    monotonicTimeNanos: clock.monotonicTimeNanos,
    currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
    currentTimeNanos: clock.currentTimeNanos,
    sleep: (duration) => clock.sleep(duration)
  }))

let sent = 0
const plugin = make(() =>
  Effect.sync(() => {
    if (++sent === Number(sends)) process.kill(process.pid, "SIGKILL")
  })
)

const main = Layer.launch(
  Platform.layer({ version: "1.0.0", plugins: [plugin] }).pipe(
    Layer.provide(SqlitePlatform.layer({ filename: filename! })),
    Layer.provide(ObjectStoreFolder.layer({ folder: folder! })),
    Layer.provide(NodeServices.layer),
    Layer.provide(Logger.layer([Logger.withConsoleError(Logger.formatLogFmt)]))
  )
)

// Who is killed writes no cache of what was compiled: it is written now, for those that come after.
flushCompileCache()
void Effect.runPromise(
  Effect.flatMap(clockAhead(Number(ahead)), (clock) => Effect.provideService(main, Clock.Clock, clock))
)
