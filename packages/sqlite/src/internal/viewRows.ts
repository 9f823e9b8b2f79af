import type { FoundRow, IndexEntry, RowId, RowQuery, RowWrite, StoredRow } from "@reventless/core/ViewStore"
import type { SQLInputValue } from "node:sqlite"
import { type Connection, row, rows, run } from "./connection.ts"

type ViewRow = [key: string, sort: string, row: string | null, version: number, revision: number]

const columns = "r.key, r.sort, r.row, r.version, r.revision"

const decode = ([key, sort, content, version, revision]: ViewRow): StoredRow => ({
  id: { key, sort },
  row: content === null ? undefined : JSON.parse(content),
  version,
  revision
})

/** Rows and tombstones with these ids. */
export const load = (connection: Connection, generation: number, ids: ReadonlyArray<RowId>): ReadonlyArray<StoredRow> =>
  ids.flatMap(({ key, sort }) => {
    const found = row<ViewRow>(
      connection,
      `SELECT ${columns} FROM view_rows r WHERE generation = ? AND key = ? AND sort = ?`,
      generation,
      key,
      sort
    )
    return found === undefined ? [] : [decode(found)]
  })

/** The name that the entries of an index are stored under; the order of the ids is an index too, without tombstones. */
const indexName = (index: string | undefined): string => index === undefined ? "" : `.${index}`

type RowValues = readonly [
  generation: number,
  key: string,
  sort: string,
  row: string | null,
  version: number,
  revision: number,
  entries: string
]

type Entry = readonly [name: string, value: string]

const entriesOf = (id: RowId, entries: ReadonlyArray<IndexEntry>): ReadonlyArray<Entry> => [
  [indexName(undefined), id.key],
  ...new Map(entries.map(({ index, value }) => [indexName(index), value])).entries()
]

const writeEntries = (
  connection: Connection,
  generation: number,
  { key, sort }: RowId,
  former: ReadonlyArray<Entry>,
  next: ReadonlyArray<Entry>
): void => {
  const has = (list: ReadonlyArray<Entry>, [name, value]: Entry) => list.some(([n, v]) => n === name && v === value)
  for (const entry of former) {
    if (has(next, entry)) continue
    run(
      connection,
      "DELETE FROM view_entries WHERE generation = ? AND name = ? AND value = ? AND key = ? AND sort = ?",
      generation,
      ...entry,
      key,
      sort
    )
  }
  for (const entry of next) {
    if (has(former, entry)) continue
    run(connection, "INSERT INTO view_entries VALUES (?, ?, ?, ?, ?)", generation, ...entry, key, sort)
  }
}

/** Adds a row that isn't there yet; answers whether that was so. */
const insert = (connection: Connection, values: RowValues): boolean =>
  run(connection, "INSERT INTO view_rows VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", ...values).changes === 1

/** Writes a row that is there, and has these entries; answers whether that was so. */
const update = (connection: Connection, [generation, key, sort, row, version, revision, entries]: RowValues): boolean =>
  run(
    connection,
    `UPDATE view_rows SET row = ?, version = ?, revision = ?
     WHERE generation = ? AND key = ? AND sort = ? AND entries = ?`,
    row,
    version,
    revision,
    generation,
    key,
    sort,
    entries
  ).changes === 1

/** Writes a row whatever was there; answers the entries that it had, undefined where it wasn't. */
const replace = (connection: Connection, values: RowValues): ReadonlyArray<Entry> | undefined => {
  const [generation, key, sort] = values
  const found = row<[string]>(
    connection,
    "SELECT entries FROM view_rows WHERE generation = ? AND key = ? AND sort = ?",
    generation,
    key,
    sort
  )
  run(connection, "INSERT OR REPLACE INTO view_rows VALUES (?, ?, ?, ?, ?, ?, ?)", ...values)
  return found && JSON.parse(found[0])
}

/**
 * Writes a row or a tombstone, and its place in each index. Entries that stay the same aren't touched. What the step says
 * of the row's former version only tells what is likely: a new row, or one whose entries stay, costs one statement.
 */
export const write = (connection: Connection, generation: number, revision: number, change: RowWrite): void => {
  const { id, row: content, version } = change
  const next = content === undefined ? [] : entriesOf(id, change.entries)
  const text = content === undefined ? null : JSON.stringify(content)
  const values: RowValues = [generation, id.key, id.sort, text, version, revision, JSON.stringify(next)]
  const isNew = change.previous === undefined
  if (isNew ? insert(connection, values) : update(connection, values)) {
    if (isNew) writeEntries(connection, generation, id, [], next)
  } else {
    writeEntries(connection, generation, id, replace(connection, values) ?? [], next)
  }
}

/** Where the range of an index begins or ends. */
type Bound =
  | { readonly _tag: "Value"; readonly value: string }
  | { readonly _tag: "Place"; readonly value: string; readonly id: RowId }

/**
 * The bounds of a listing. The place to continue after takes the part of the bound that it lies behind, so that the range
 * that is read begins there and a late page costs as much as the first.
 */
const bounds = ({ after, from, reverse, to }: RowQuery): { lower: Bound | undefined; upper: Bound | undefined } => {
  const lower: Bound | undefined = from === undefined ? undefined : { _tag: "Value", value: from }
  const upper: Bound | undefined = to === undefined ? undefined : { _tag: "Value", value: to }
  if (after === undefined) return { lower, upper }
  const place: Bound = { _tag: "Place", ...after }
  if (reverse) return { lower, upper: to !== undefined && compare(after.value, to) >= 0 ? upper : place }
  return { lower: from !== undefined && compare(after.value, from) < 0 ? lower : place, upper }
}

/** Compares texts as SQLite does, by their UTF-8 bytes. */
const compare = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

/** The statement of a listing and its parameters. */
export const listStatement = (
  generation: number,
  query: RowQuery
): { sql: string; parameters: Array<SQLInputValue> } => {
  const { lower, upper } = bounds(query)
  const order = query.reverse ? "DESC" : "ASC"
  const parameters: Array<SQLInputValue> = [generation, indexName(query.index)]
  const condition = (bound: Bound | undefined, value: ">=" | "<", place: ">" | "<"): string => {
    if (bound === undefined) return ""
    parameters.push(bound.value)
    if (bound._tag === "Value") return ` AND e.value ${value} ?`
    parameters.push(bound.id.key, bound.id.sort)
    return ` AND (e.value, e.key, e.sort) ${place} (?, ?, ?)`
  }
  const where = condition(lower, ">=", ">") + condition(upper, "<", "<")
  parameters.push(query.limit)
  const sql = `SELECT e.value, ${columns} FROM view_entries e
    CROSS JOIN view_rows r ON r.generation = e.generation AND r.key = e.key AND r.sort = e.sort
    WHERE e.generation = ? AND e.name = ?${where}
    ORDER BY e.value ${order}, e.key ${order}, e.sort ${order} LIMIT ? + 0`
  return { sql, parameters }
}

/** Rows in the order of an index or of their ids. */
export const list = (connection: Connection, generation: number, query: RowQuery): ReadonlyArray<FoundRow> => {
  const { parameters, sql } = listStatement(generation, query)
  return rows<[value: string, ...ViewRow]>(connection, sql, ...parameters)
    .map(([value, ...found]) => ({ value, row: decode(found) }))
}

/** Rows and tombstones that were written after a revision, by revision: about `limit`, as a revision isn't split. */
export const changes = (
  connection: Connection,
  generation: number,
  { after, limit }: { readonly after: number; readonly limit: number }
): ReadonlyArray<StoredRow> =>
  rows<ViewRow>(
    connection,
    `SELECT ${columns} FROM view_rows r WHERE generation = ?1 AND revision > ?2 AND revision <= coalesce((
       SELECT revision FROM view_rows WHERE generation = ?1 AND revision > ?2 ORDER BY revision LIMIT 1 OFFSET ?3 - 1
     ), ${Number.MAX_SAFE_INTEGER}) ORDER BY revision, key, sort`,
    generation,
    after,
    limit
  ).map(decode)
