/**
 * The store's algorithm, simulated; prints JSON.
 *
 * `node packages/aws/test/model/main.ts sound [runs] [seed] [seconds]`: runs of all profiles in turn, and what was violated.
 * `node packages/aws/test/model/main.ts mutants [runs]`: for each rule, the first seed that shows that it is missing.
 * `node packages/aws/test/model/main.ts trace <profile> <seed> [rule]`: every request of one run; without a rule, if given.
 */
import * as DynamoSimulation from "@reventless/testing/DynamoSimulation"
import { load } from "./load.ts"
import { mutants } from "./mutants.ts"
import { sweep } from "./sweep.ts"

// The traces of errors that are expected are never read, and take a sixth of the time.
Error.stackTraceLimit = 0

const profiles = Object.keys(DynamoSimulation.profiles) as Array<keyof typeof DynamoSimulation.profiles>
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`)
const [mode, ...rest] = process.argv.slice(2)

const sound = async (runs: string = "1000", seed: string = "1", seconds: string = "Infinity") =>
  print(sweep(await load(), { profiles, runs: Number(runs), seed: Number(seed), seconds: Number(seconds) }))

const allMutants = async (runs: string = "1000") => {
  for (const mutant of mutants) {
    const open = await load(mutant)
    const result = sweep(open, { profiles: [mutant.profile], runs: Number(runs), seed: 1, untilFound: true })
    print({
      rule: mutant.rule,
      runs: result.runs,
      seconds: result.seconds,
      kinds: result.found.map(({ kind }) => kind)
    })
  }
}

const trace = async (profile: string = "usual", seed: string = "1", rule?: string) => {
  const { violations } = DynamoSimulation.run({
    seed: Number(seed),
    profile: DynamoSimulation.profiles[profile as keyof typeof DynamoSimulation.profiles],
    open: await load(mutants.find((mutant) => mutant.rule === rule)),
    trace: (time, process, text) => print(`${time.toFixed(1)} process ${process} ${text}`)
  })
  print(violations)
}

await (mode === "mutants" ? allMutants(...rest) : mode === "trace" ? trace(...rest) : sound(...rest))
