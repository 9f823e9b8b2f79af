/** Turns the rounds of a measurement into figures: medians, and how many times better ours is than each other one. */
import type { Contender } from "../contenders/contender.ts"
import { missing } from "../contenders/postgres.ts"
import { memoryName, sqliteName } from "../contenders/reventless.ts"
import { ratio, type Report } from "../lib/report.ts"
import type { Rounds } from "../lib/rounds.ts"
import { median } from "../lib/statistics.ts"

export interface Measured {
  readonly metric: string
  readonly unit: string
  readonly better: "higher" | "lower"
}

/** The values of the round of each contender, by its name. */
export type Values = ReadonlyMap<string, ReadonlyArray<number>>

export const select = <A>(rounds: Rounds<A>, value: (measured: A) => number): Values =>
  new Map([...rounds].map(([name, measured]) => [name, measured.map(value)]))

/** The contender of ours that another one is compared with: the one that promises as much. */
const counterpart = ({ durability }: Contender): string => durability === "synced" ? sqliteName : memoryName

/** Reports a figure for each contender that was measured. */
export const report = (
  report: Report,
  contenders: ReadonlyArray<Contender>,
  values: Values,
  { better, metric, unit }: Measured
): void => {
  for (const contender of contenders) {
    const measured = values.get(contender.name)
    if (measured === undefined || measured.length === 0) continue
    const ours = contender.kind === "ours" ? undefined : values.get(counterpart(contender))
    const compared = better === "higher" ? ratio(ours, measured) : ratio(measured, ours)
    report.figure({
      metric,
      contender: contender.name,
      value: median(measured),
      unit,
      ...(compared === undefined ? {} : { ratio: compared })
    })
    if (contender.note !== undefined) report.note(contender.note)
  }
}

/** How many times better ours is than the best of the peers that promise as much. */
export const overBestPeer = (
  contenders: ReadonlyArray<Contender>,
  values: Values,
  ours: string
): number | undefined => {
  const durability = contenders.find(({ name }) => name === ours)?.durability
  const ratios = contenders
    .filter((contender) => contender.kind === "peer" && contender.durability === durability)
    .flatMap(({ name }) => ratio(values.get(ours), values.get(name)) ?? [])
  return ratios.length === 0 ? undefined : Math.min(...ratios)
}

/** What a target about peers says when there are none. */
export const withoutPeers = (contenders: ReadonlyArray<Contender>): { readonly remark?: string } =>
  contenders.some(({ durability, kind }) => kind === "peer" && durability === "synced") ? {} : { remark: missing }
