/** Whether rejections were right: at one instant while the command was executed, its query held exactly what it had seen. */
import * as Query from "@reventless/core/Query"
import type { Applied } from "./CommitLog.ts"
import type { Execution, Journal, Violation } from "./Execution.ts"

const meet = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some((name) => b.has(name))

/** Whether the order of two commits can be told: one wrote what the other wrote or read. */
const ordered = (a: Applied, b: Applied): boolean =>
  meet(a.writes, b.writes) || meet(a.writes, b.reads) || meet(a.reads, b.writes)

/** Everything that must have come before: the given commits, and what was committed before one of them on the same place. */
const closure = (log: ReadonlyArray<Applied>, last: ReadonlySet<Applied>): ReadonlySet<Applied> => {
  const before = new Set(last)
  for (let index = log.length - 1; index >= 0; index--) {
    if (!before.has(log[index]!)) continue
    for (const earlier of log.slice(0, index)) if (ordered(earlier, log[index]!)) before.add(earlier)
  }
  return before
}

const judge = (
  log: ReadonlyArray<Applied>,
  { decisions }: Journal,
  { began, command, ended, id, outcome }: Execution
): ReadonlyArray<Violation> => {
  if (outcome._tag !== "Rejected") return []
  const { seen } = outcome
  const found: Array<Violation> = []
  const first = log.find(({ decision }) => decisions.get(decision)!.command.id === command.id)
  if (command.remembered && first !== undefined && first.ended < began) {
    found.push({ kind: "redelivery-rejected", detail: `${id} was rejected after ${first.decision} had been accepted` })
  }
  const ids = ({ events }: Applied) => events.filter((event) => Query.matches(command.query, event)).map(({ id }) => id)
  // A commit may take effect at any time from its commit to its acknowledgement, where nothing tells its order.
  const before = closure(
    log,
    new Set(log.filter((applied) => applied.ended < began || ids(applied).some((name) => seen.has(name))))
  )
  const missed = [...before].flatMap(ids).filter((name) => !seen.has(name))
  const later = [...before].filter((applied) => applied.began > ended).map(({ decision }) => decision)
  if (missed.length + later.length > 0) {
    const detail = `${id} was rejected on [${[...seen]}] without having seen [${missed}]; [${later}] came later`
    found.push({ kind: "rejection-untrue", detail })
  }
  return found
}

/**
 * `rejection-untrue`: no instant has the state that the rejection was decided on. `redelivery-rejected`: a command was
 * rejected that had been accepted before.
 */
export const violations = (log: ReadonlyArray<Applied>, journal: Journal): ReadonlyArray<Violation> =>
  journal.executions.flatMap((execution) => judge(log, journal, execution))
