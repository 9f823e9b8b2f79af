import type * as Schema from "effect/Schema"
import type { LeasedWork, NewWork, WorkItem, WorkResult, WorkState } from "../../WorkStore.ts"

/** An item of work in memory. What becomes of it is written into it. */
export interface Entry {
  readonly id: string
  readonly lane: string
  readonly sequence: number
  due: number
  content: Schema.Json
  state: WorkState
  attempts: number
  reason: string | undefined
  outcome: Schema.Json | undefined
  time: number
  lease: number
  /** When the lease was given or extended, or when it was written what may be begun without waiting for an instant. */
  leasedAt: number
  leasedUntil: number
}

/** What was due when it was written waits for no instant. */
const writtenAt = (due: number, now: number): number => due <= now ? now : 0

/** An item that was never begun. */
export const make = ({ content, due, id, lane }: NewWork, sequence: number, now: number): Entry => ({
  id,
  lane,
  due,
  content,
  sequence,
  state: "Pending",
  attempts: 0,
  reason: undefined,
  outcome: undefined,
  time: now,
  lease: 0,
  leasedAt: writtenAt(due, now),
  leasedUntil: 0
})

/** The item as it is shown. */
export const shown = (
  { attempts, content, due, id, lane, outcome, reason, sequence, state, time }: Entry
): WorkItem => ({
  id,
  lane,
  due,
  content,
  sequence,
  state,
  attempts,
  reason,
  outcome,
  time
})

/** When the first item of a lane may be begun; undefined when it waits for a person. */
export const readyAt = (entry: Entry): number | undefined =>
  entry.state === "Parked" ? undefined : entry.state === "Leased" ? entry.leasedUntil : entry.due

/** Whether an item is still under this lease. */
export const isHeld = (entry: Entry, { lease, sequence }: LeasedWork): boolean =>
  entry.state === "Leased" && entry.sequence === sequence && entry.lease === lease

/** Begins the next attempt. */
export const begin = (entry: Entry, lease: number, now: number): LeasedWork => {
  entry.state = "Leased"
  entry.lease++
  entry.attempts++
  entry.time = now
  extend(entry, lease, now)
  return { ...shown(entry), lease: entry.lease }
}

/** Makes the lease last longer, from now on. */
export const extend = (entry: Entry, lease: number, now: number): void => {
  entry.leasedAt = now
  entry.leasedUntil = now + lease
}

/** Ends an attempt after which the item is kept; `attempts` are those with this one. */
export const end = (
  entry: Entry,
  result: Exclude<WorkResult, { readonly _tag: "Forget" }>,
  attempts: number,
  now: number
): void => {
  switch (result._tag) {
    case "Done":
      return complete(entry, result.outcome, now)
    case "Again":
      entry.content = result.content
      return wait(entry, { due: result.due, leasedAt: writtenAt(result.due, now), attempts: 0, reason: undefined }, now)
    case "Retry":
      return wait(entry, { due: result.due, leasedAt: now, attempts: entry.attempts, reason: result.reason }, now)
    case "Release":
      return wait(entry, { due: now, leasedAt: now, attempts: attempts - 1, reason: entry.reason }, now)
    case "Park":
      entry.state = "Parked"
      entry.reason = result.reason
      entry.time = now
  }
}

/** Has a parked item begun anew, with all its attempts. */
export const replay = (entry: Entry, now: number): void =>
  wait(entry, { due: now, leasedAt: now, attempts: 0, reason: entry.reason }, now)

/** Says that an item is done. */
export const complete = (entry: Entry, outcome: Schema.Json | undefined, now: number): void => {
  entry.state = "Done"
  entry.outcome = outcome
  entry.reason = undefined
  entry.time = now
}

const wait = (
  entry: Entry,
  { attempts, due, leasedAt, reason }: Pick<Entry, "due" | "leasedAt" | "attempts" | "reason">,
  now: number
): void => {
  entry.state = "Pending"
  entry.due = due
  entry.leasedAt = leasedAt
  entry.attempts = attempts
  entry.reason = reason
  entry.time = now
}
