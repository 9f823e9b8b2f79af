import type { WorkItem, WorkQuery, WorkState } from "@reventless/core/WorkStore"
import type { SQLInputValue } from "node:sqlite"
import { type Connection, row, rows } from "./connection.ts"

/** A queue of a plugin. */
export interface Queue {
  readonly plugin: number
  readonly name: string
}

/** The columns of an item. */
export type WorkRow = [
  id: string,
  lane: string,
  due: number,
  content: string,
  sequence: number,
  state: WorkState,
  attempts: number,
  reason: string | null,
  outcome: string | null,
  time: number,
  lease: number
]

/** Their names. */
export const columns = "id, lane, due, content, sequence, state, attempts, reason, outcome, time, lease"

/** The item of a row. */
export const decode = (
  [id, lane, due, content, sequence, state, attempts, reason, outcome, time]: WorkRow
): WorkItem => ({
  id,
  lane,
  due,
  content: JSON.parse(content),
  sequence,
  state,
  attempts,
  reason: reason ?? undefined,
  outcome: outcome === null ? undefined : JSON.parse(outcome),
  time
})

/** SQLite takes whole numbers for a limit only. */
export const atMost = (limit: number): number => Math.min(limit, Number.MAX_SAFE_INTEGER)

/** Counts a change of the plugin's items; answers how many there were. */
export const count = (connection: Connection, plugin: number): number =>
  rows<[number]>(
    connection,
    "INSERT INTO work_changes VALUES (?, 1) ON CONFLICT (plugin) DO UPDATE SET count = count + 1 RETURNING count",
    plugin
  )[0]![0]

/** How many changes of the plugin's items there were. */
export const changes = (connection: Connection, plugin: number): number =>
  row<[number]>(connection, "SELECT count FROM work_changes WHERE plugin = ?", plugin)?.[0] ?? 0

/** The item with this id. */
export const get = (connection: Connection, { name, plugin }: Queue, id: string): WorkItem | undefined => {
  const found = row<WorkRow>(
    connection,
    `SELECT ${columns} FROM work WHERE plugin = ? AND queue = ? AND id = ?`,
    plugin,
    name,
    id
  )
  return found === undefined ? undefined : decode(found)
}

/** When the next item may be begun. */
export const next = (connection: Connection, { name, plugin }: Queue): number | undefined =>
  row<[number]>(
    connection,
    "SELECT ready FROM work WHERE plugin = ? AND queue = ? AND ready IS NOT NULL ORDER BY ready LIMIT 1",
    plugin,
    name
  )?.[0]

const unfinished: ReadonlyArray<WorkState> = ["Pending", "Leased", "Parked"]

/** Items by number. Those of several states are read in step and merged: no more of each is read than the limit needs. */
export const list = (
  connection: Connection,
  { name, plugin }: Queue,
  { after, backwards = false, lane, limit, state }: WorkQuery
): ReadonlyArray<WorkItem> => {
  const parameters: Array<SQLInputValue> = [
    plugin,
    name,
    after ?? (backwards ? Number.MAX_SAFE_INTEGER : 0),
    atMost(limit)
  ]
  const order = backwards ? " DESC" : ""
  if (lane !== undefined) parameters.push(lane)
  const inState = (columns: string, state: WorkState) =>
    `SELECT ${columns} FROM work
     WHERE plugin = ?1 AND queue = ?2${
      lane === undefined ? "" : " AND lane = ?5"
    } AND state = '${state}' AND sequence ${backwards ? "<" : ">"} ?3`
  const page = `ORDER BY sequence${order} LIMIT ?4 + 0`
  const sql = state !== undefined
    ? `${inState(columns, state)} ${page}`
    : `SELECT ${columns.replaceAll(/\b(?=\w)/g, "w.")}
       FROM (${unfinished.map((state) => inState("sequence", state)).join(" UNION ALL ")} ${page}) found
       CROSS JOIN work w ON w.sequence = found.sequence ORDER BY w.sequence${order}`
  return rows<WorkRow>(connection, sql, ...parameters).map(decode)
}
