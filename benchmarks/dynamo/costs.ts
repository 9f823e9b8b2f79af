/** What each kind of command costs beside what it is promised to cost. */
import * as Effect from "effect/Effect"
import type { Cost } from "../../packages/aws/test/costs/meter.ts"
import { rows, run } from "../../packages/aws/test/costs/rows.ts"
import { progress } from "../lib/progress.ts"
import type { Report } from "../lib/report.ts"
import type { Connection } from "./connection.ts"

const parts = [
  ["read", "read units"],
  ["write", "write units"],
  ["calls", "calls"],
  ["serial", "serial calls"]
] as const

const promised = ({ calls, read, serial, write }: Cost): string => `${read}, ${write}, ${calls}, ${serial}`

export const measure = Effect.fnUntraced(function*({ send }: Connection, report: Report) {
  const measured = yield* Effect.forEach(
    rows,
    (row) => Effect.map(Effect.orDie(run(row, send)), (measured) => ({ ...row, ...measured }))
  )
  const isEqual = ({ cost, expected }: (typeof measured)[number]) =>
    parts.every(([part]) => cost[part] === expected[part])
  report.table(
    {
      title: "costs, measured beside those of the cost table",
      header: ["command", ...parts.map(([, name]) => name), "promised", "equal", "units as answered"],
      rows: measured.map((row) => [
        row.command,
        ...parts.map(([part]) => String(row.cost[part])),
        promised(row.expected),
        isEqual(row) ? "yes" : "no",
        `${row.reported.read} and ${row.reported.write}${row.refused ? ", a refused write not counted" : ""}`
      ])
    },
    measured.flatMap(({ command, cost }) =>
      parts.map(([part, name]) => ({ metric: `cost: ${name}`, contender: command, value: cost[part], unit: name }))
    )
  )
  const different = measured.filter((row) => !isEqual(row))
  progress(`costs: ${measured.length - different.length} of ${measured.length} rows as promised`)
  report.target({
    claim: "rows of the cost table that cost what they promise",
    wanted: measured.length,
    direction: "at least",
    unit: "rows",
    got: measured.length - different.length,
    obstacle: `different: ${different.map(({ command }) => command).join("; ")}`
  })
  report.note(
    "Costs: the four figures that are promised stand in the order of the columns before them. Items have less than 1 KB. " +
      "Units are computed from the requests by the rules of AWS (a KB written or 4 KB read consistently is a unit, two in a " +
      "transaction); the last column is what the answers say. A refused write is charged, " +
      "but neither the emulator nor AWS says so in the refusal. Serial calls are the longest chain of calls of which each " +
      "waits for the one before. An aggregate is a boundary of one tag, so its rows are those of such a slice; rows about views " +
      "come with the views."
  )
})
