import type * as Query from "@reventless/core/Query"
import type { SQLInputValue } from "node:sqlite"
import { type Connection, row, rows } from "./connection.ts"

/** The part of a plugin's log that is looked at: positions greater than `after`, up to and including `until`. */
export interface Range {
  readonly plugin: number
  readonly after: number
  readonly until: number
}

/**
 * A part of a query that one range of one index answers: the events of a type, or of a type with a tag (those that carry
 * further tags are looked up one by one), or all events. A query is the union of its probes.
 */
export type Probe =
  | { readonly _tag: "All" }
  | { readonly _tag: "Type"; readonly type: string }
  | { readonly _tag: "Tags"; readonly type: string; readonly rarest: string; readonly others: ReadonlyArray<string> }

/** A probe as SQL. Parameters 1 to 4 are the range and the limit; its own follow after those that were given before. */
interface Source {
  readonly from: string
  readonly where: string
}

const range = "a.plugin = ?1 AND a.position > ?2 AND a.position <= ?3"

/** The parameters that every statement over probes begins with. */
export const rangeParameters = ({ after, plugin, until }: Range, limit: number): Array<SQLInputValue> => [
  plugin,
  after,
  until,
  limit
]

/** How many probes one statement may have: SQLite joins at most 500 selects. A query with more is answered in parts. */
export const maxProbes = 100

/** The SQL of a probe; adds its parameters to those given. */
export const source = (probe: Probe, parameters: Array<SQLInputValue>): Source => {
  const parameter = (value: string) => `?${parameters.push(value)}`
  if (probe._tag === "All") return { from: "events a", where: range }
  if (probe._tag === "Type") return { from: "events a", where: `${range} AND a.type = ${parameter(probe.type)}` }
  const where = `${range} AND a.tag = ${parameter(probe.rarest)} AND a.type = ${parameter(probe.type)}`
  const others = probe.others.map((tag, index) =>
    ` CROSS JOIN event_tags t${index} ON t${index}.plugin = a.plugin AND t${index}.tag = ${parameter(tag)}` +
    ` AND t${index}.type = a.type AND t${index}.position = a.position`
  )
  return { from: `event_tags a${others.join("")}`, where }
}

/** The types that events with the tag have: one seek in the index for each, however many events there are. */
const typesOf = (connection: Connection, plugin: number, tag: string): ReadonlyArray<string> =>
  rows<[string]>(
    connection,
    `WITH RECURSIVE found (type) AS (
       SELECT min(type) FROM event_tags WHERE plugin = ?1 AND tag = ?2
       UNION ALL
       SELECT (SELECT min(type) FROM event_tags WHERE plugin = ?1 AND tag = ?2 AND type > found.type)
       FROM found WHERE found.type IS NOT NULL
     ) SELECT type FROM found WHERE type IS NOT NULL`,
    plugin,
    tag
  ).map(([type]) => type)

const count = (connection: Connection, { after, plugin, until }: Range, tag: string, type: string, most: number) =>
  row<[number]>(
    connection,
    `SELECT count(*) FROM (SELECT 1 FROM event_tags
     WHERE plugin = ? AND tag = ? AND type = ? AND position > ? AND position <= ? LIMIT ? + 0)`,
    plugin,
    tag,
    type,
    after,
    until,
    most
  )![0]

/**
 * The tag with the fewest events of the type in the range. Counts each only as far as needed to tell, and never further
 * than some thousands: beyond that the choice doesn't matter enough.
 */
const rarestTag = (connection: Connection, range: Range, tags: ReadonlyArray<string>, type: string): string => {
  for (const most of [8, 64, 512, 4096]) {
    const counts = tags.map((tag) => count(connection, range, tag, type, most))
    const least = Math.min(...counts)
    if (least < most) return tags[counts.indexOf(least)]!
  }
  return tags[0]!
}

const itemProbes = (connection: Connection, range: Range, item: Query.QueryItem): ReadonlyArray<Probe> => {
  const tags = [...new Set(item.tags ?? [])]
  const types = [...new Set(item.types ?? [])]
  const [first] = tags
  if (first === undefined) {
    return types.length === 0 ? [{ _tag: "All" }] : types.map((type) => ({ _tag: "Type", type }))
  }
  return (types.length > 0 ? types : typesOf(connection, range.plugin, first)).map((type) => {
    const rarest = tags.length === 1 ? first : rarestTag(connection, range, tags, type)
    return { _tag: "Tags", type, rarest, others: tags.filter((tag) => tag !== rarest) }
  })
}

/** Whether a query's probes follow from it alone, and are few enough for one statement: no type has to be looked up. */
export const followFrom = ({ items }: Query.Query): boolean => {
  let count = 0
  for (const { tags = [], types = [] } of items) {
    if (types.length === 0 && tags.length > 0) return false
    count += types.length
  }
  return count <= maxProbes
}

/** The probes whose union is the query. */
export const probes = (connection: Connection, range: Range, query: Query.Query): ReadonlyArray<Probe> => {
  const all: ReadonlyArray<Probe> = query.items.length === 0
    ? [{ _tag: "All" }]
    : query.items.flatMap((item) => itemProbes(connection, range, item))
  return all.some((probe) => probe._tag === "All") ? [{ _tag: "All" }] : all
}

/** Whether an event of the range matches the query. */
export const exists = (connection: Connection, range: Range, query: Query.Query): boolean =>
  range.after < range.until && probes(connection, range, query).some((probe) => {
    const parameters = rangeParameters(range, 1)
    const { from, where } = source(probe, parameters)
    return row(connection, `SELECT 1 FROM ${from} WHERE ${where} LIMIT ?4 + 0`, ...parameters) !== undefined
  })
