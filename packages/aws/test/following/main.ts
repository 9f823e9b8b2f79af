/**
 * Tries the claims on stores that lack a rule; prints a line of JSON for each rule: the claims that don't hold without it.
 *
 * `node packages/aws/test/following/main.ts [rule]`
 */
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as TestClock from "effect/testing/TestClock"
import { modules } from "../model/load.ts"
import { type Mutant, mutants } from "./mutants.ts"
import { type Modules, type Scenario, scenarios } from "./scenarios.ts"

/** Whether the claim holds. What doesn't come to its end doesn't. */
const holds = ({ run }: Scenario, store: Modules) =>
  run(store).pipe(
    Effect.scoped,
    Effect.provide(TestClock.layer()),
    Effect.timeout("10 seconds"),
    Effect.provide(Logger.layer([])),
    Effect.exit,
    Effect.map(({ _tag }) => _tag === "Success"),
    Effect.runPromise
  )

const isNamed = ({ caughtBy }: Mutant) => ({ claim }: Scenario) => caughtBy.some((begin) => claim.startsWith(begin))

for (const mutant of mutants) {
  if (process.argv[2] !== undefined && process.argv[2] !== mutant.rule) continue
  const store = await modules(mutant)
  const broken: Array<string> = []
  for (const scenario of scenarios.filter(isNamed(mutant))) {
    if (!(await holds(scenario, store))) broken.push(scenario.claim)
  }
  process.stdout.write(`${JSON.stringify({ rule: mutant.rule, broken })}\n`)
}
