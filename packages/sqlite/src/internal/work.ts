import type { LeasedWork, NewWork, TakeOptions, WorkState } from "@reventless/core/WorkStore"
import type { SQLInputValue } from "node:sqlite"
import { type Connection, row, rows, run } from "./connection.ts"
import { atMost, columns, decode, type Queue, type WorkRow } from "./workItems.ts"

/** An item with its content as text, made before the transaction so that the lock is held no longer than needed. */
export interface EncodedWork extends Omit<NewWork, "content"> {
  readonly content: string
}

/** What an item becomes when its lease is given back. What is undefined stays as it is. */
export interface Finished {
  readonly state: WorkState
  readonly due: number | undefined
  readonly content: string | undefined
  readonly attempts: number | undefined
  readonly reason: string | undefined
  readonly outcome: string | undefined
}

const hasUnfinished = (connection: Connection, { name, plugin }: Queue, lane: string): boolean =>
  row(
    connection,
    `SELECT 1 FROM work WHERE plugin = ? AND queue = ? AND lane = ? AND state IN ('Pending', 'Leased', 'Parked') LIMIT 1`,
    plugin,
    name,
    lane
  ) !== undefined

/**
 * Adds an item at the end of its lane, under a lease that lasts so many milliseconds if one is given and the item may be
 * begun; undefined when its id is known.
 */
export const insert = (
  connection: Connection,
  queue: Queue,
  { content, due, id, lane }: EncodedWork,
  now: number,
  lease?: number
): { readonly sequence: number; readonly isLeased: boolean } | undefined => {
  const isFirst = !hasUnfinished(connection, queue, lane)
  const until = isFirst && due <= now && lease !== undefined ? now + lease : undefined
  const isLeased = until !== undefined
  const begun = isLeased ? 1 : 0
  const { changes, rowid } = run(
    connection,
    `INSERT INTO work (plugin, queue, id, lane, due, content, state, attempts, time, lease, leased, ready)
     SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?8, ?10, ?11
     WHERE NOT EXISTS (SELECT 1 FROM work WHERE plugin = ?1 AND queue = ?2 AND id = ?3)`,
    queue.plugin,
    queue.name,
    id,
    lane,
    due,
    content,
    isLeased ? "Leased" : "Pending",
    begun,
    now,
    due <= now ? now : null,
    until ?? (isFirst ? due : null)
  )
  return changes === 0 ? undefined : { sequence: rowid, isLeased }
}

/** Makes the first item of a lane ready at its time, unless one before it is leased or parked. */
const advance = (connection: Connection, { name, plugin }: Queue, lane: string): void => {
  run(
    connection,
    `UPDATE work SET ready = due
     WHERE sequence = (
       SELECT sequence FROM work WHERE plugin = ?1 AND queue = ?2 AND lane = ?3 AND state = 'Pending'
       ORDER BY sequence LIMIT 1
     ) AND ready IS NULL AND NOT EXISTS (
       SELECT 1 FROM work WHERE plugin = ?1 AND queue = ?2 AND lane = ?3 AND state IN ('Leased', 'Parked')
     )`,
    plugin,
    name,
    lane
  )
}

/** Forgets an item; whether it was there. One that is finished stays, unless that is asked for. */
export const remove = (connection: Connection, queue: Queue, id: string, finishedToo: boolean): boolean => {
  const found = row<[sequence: number, lane: string, state: WorkState]>(
    connection,
    "SELECT sequence, lane, state FROM work WHERE plugin = ? AND queue = ? AND id = ?",
    queue.plugin,
    queue.name,
    id
  )
  if (found === undefined) return false
  const [sequence, lane, state] = found
  if (state === "Done" && !finishedToo) return false
  run(connection, "DELETE FROM work WHERE sequence = ?", sequence)
  advance(connection, queue, lane)
  return true
}

/** The numbers of items that may be begun. */
export const ready = (
  connection: Connection,
  { name, plugin }: Queue,
  { lease, limit, now }: TakeOptions
): ReadonlyArray<number> => {
  const due = rows<[number]>(
    connection,
    `SELECT sequence FROM work WHERE plugin = ? AND queue = ? AND ready <= ?
     ORDER BY ready, sequence LIMIT ? + 0`,
    plugin,
    name,
    now,
    atMost(limit)
  )
  if (due.length >= limit) return due.map(([sequence]) => sequence)
  // What was leased, or could have been, before the clock was set back. Without the hint SQLite looks at whatever is due later, which may be much.
  const early = rows<[number]>(
    connection,
    `SELECT sequence FROM work INDEXED BY work_leased
     WHERE plugin = ?1 AND queue = ?2 AND leased > ?3 AND ready > ?4
     ORDER BY ready, sequence LIMIT ?5 + 0`,
    plugin,
    name,
    now + lease,
    now,
    atMost(limit - due.length)
  )
  return [...due, ...early].map(([sequence]) => sequence)
}

/** Leases an item that may be begun. */
export const lease = (connection: Connection, sequence: number, options: TakeOptions): LeasedWork => {
  const [leased] = rows<WorkRow>(
    connection,
    `UPDATE work SET state = 'Leased', attempts = attempts + 1, lease = lease + 1, leased = ?2, ready = ?3, time = ?2
     WHERE sequence = ?1 RETURNING ${columns}`,
    sequence,
    options.now,
    options.now + options.lease
  )
  return { ...decode(leased!), lease: leased![10] }
}

/** Which row a lease is of: none when the lease isn't held any more. */
const held = "sequence = ?1 AND plugin = ?2 AND queue = ?3 AND id = ?4 AND lease = ?5 AND state = 'Leased'"

const holder = ({ name, plugin }: Queue, { id, lease, sequence }: LeasedWork): ReadonlyArray<SQLInputValue> => [
  sequence,
  plugin,
  name,
  id,
  lease
]

/** Makes a lease end at another time; whether it is held. */
export const extend = (
  connection: Connection,
  queue: Queue,
  item: LeasedWork,
  { lease, now }: { readonly now: number; readonly lease: number }
): boolean =>
  run(
    connection,
    `UPDATE work SET leased = ?6, ready = ?7 WHERE ${held}`,
    ...holder(queue, item),
    now,
    now + lease
  ).changes > 0

/** Gives a lease back; whether it was held. */
export const finish = (
  connection: Connection,
  queue: Queue,
  item: LeasedWork,
  { attempts, content, due, outcome, reason, state }: Finished,
  now: number
): boolean => {
  const [found] = rows<[lane: string]>(
    connection,
    `UPDATE work SET state = ?6, due = coalesce(?7, due), content = coalesce(?8, content),
       attempts = coalesce(?9, attempts), reason = ?10, outcome = ?11, time = ?12, leased = ?13, ready = ?7
     WHERE ${held} RETURNING lane`,
    ...holder(queue, item),
    state,
    due ?? null,
    content ?? null,
    attempts ?? null,
    reason ?? null,
    outcome ?? null,
    now,
    // A retry waits for its turn, and not for an instant: `leased` says since when, for whoever has set back the clock.
    due !== undefined && (reason !== undefined || due <= now) ? now : null
  )
  if (found === undefined) return false
  if (state === "Done") advance(connection, queue, found[0])
  return true
}

/** Forgets a leased item; whether its lease was held. */
export const forget = (connection: Connection, queue: Queue, item: LeasedWork): boolean =>
  row(connection, `SELECT 1 FROM work WHERE ${held}`, ...holder(queue, item)) !== undefined &&
  remove(connection, queue, item.id, false)

/** Makes an item done that isn't finished; whether there was one. */
export const complete = (
  connection: Connection,
  queue: Queue,
  id: string,
  outcome: string | undefined,
  now: number
): boolean => {
  const [found] = rows<[lane: string]>(
    connection,
    `UPDATE work SET state = 'Done', reason = NULL, outcome = ?4, time = ?5, leased = NULL, ready = NULL
     WHERE plugin = ?1 AND queue = ?2 AND id = ?3 AND state <> 'Done' RETURNING lane`,
    queue.plugin,
    queue.name,
    id,
    outcome ?? null,
    now
  )
  if (found === undefined) return false
  advance(connection, queue, found[0])
  return true
}

/** Makes a parked item pending; whether there was one. It is the first of its lane, as every parked one. */
export const replay = (connection: Connection, { name, plugin }: Queue, id: string, now: number): boolean =>
  run(
    connection,
    `UPDATE work SET state = 'Pending', due = ?4, ready = ?4, leased = ?4, time = ?4, attempts = 0
     WHERE plugin = ?1 AND queue = ?2 AND id = ?3 AND state = 'Parked'`,
    plugin,
    name,
    id,
    now
  ).changes > 0
