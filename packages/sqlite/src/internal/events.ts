import type { Appended, NewEvent, SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import type { SQLInputValue } from "node:sqlite"
import { type Connection, row, rows, run } from "./connection.ts"
import { maxProbes, type Probe, type Range, rangeParameters, source } from "./probes.ts"

/** An event with the text of its parts, made before the transaction so that the lock is held no longer than needed. */
export interface EncodedEvent {
  readonly event: NewEvent
  readonly tags: string
  readonly data: string
  readonly meta: string
}

/** The text of an event's parts. */
export const encode = (event: NewEvent): EncodedEvent => ({
  event,
  tags: JSON.stringify(event.tags),
  data: JSON.stringify(event.data),
  meta: JSON.stringify(event.meta)
})

type EventRow = [position: number, type: string, tags: string, data: string, meta: string]

const decode = ([position, type, tags, data, meta]: EventRow): SequencedEvent => ({
  type,
  tags: JSON.parse(tags),
  data: JSON.parse(data),
  meta: JSON.parse(meta),
  position
})

/** The position of the plugin's newest event, 0 when there is none. */
export const head = (connection: Connection, plugin: number): number =>
  row<[number | null]>(connection, "SELECT max(position) FROM events WHERE plugin = ?", plugin)![0] ?? 0

/** Appends an event; answers its position. */
export const insert = (connection: Connection, plugin: number, { data, event, meta, tags }: EncodedEvent): number => {
  const position = run(
    connection,
    "INSERT INTO events (plugin, type, tags, data, meta) VALUES (?, ?, ?, ?, ?)",
    plugin,
    event.type,
    tags,
    data,
    meta
  ).rowid
  for (const tag of event.tags) {
    run(connection, "INSERT OR IGNORE INTO event_tags VALUES (?, ?, ?, ?)", plugin, tag, event.type, position)
  }
  return position
}

const columns = "e.position, e.type, e.tags, e.data, e.meta"

const oneProbe = (probe: Probe, order: string, parameters: Array<SQLInputValue>): string => {
  const { from, where } = source(probe, parameters)
  return probe._tag === "Tags"
    ? `SELECT ${columns} FROM ${from} CROSS JOIN events e ON e.position = a.position
       WHERE ${where} ORDER BY a.position ${order} LIMIT ?4 + 0`
    : `SELECT ${columns.replaceAll("e.", "a.")} FROM ${from} WHERE ${where} ORDER BY a.position ${order} LIMIT ?4 + 0`
}

/** The probes are read in step and merged, so no more of each is read than the limit needs. */
const manyProbes = (probes: ReadonlyArray<Probe>, order: string, parameters: Array<SQLInputValue>): string => {
  const selects = probes.map((probe) => {
    const { from, where } = source(probe, parameters)
    return `SELECT a.position AS position FROM ${from} WHERE ${where}`
  })
  return `SELECT ${columns} FROM (${selects.join(" UNION ")} ORDER BY position ${order} LIMIT ?4 + 0) found
          CROSS JOIN events e ON e.position = found.position ORDER BY e.position ${order}`
}

/** The statement that finds the events of at most some hundred probes, and its parameters. */
export const findStatement = (
  probes: ReadonlyArray<Probe>,
  range: Range,
  options: { readonly limit: number | undefined; readonly backwards: boolean }
): { readonly sql: string; readonly parameters: ReadonlyArray<SQLInputValue> } => {
  const parameters = rangeParameters(range, options.limit ?? -1)
  const order = options.backwards ? "DESC" : "ASC"
  const [first] = probes
  const sql = probes.length === 1 && first !== undefined
    ? oneProbe(first, order, parameters)
    : manyProbes(probes, order, parameters)
  return { sql, parameters }
}

/** The events of the range that one of the probes finds, each once, by position; at most `limit`. */
export const find = (
  connection: Connection,
  probes: ReadonlyArray<Probe>,
  range: Range,
  options: { readonly limit: number | undefined; readonly backwards: boolean }
): ReadonlyArray<SequencedEvent> => {
  if (probes.length === 0 || range.after >= range.until || options.limit === 0) return []
  if (probes.length <= maxProbes) {
    const { parameters, sql } = findStatement(probes, range, options)
    return rows<EventRow>(connection, sql, ...parameters).map(decode)
  }
  const byPosition = new Map<number, SequencedEvent>()
  for (let start = 0; start < probes.length; start += maxProbes) {
    const part = find(connection, probes.slice(start, start + maxProbes), range, options)
    for (const event of part) byPosition.set(event.position, event)
  }
  const direction = options.backwards ? -1 : 1
  return [...byPosition.values()].sort((a, b) => direction * (a.position - b.position)).slice(0, options.limit)
}

/** What a command id is remembered for; undefined when it isn't. */
export const receipt = (connection: Connection, plugin: number, commandId: string): Appended | undefined => {
  const found = row<[first: number, last: number]>(
    connection,
    "SELECT first, last FROM receipts WHERE plugin = ? AND command = ?",
    plugin,
    commandId
  )
  if (found === undefined) return undefined
  // The positions of one append have no gap: it is written under the lock of the file.
  const [first, last] = found
  const range = { plugin, after: first - 1, until: last }
  const events = find(connection, [{ _tag: "All" }], range, { limit: undefined, backwards: false })
  return { events, token: { extent: Extent.upTo(last) }, replayed: true }
}

/** Remembers a command id for an append. */
export const insertReceipt = (
  connection: Connection,
  plugin: number,
  commandId: string,
  first: number,
  last: number
): void => {
  run(connection, "INSERT INTO receipts VALUES (?, ?, ?, ?)", plugin, commandId, first, last)
}
