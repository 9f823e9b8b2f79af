/**
 * Comma-separated values: a record a line, its fields between commas. A field in double quotes may have commas in it, and
 * quotes, which are doubled; it ends on its line. Empty lines are passed over.
 */

/** A line that isn't empty, with its number from 1: its fields, or none when it isn't CSV. */
export interface Line {
  readonly number: number
  readonly fields: ReadonlyArray<string> | undefined
}

const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y

const fieldsOf = (line: string): ReadonlyArray<string> | undefined => {
  const fields: Array<string> = []
  const next = new RegExp(field)
  while (true) {
    const found = next.exec(line)
    if (found === null) return undefined
    fields.push(found[1]?.replaceAll("\"\"", "\"") ?? found[2]!.trim())
    if (found[3] === "") return fields
  }
}

/** The lines of a text. */
export const lines = (text: string): ReadonlyArray<Line> =>
  text.split(/\r\n|\n|\r/).flatMap((line, index) =>
    line.trim() === "" ? [] : [{ number: index + 1, fields: fieldsOf(line) }]
  )
