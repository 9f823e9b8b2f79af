/**
 * Judges a run by what the server committed, which no store under test had a say in. Every kind of violation is one
 * promise that was broken.
 */
import * as Query from "@reventless/core/Query"
import type { Applied } from "./CommitLog.ts"
import type { Execution, Journal, Violation } from "./Execution.ts"
import * as Rejections from "./Rejections.ts"

/** A violation of a kind. */
const violation = (kind: string, detail: string): Violation => ({ kind, detail })

const matching = (query: Query.Query, { events }: Applied): ReadonlyArray<string> =>
  events.filter((event) => Query.matches(query, event)).map(({ id }) => id)

/** `boundary`: a decision was applied although it had not seen exactly what matched its query at that instant. */
const boundaries = (log: ReadonlyArray<Applied>, { decisions }: Journal): ReadonlyArray<Violation> =>
  log.flatMap(({ decision }, index) => {
    const { command: { query }, seen } = decisions.get(decision)!
    const there = new Set(log.slice(0, index).flatMap((applied) => matching(query, applied)))
    const missed = [...there].filter((id) => !seen.has(id))
    const phantom = [...seen].filter((id) => !there.has(id))
    return missed.length + phantom.length === 0 ? [] : [violation(
      "boundary",
      `${decision} was applied without having seen [${missed}], and having seen [${phantom}], which wasn't there; ` +
        `its query: ${JSON.stringify(query)}`
    )]
  })

/** `applied-twice`: a command, or one execution of it, was applied more than once. */
const repetitions = (log: ReadonlyArray<Applied>, { decisions }: Journal): ReadonlyArray<Violation> => {
  const origin = ({ decision }: Applied) => {
    const { command, execution } = decisions.get(decision)!
    return command.remembered ? command.id : execution
  }
  return [...Map.groupBy(log, origin)].filter(([, applied]) => applied.length > 1).map(([name, applied]) =>
    violation("applied-twice", `${name} was applied as ${applied.map(({ decision }) => decision).join(" and ")}`)
  )
}

/** Failures that come of the circumstances. */
const passing = ["Contended", "StoreUnavailable", "OutcomeUnknown"]

/** What an execution answered, held against what it did. */
const answers = (log: ReadonlyArray<Applied>, { decisions, executions }: Journal): ReadonlyArray<Violation> => {
  const byExecution = Map.groupBy(log, ({ decision }) => decisions.get(decision)!.execution)
  const byCommand = Map.groupBy(log, ({ decision }) => decisions.get(decision)!.command.id)
  const judge = ({ command, id, outcome }: Execution): ReadonlyArray<Violation> => {
    const [applied] = byExecution.get(id) ?? []
    switch (outcome._tag) {
      case "Failed": {
        const { reason } = outcome
        if (!passing.includes(reason)) return [violation("unexpected-failure", `${id} failed with ${reason}`)]
        return applied === undefined || reason === "OutcomeUnknown"
          ? []
          : [violation("failed-but-applied", `${id} failed with ${reason} and was applied`)]
      }
      case "Rejected":
        return applied === undefined ? [] : [violation("rejected-but-applied", id)]
      case "Accepted": {
        const { appended: { events, replayed } } = outcome
        const [first] = replayed ? byCommand.get(command.id) ?? [] : byExecution.get(id) ?? []
        const answered = events.map(({ meta, position }) => `${meta.messageId}@${position}`).join(", ")
        const logged = first?.events.map(({ id, position }) => `${id}@${position}`).join(", ") ?? "nothing"
        return answered === logged
          ? []
          : [violation("accepted-not-in-log", `${id} answered ${answered}, but ${logged} is in the log`)]
      }
    }
  }
  return executions.flatMap(judge)
}

/**
 * `needless-conflict`: an append was refused although nothing can have been added that matches and wasn't seen.
 * `redelivery-refused`: it was refused although its command had been accepted before.
 */
const conflicts = (log: ReadonlyArray<Applied>, { decisions }: Journal): ReadonlyArray<Violation> => {
  const applied = new Set(log.map(({ decision }) => decision))
  const first = new Map(log.toReversed().map((applied) => [decisions.get(applied.decision)!.command.id, applied]))
  return [...decisions.values()].flatMap(({ asked, command, id, refused, seen }) => {
    if (refused === undefined) return []
    const before = first.get(command.id)
    if (command.remembered && before !== undefined && before.ended < asked) {
      return [violation("redelivery-refused", `${id} was refused after ${before.decision} had been accepted`)]
    }
    if (applied.has(id)) return [violation("failed-but-applied", `${id} was refused and applied`)]
    const reason = log.some((other) =>
      other.began < refused && matching(command.query, other).some((name) => !seen.has(name))
    )
    return reason ? [] : [violation("needless-conflict", `${id} was refused although it had seen everything`)]
  })
}

/** `torn-read`: a decision was to be made from a part of what one append added to a partition. */
const tornReads = (log: ReadonlyArray<Applied>, { reads }: Journal): ReadonlyArray<Violation> => {
  const added = log.flatMap(({ decision, events }) => {
    const copies = Map.groupBy(events.flatMap(({ copies }) => copies), ({ partition }) => partition)
    return [...copies].filter(([, several]) => several.length > 1).map(([partition, several]) => ({
      decision,
      partition,
      first: several[0]!.version,
      last: several.at(-1)!.version
    }))
  })
  return reads.flatMap(({ execution, versions }) =>
    added.filter(({ first, last, partition }) => {
      const version = versions[partition] ?? 0
      return version >= first && version < last
    }).map(({ decision, partition }) => violation("torn-read", `${execution} read ${decision} in part in ${partition}`))
  )
}

/**
 * `incomplete-read`: a read didn't show what had been acknowledged before it began. `read-too-early`: it showed what was
 * committed after it had ended, or never.
 */
const reading = (log: ReadonlyArray<Applied>, { reads }: Journal, early: boolean): ReadonlyArray<Violation> =>
  reads.flatMap(({ began, ended, execution, query, seen }) => {
    const missing = early ? [] : log.filter((applied) => applied.ended < began)
      .flatMap((applied) => matching(query, applied)).filter((id) => !seen.has(id))
    const there = new Set(
      log.filter((applied) => applied.began <= ended).flatMap((applied) => matching(query, applied))
    )
    const invented = [...seen].filter((id) => !there.has(id))
    return [
      ...(missing.length === 0 ? [] : [violation("incomplete-read", `${execution} didn't read [${missing}]`)]),
      ...(invented.length === 0 ? [] : [violation("read-too-early", `${execution} read [${invented}]`)])
    ]
  })

/** Everything in the answers of a run that a correct store can't have given. */
export const violations = (
  log: ReadonlyArray<Applied>,
  journal: Journal,
  /** Whether the server acknowledged commits before they were visible. */
  early: boolean
): ReadonlyArray<Violation> => [
  ...journal.violations,
  ...boundaries(log, journal),
  ...repetitions(log, journal),
  ...answers(log, journal),
  ...conflicts(log, journal),
  ...tornReads(log, journal),
  ...reading(log, journal, early),
  ...Rejections.violations(log, journal)
]
