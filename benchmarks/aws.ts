/** `pnpm bench aws`: what commands cost on DynamoDB, how fast they are on an emulator, and what a function weighs. */
import * as Effect from "effect/Effect"
import * as path from "node:path"
import * as Bundle from "./dynamo/bundle.ts"
import * as Connection from "./dynamo/connection.ts"
import * as Costs from "./dynamo/costs.ts"
import * as Hot from "./dynamo/hot.ts"
import * as Reads from "./dynamo/reads.ts"
import * as Throughput from "./dynamo/throughput.ts"
import * as Main from "./lib/main.ts"
import * as Options from "./lib/options.ts"
import { progress } from "./lib/progress.ts"
import * as Report from "./lib/report.ts"
import * as Results from "./lib/results.ts"

const program = Effect.scoped(Effect.gen(function*() {
  const options = Options.fromArguments(path.join(import.meta.dirname, "RESULTS.md"), {
    full: { small: 1000, large: 100_000 },
    quick: { small: 200, large: 2000 }
  })
  const report = Report.make("aws")
  report.note(
    "The emulator is a process beside the one that measures and does one request after the other, in memory. It shows what " +
      "our code adds to a request, not how fast AWS is; its answers come within a millisecond, those of AWS in several."
  )
  const connection = yield* Connection.open
  const workloads: Readonly<Record<string, Effect.Effect<unknown>>> = {
    costs: Costs.measure(connection, report),
    bundle: Bundle.measure(options, report),
    throughput: Effect.forEach([1, 16, 64], (writers) => Throughput.measure(connection, options, report, writers)),
    hot: Hot.measure(connection, options, report),
    reads: Reads.measure(connection, options, report)
  }
  for (const [name, run] of Object.entries(workloads)) {
    if (options.workload === undefined || name.includes(options.workload)) yield* run
  }
  if (options.out !== undefined) Results.write(options.out, report, options)
  progress("done")
}))

Main.run(program)
