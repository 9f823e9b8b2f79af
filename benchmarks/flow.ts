/** `pnpm bench flow`: what is done later, and because of something else. */
import * as Effect from "effect/Effect"
import * as path from "node:path"
import * as AsyncCommands from "./flow/asyncCommands.ts"
import * as Automations from "./flow/automations.ts"
import * as Plugins from "./flow/plugins.ts"
import * as Schedules from "./flow/schedules.ts"
import * as Shop from "./flow/shop.ts"
import * as Types from "./flow/types.ts"
import * as WorkTable from "./flow/workTable.ts"
import * as Main from "./lib/main.ts"
import * as Options from "./lib/options.ts"
import { progress } from "./lib/progress.ts"
import * as Report from "./lib/report.ts"
import * as Results from "./lib/results.ts"

const workloads = {
  commands: AsyncCommands.run,
  automations: Automations.run,
  plugins: Plugins.run,
  schedules: Schedules.run,
  "work table": WorkTable.run,
  shop: Shop.run,
  types: Types.run
}

const program = Effect.gen(function*() {
  const options = Options.fromArguments(path.join(import.meta.dirname, "RESULTS.md"))
  const report = Report.make("flow")
  report.note("SQLite, in one process, which syncs at each commit. A ratio is of the contender above.")
  report.note("Commands of each kind are sent for five seconds before they are measured, so that all code is compiled.")
  report.note(
    "A command that is decided later waits for the disk twice, one that is answered at once does once: half of its rate is " +
      "the most that there can be where the disk takes the time."
  )
  for (const [name, run] of Object.entries(workloads)) {
    if (options.workload === undefined || name.includes(options.workload)) yield* run(report, options)
  }
  if (options.out !== undefined) Results.write(options.out, report, options)
  progress("done")
})

Main.run(program)
