import type * as View from "@reventless/core/View"
import { differences, lines, show, under } from "./difference.ts"

/** A row, as a value. */
export type Row = Readonly<Record<string, unknown>>

const text = (value: unknown): string => typeof value === "string" ? value : show(value)

/** How a key, or a key and a sort key, is told: `row kettle`, `row kitchen / kettle`. */
export const tellId = (id: unknown): string => `row ${Array.isArray(id) ? id.map(text).join(" / ") : text(id)}`

/** What names a row. */
export const idOf = (spec: View.Spec, row: Row): unknown =>
  spec.sort === undefined ? row[spec.key] : [row[spec.key], row[spec.sort]]

/**
 * What `rows.set` makes a row of: of an event, or of an instance of a class, the fields that the view declares. A plain
 * object is taken as it is, so that a field too many is told.
 */
export const asRow = (spec: View.Spec, row: Row): Row => {
  const isTagged = "_tag" in row && !Object.hasOwn(spec.fields, "_tag")
  if (!isTagged && Object.getPrototypeOf(row) === Object.prototype) return row
  return Object.fromEntries(
    Object.keys(spec.fields).filter((field) => field in row).map((field) => [field, row[field]])
  )
}

/** How a row that may be missing differs from one that may not be expected, in lines; none when it is as expected. */
export const rowDifference = (
  id: unknown,
  expected: Row | undefined,
  received: Row | undefined,
  words?: readonly [string, string]
): ReadonlyArray<string> => {
  const name = tellId(id)
  if (expected !== undefined && received !== undefined) {
    const fields = differences(expected, received)
    return fields.length === 0 ? [] : under(name, lines(fields, words))
  }
  if (expected !== undefined) return under(`${name}  expected, but not there`, [show(expected)])
  return received === undefined ? [] : under(`${name}  there, but not expected`, [show(received)])
}

/** What differs between two sets of rows, in lines; none when they are equal. */
export const rowDifferences = (
  spec: View.Spec,
  expected: ReadonlyArray<Row>,
  received: ReadonlyArray<Row>,
  words?: readonly [string, string]
): ReadonlyArray<string> => {
  const byId = (rows: ReadonlyArray<Row>) => new Map(rows.map((row) => [tellId(idOf(spec, row)), row]))
  const [wanted, found] = [byId(expected), byId(received)]
  return [...new Map([...wanted, ...found])].flatMap(([id, row]) =>
    rowDifference(idOf(spec, row), wanted.get(id), found.get(id), words)
  )
}
