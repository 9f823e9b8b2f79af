/** Writes a benchmark's section of the results file; the other sections stay as they are. */
import * as fs from "node:fs"
import * as Machine from "./machine.ts"
import type { Options } from "./options.ts"
import { readable } from "./progress.ts"
import { type Figure, remark, type Report, type Target, verdict } from "./report.ts"

const order = ["store", "commands", "views", "flow", "aws"]

const head = `# Results

Written by \`pnpm bench store\`, \`pnpm bench commands\`, \`pnpm bench views\`, \`pnpm bench flow\` and \`pnpm bench aws\`; each
command replaces its own section. Do not edit. A figure is the median of the rounds. A ratio says how many times better Reventless is than that
contender, of those with the same durability: the median of the ratios of the rounds, in which all had their turn within seconds.
`

const table = (header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = header.map((cell, column) => Math.max(cell.length, ...rows.map((row) => row[column]!.length)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`
  return [line(header), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n")
}

const targetRow = (target: Target): ReadonlyArray<string> => [
  target.claim,
  `${target.direction} ${readable(target.wanted)} ${target.unit}`.trim(),
  verdict(target),
  remark(target)
]

const figureRow = ({ contender, ratio, unit, value }: Figure): ReadonlyArray<string> => [
  contender,
  readable(value),
  unit,
  ratio === undefined ? "" : readable(ratio)
]

const section = (report: Report, options: Options): string => {
  const metrics = [...new Set(report.figures.map(({ metric }) => metric))]
  const size = options.quick ? "A quick run: its figures mean little. " : ""
  return [
    `## ${report.bench}`,
    `Measured on ${
      new Date().toISOString().slice(0, 10)
    }: ${Machine.describe()}. ${Machine.load()} ${size}${options.rounds} rounds, ` +
    `${options.millis} ms a measurement, logs of ${options.small.toLocaleString("en-US")} and ` +
    `${options.large.toLocaleString("en-US")} events.`,
    table(["target", "wanted", "result", "remark"], report.targets.map(targetRow)),
    ...report.tables.flatMap(({ header, rows, title }) => [`### ${report.bench}: ${title}`, table(header, rows)]),
    ...metrics.flatMap((metric) => [
      `### ${report.bench}: ${metric}`,
      table(
        ["contender", "value", "unit", "ratio"],
        report.figures.filter((figure) => figure.metric === metric).map(figureRow)
      )
    ]),
    ...(report.notes.length === 0 ? [] : [`### ${report.bench}: notes`, report.notes.map((n) => `- ${n}`).join("\n")])
  ].join("\n\n")
}

export const write = (file: string, report: Report, options: Options): void => {
  const sections = new Map<string, string>()
  for (const old of fs.existsSync(file) ? fs.readFileSync(file, "utf8").split(/^(?=## )/m).slice(1) : []) {
    sections.set(/^## (\S+)/.exec(old)![1]!, old.trim())
  }
  sections.set(report.bench, section(report, options))
  const known = order.flatMap((bench) => sections.get(bench) ?? [])
  fs.writeFileSync(file, `${[head.trim(), ...known].join("\n\n")}\n`)
}
