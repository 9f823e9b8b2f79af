/** The figures of a benchmark: a JSON line each, and at the end a section of the results file. */
import { progress, readable } from "./progress.ts"
import { median } from "./statistics.ts"

export interface Figure {
  readonly bench: string
  readonly metric: string
  readonly contender: string
  readonly value: number
  readonly unit: string
  /** How many times better Reventless is than this contender of the same durability: the median of the rounds' ratios. */
  readonly ratio?: number
}

/** A goal, and whether it is met; `got` is undefined when it wasn't measured. */
export interface Target {
  readonly claim: string
  readonly wanted: number
  readonly direction: "at least" | "at most"
  readonly unit: string
  readonly got: number | undefined
  /** Why it wasn't measured, or what it is about. */
  readonly remark?: string
  /** What stands in the way; said when the target is missed. */
  readonly obstacle?: string
}

/** Figures that are shown side by side, with what was expected. */
export interface Table {
  readonly title: string
  readonly header: ReadonlyArray<string>
  readonly rows: ReadonlyArray<ReadonlyArray<string>>
}

export interface Report {
  readonly bench: string
  readonly tables: ReadonlyArray<Table>
  readonly figures: ReadonlyArray<Figure>
  readonly targets: ReadonlyArray<Target>
  readonly notes: ReadonlyArray<string>
  readonly figure: (figure: Omit<Figure, "bench">) => void
  /** Shows figures in a table of their own. */
  readonly table: (table: Table, figures: ReadonlyArray<Omit<Figure, "bench">>) => void
  readonly target: (target: Target) => void
  /** A sentence that belongs beside the figures; said once. */
  readonly note: (text: string) => void
}

const rounded = (value: number): number => Number(value.toPrecision(4))

export const make = (bench: string): Report => {
  const figures: Array<Figure> = []
  const targets: Array<Target> = []
  const notes: Array<string> = []
  const tables: Array<Table> = []
  const print = ({ contender, metric, ratio, unit, value }: Omit<Figure, "bench">): Figure => {
    const figure: Figure = {
      bench,
      metric,
      contender,
      value: rounded(value),
      unit,
      ...(ratio === undefined || Number.isNaN(ratio) ? {} : { ratio: rounded(ratio) })
    }
    process.stdout.write(`${JSON.stringify(figure)}\n`)
    return figure
  }
  return {
    bench,
    figures,
    tables,
    targets,
    notes,
    figure: (figure) => {
      figures.push(print(figure))
    },
    table: (table, figures) => {
      tables.push(table)
      for (const figure of figures) print(figure)
    },
    target: (target) => {
      targets.push(target)
      progress(`target: ${target.claim}: ${verdict(target)}`)
    },
    note: (text) => {
      if (!notes.includes(text)) notes.push(text)
    }
  }
}

export const isMet = ({ direction, got, wanted }: Target): boolean | undefined =>
  got === undefined || Number.isNaN(got) ? undefined : direction === "at least" ? got >= wanted : got <= wanted

/** What is to be said beside the verdict. */
export const remark = (target: Target): string =>
  [target.remark, isMet(target) === false ? target.obstacle : undefined].filter((text) => text !== undefined).join("; ")

/** Met, or by how much not. */
export const verdict = (target: Target): string => {
  const { got, unit, wanted } = target
  const met = isMet(target)
  if (met === undefined || got === undefined) return "not measured"
  const measured = `${readable(got)} ${unit}`.trim()
  if (met) return `met (${measured})`
  return `missed by ${readable((100 * Math.abs(got - wanted)) / Math.max(wanted, Number.MIN_VALUE))} % (${measured})`
}

/** The median of one contender's values divided by another's, round by round. */
export const ratio = (
  over: ReadonlyArray<number> | undefined,
  under: ReadonlyArray<number> | undefined
): number | undefined =>
  over === undefined || under === undefined || over.length === 0 || under.length === 0
    ? undefined
    : median(over.slice(0, under.length).map((value, round) => value / under[round]!))
