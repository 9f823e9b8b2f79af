/** How much a run does. `--quick` is for smoke: under a minute, and its figures mean little. */
import { parseArgs } from "node:util"

export interface Options {
  readonly quick: boolean
  /** How often each measurement is repeated; the figure is the median. */
  readonly rounds: number
  /** How long one measurement of one contender lasts, in milliseconds. */
  readonly millis: number
  /** The lengths of the log that reads are measured at. */
  readonly small: number
  readonly large: number
  /** Only contenders whose name contains this text; all when absent. */
  readonly only: string | undefined
  /** Only workloads whose name contains this text; all when absent. */
  readonly workload: string | undefined
  /** The file that the results are written into; none when absent. */
  readonly out: string | undefined
}

const full = { rounds: 5, millis: 700, small: 100_000, large: 1_000_000 }
const quick = { rounds: 2, millis: 120, small: 2_000, large: 10_000 }

export const usage = `Options:
  --quick            small sizes, for smoke; writes no results unless --out says where
  --rounds <n>       repetitions of each measurement (${full.rounds})
  --millis <n>       length of one measurement (${full.millis})
  --small <n>        events of the small log (${full.small})
  --large <n>        events of the large log (${full.large})
  --only <text>      only contenders whose name contains it
  --workload <text>  only workloads whose name contains it
  --out <file>       where the results go (benchmarks/RESULTS.md, when everything is measured)`

/** The lengths of the logs, where a benchmark has others. */
type Sizes = Partial<Record<"full" | "quick", Pick<Options, "small" | "large">>>

const number = (text: string | undefined, otherwise: number): number => {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1) throw new Error(`'${text}' is no positive whole number.\n${usage}`)
  return value
}

/** The options of the command line. A part of the measurements doesn't replace the results of all. */
export const fromArguments = (results: string, sizes: Sizes = {}): Options => {
  const text = { type: "string" } as const
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean" },
      rounds: text,
      millis: text,
      small: text,
      large: text,
      only: text,
      workload: text,
      out: text
    }
  })
  const size = values.quick === true ? { ...quick, ...sizes.quick } : { ...full, ...sizes.full }
  const whole = values.quick !== true && values.only === undefined && values.workload === undefined
  return {
    quick: values.quick === true,
    rounds: number(values.rounds, size.rounds),
    millis: number(values.millis, size.millis),
    small: number(values.small, size.small),
    large: number(values.large, size.large),
    only: values.only,
    workload: values.workload,
    out: values.out ?? (whole ? results : undefined)
  }
}
