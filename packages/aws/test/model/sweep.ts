/** Many simulated runs, one after another, of all profiles in turn. */
import * as DynamoSimulation from "@reventless/testing/DynamoSimulation"

type Counts = Readonly<Record<string, number>>

/** A violation with what shows it again. */
export interface Found extends DynamoSimulation.Violation {
  readonly seed: number
  readonly profile: string
}

/** What came of a sweep. */
export interface Sweep {
  readonly runs: number
  readonly commits: number
  readonly seconds: number
  readonly outcomes: Counts
  readonly requests: Counts
  /** Of each kind in each run the first violation. */
  readonly found: ReadonlyArray<Found>
}

const sum = (counts: ReadonlyArray<Counts>): Counts => {
  const total: Record<string, number> = {}
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) total[name] = (total[name] ?? 0) + count
  return total
}

/** Runs seed after seed, until a number of runs, a time or, when asked for, the first violation. */
export const sweep = (open: DynamoSimulation.Open, options: {
  readonly profiles: ReadonlyArray<keyof typeof DynamoSimulation.profiles>
  readonly runs: number
  readonly seed: number
  readonly seconds?: number | undefined
  readonly untilFound?: boolean | undefined
}): Sweep => {
  const { profiles, runs, seconds = Infinity, seed, untilFound = false } = options
  const began = performance.now()
  const passed = () => (performance.now() - began) / 1000
  const reports: Array<Omit<DynamoSimulation.Report, "violations">> = []
  const found: Array<Found> = []
  const mostFound = untilFound ? 0 : Infinity
  while (reports.length < runs && passed() < seconds && found.length <= mostFound) {
    const name = profiles[reports.length % profiles.length]!
    const { violations, ...report } = DynamoSimulation.run({
      seed: seed + reports.length,
      profile: DynamoSimulation.profiles[name],
      open
    })
    reports.push(report)
    for (const [first] of Map.groupBy(violations, ({ kind }) => kind).values()) {
      found.push({ seed: report.seed, profile: name, ...first! })
    }
  }
  return {
    runs: reports.length,
    commits: reports.reduce((total, { commits }) => total + commits, 0),
    seconds: passed(),
    outcomes: sum(reports.map(({ outcomes }) => outcomes)),
    requests: sum(reports.map(({ requests }) => requests)),
    found
  }
}
