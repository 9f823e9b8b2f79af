import type { SequencedEvent } from "@reventless/core/EventStore"
import type { BlockedLane, ParkedDelivery, ParkedPlace, SkippedDelivery } from "@reventless/core/ViewStore"
import { type Connection, rows, run } from "./connection.ts"

type ParkedRow = [
  lane: string,
  position: number,
  event: string,
  reason: string | null,
  time: number,
  attempts: number
]

/** Parks an event, or replaces what is known of a parked one. */
export const park = (connection: Connection, generation: number, parked: ParkedDelivery): void => {
  run(
    connection,
    "INSERT OR REPLACE INTO view_parked VALUES (?, ?, ?, ?, ?, ?, ?)",
    generation,
    parked.lane,
    parked.position,
    JSON.stringify(parked.event),
    parked.reason ?? null,
    parked.time,
    parked.attempts
  )
}

/** Takes an event out of the parked ones. */
export const release = (
  connection: Connection,
  generation: number,
  { lane, position }: { readonly lane: string; readonly position: number }
): void => {
  run(
    connection,
    "DELETE FROM view_parked WHERE generation = ? AND lane = ? AND position = ?",
    generation,
    lane,
    position
  )
}

/** The parked events by lane and position, of one lane when it is given; a page of them when it says which. */
export const parked = (
  connection: Connection,
  generation: number,
  lane: string | undefined,
  { after, limit }: { readonly after: ParkedPlace | undefined; readonly limit: number } = {
    after: undefined,
    limit: -1
  }
): ReadonlyArray<ParkedDelivery> => {
  const beyond = after === undefined ? "" : lane === undefined ? "AND (lane, position) > (?, ?)" : "AND position > ?"
  const found = rows<ParkedRow>(
    connection,
    `SELECT lane, position, event, reason, time, attempts FROM view_parked
     WHERE generation = ? ${lane === undefined ? "" : "AND lane = ?"}
     ${beyond} ORDER BY lane, position LIMIT ?`,
    generation,
    ...(lane === undefined ? [] : [lane]),
    ...(after === undefined ? [] : lane === undefined ? [after.lane, after.position] : [after.position]),
    limit
  )
  return found.map(([lane, position, event, reason, time, attempts]) => ({
    lane,
    position,
    event: JSON.parse(event) as SequencedEvent,
    reason: reason ?? undefined,
    time,
    attempts
  }))
}

/** The lanes that have parked events. */
export const blocked = (connection: Connection, generation: number): ReadonlyArray<BlockedLane> =>
  rows<[lane: string, parked: number]>(
    connection,
    "SELECT lane, COUNT(*) FROM view_parked WHERE generation = ? GROUP BY lane",
    generation
  ).map(([lane, parked]) => ({ lane, parked }))

/** Records a skip. */
export const skip = (connection: Connection, plugin: number, view: string, skipped: SkippedDelivery): void => {
  run(
    connection,
    "INSERT INTO view_skipped (plugin, view, lane, position, by, why, time) VALUES (?, ?, ?, ?, ?, ?, ?)",
    plugin,
    view,
    skipped.lane,
    skipped.position,
    skipped.by,
    skipped.why,
    skipped.time
  )
}

/** The record of a view's skips, oldest first. */
export const skipped = (connection: Connection, plugin: number, view: string): ReadonlyArray<SkippedDelivery> =>
  rows<[lane: string, position: number, by: string, why: string, time: number]>(
    connection,
    "SELECT lane, position, by, why, time FROM view_skipped WHERE plugin = ? AND view = ? ORDER BY id",
    plugin,
    view
  ).map(([lane, position, by, why, time]) => ({ lane, position, by, why, time }))
