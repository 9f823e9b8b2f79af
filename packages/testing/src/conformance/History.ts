/**
 * A history: everything that a run did with a store, and what it saw. `violations` proves from the history alone that
 * the store behaved as if every operation had happened at one instant between its begin and its end.
 */
import type { NewEvent, SequencedEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Precedence from "./Precedence.ts"

/** One operation: a decision read, an append, or a confirmation. */
export interface Operation {
  readonly id: string
  readonly kind: "read" | "append" | "confirm"
  /** Ticks of one counter that all operations of the run share. */
  readonly began: number
  readonly ended: number
  /** The query that was read or that the boundary is of; undefined for an append without a condition. */
  readonly query: Query.Query | undefined
  /** The labels of all events of the query that had been seen by then, those of earlier reads included. */
  readonly seen: ReadonlyArray<string>
  /** The events to be written. */
  readonly events: ReadonlyArray<NewEvent>
  readonly accepted: boolean
}

/** The operations of a run, and the log when it was over. */
export interface History {
  readonly operations: ReadonlyArray<Operation>
  readonly log: ReadonlyArray<SequencedEvent>
}

/** What a violation is told with: an event by its label. */
const label = (event: NewEvent): string => event.meta.messageId

const writers = (history: History): ReadonlyMap<string, Operation> =>
  new Map(
    history.operations.flatMap((operation) =>
      operation.accepted ? operation.events.map((event) => [label(event), operation] as const) : []
    )
  )

/** Accepted events are in the log exactly once and refused ones aren't. */
const lostOrRepeated = (history: History): ReadonlyArray<string> => {
  const written = new Set(writers(history).keys())
  const logged = new Map<string, number>()
  for (const event of history.log) logged.set(label(event), (logged.get(label(event)) ?? 0) + 1)
  return [
    ...[...written].filter((name) => !logged.has(name)).map((name) => `${name} was accepted and isn't in the log`),
    ...[...logged.keys()].filter((name) => !written.has(name)).map((name) =>
      `${name} wasn't accepted and is in the log`
    ),
    ...[...logged].filter(([, times]) => times > 1).map(([name, times]) => `${name} is in the log ${times} times`)
  ]
}

/** What was seen was written, belongs to the query, and was given once. */
const strayOrRepeatedReads = (history: History): ReadonlyArray<string> => {
  const byLabel = writers(history)
  return history.operations.flatMap(({ id, query, seen }) => {
    const stray = seen.filter((name) => {
      const event = byLabel.get(name)?.events.find((event) => label(event) === name)
      return event === undefined || query === undefined || !Query.matches(query, event)
    })
    return [
      ...stray.map((name) => `${id} saw ${name}, which isn't an event of its query`),
      ...(new Set(seen).size === seen.length ? [] : [`${id} saw an event twice: ${seen.join(", ")}`])
    ]
  })
}

/** An append or confirmation was refused although nothing that it hadn't seen can have been added before its end. */
const needlessConflicts = (history: History): ReadonlyArray<string> =>
  history.operations.filter(({ accepted }) => !accepted).flatMap(({ ended, id, query, seen }) => {
    const known = new Set(seen)
    const reason = history.operations.some((other) =>
      other.accepted && other.began < ended && query !== undefined &&
      other.events.some((event) => !known.has(label(event)) && Query.matches(query, event))
    )
    return reason ? [] : [`${id} was refused although nothing was added that it hadn't seen`]
  })

/** What must come before what: an event before who saw it, who didn't see it before it, and what ended before what began. */
const precedence = (history: History, { reads }: Proof): Precedence.Graph => {
  const operations = history.operations.filter(({ accepted, kind }) =>
    accepted && (kind !== "read" || reads === "atomic")
  )
  const graph = Precedence.make(operations.map(({ id }) => id))
  operations.forEach((reader, to) => {
    const seen = new Set(reader.seen)
    operations.forEach((writer, from) => {
      if (from === to) return
      if (writer.ended < reader.began) Precedence.add(graph, from, to, "ended before the begin of")
      if (reader.query === undefined) return
      for (const event of writer.events) {
        if (!Query.matches(reader.query, event)) continue
        if (seen.has(label(event))) Precedence.add(graph, from, to, `wrote ${label(event)}, which was seen by`)
        else Precedence.add(graph, to, from, `hadn't seen ${label(event)} of`)
      }
    })
  })
  return graph
}

const impossibleOrders = (history: History, proof: Proof): ReadonlyArray<string> => {
  const cycle = Precedence.cycle(precedence(history, proof))
  return cycle === undefined ? [] : [`there is no order in which this could have happened one by one: ${cycle}`]
}

/** What is asked of reads. */
export interface Proof {
  /**
   * `atomic`: a read shows one instant. `unproven`: it may show its entities at different instants, and only an append or
   * confirmation on its boundary proves that what was read stood together.
   */
  readonly reads: "atomic" | "unproven"
}

/**
 * Everything in the history that a correct store can't have done. Empty for a history in which all decisions, and reads
 * where they are asked, are strictly serializable.
 */
export const violations = (history: History, proof: Proof = { reads: "atomic" }): ReadonlyArray<string> => [
  ...lostOrRepeated(history),
  ...strayOrRepeatedReads(history),
  ...needlessConflicts(history),
  ...impossibleOrders(history, proof)
]

/**
 * For a log whose positions are commit order: every accepted append had seen exactly the events of its boundary that
 * precede it in the log.
 */
export const violationsInCommitOrder = (history: History): ReadonlyArray<string> => {
  const position = new Map(history.log.map((event, index) => [label(event), index] as const))
  return history.operations.flatMap(({ accepted, events, id, kind, query, seen }) => {
    if (!accepted || kind !== "append" || query === undefined) return []
    const own = position.get(label(events[0]!)) ?? 0
    const preceding = history.log.slice(0, own).filter((event) => Query.matches(query, event)).map(label)
    const sorted = [...seen].sort((a, b) => (position.get(a) ?? 0) - (position.get(b) ?? 0))
    return JSON.stringify(preceding) === JSON.stringify(sorted)
      ? []
      : [`${id} had seen ${sorted.join(", ")}, but ${preceding.join(", ")} precede it`]
  })
}
