import * as Equal from "effect/Equal"
import * as Formatter from "effect/Formatter"
import { SpecFailure } from "../SpecFailure.ts"

/** A place where two values differ. A side without a value there is {@link nothing}. */
export interface Difference {
  /** The dotted path, `lines[0].price.amount`; empty for the values themselves. */
  readonly path: string
  readonly expected: unknown
  readonly received: unknown
}

/** Stands for a value that isn't there. */
const nothing: unique symbol = Symbol("nothing")

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype

const at = (value: object, key: string): unknown =>
  Object.hasOwn(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : nothing

/** Where two values differ: field by field in plain objects and arrays, as a whole in everything else. */
export const differences = (expected: unknown, received: unknown, path = ""): ReadonlyArray<Difference> => {
  if (Equal.equals(expected, received)) return []
  if (isPlain(expected) && isPlain(received)) {
    return [...new Set([...Object.keys(expected), ...Object.keys(received)])].flatMap((key) =>
      differences(at(expected, key), at(received, key), path === "" ? key : `${path}.${key}`)
    )
  }
  if (Array.isArray(expected) && Array.isArray(received)) {
    return Array.from({ length: Math.max(expected.length, received.length) }, (_, index) => String(index)).flatMap(
      (index) => differences(at(expected, index), at(received, index), `${path}[${index}]`)
    )
  }
  return [{ path, expected, received }]
}

/** A value in one line, as it would be written in code. */
export const show = (value: unknown): string => {
  if (value === nothing) return "nothing"
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`
  if (!isPlain(value)) return Formatter.format(value)
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${show(field)}`)
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`
}

/** A line for each difference, the values in columns. `words` name the two sides. */
export const lines = (
  found: ReadonlyArray<Difference>,
  [expected, received]: readonly [string, string] = ["expected", "received"]
): ReadonlyArray<string> => {
  const width = Math.max(0, ...found.map(({ path }) => path.length))
  return found.map((one) =>
    `${one.path.padEnd(width)}  ${expected} ${show(one.expected)}  ${received} ${show(one.received)}`.trimStart()
  )
}

/** Puts lines under a heading. */
export const under = (heading: string, body: ReadonlyArray<string>): ReadonlyArray<string> => [
  heading,
  ...body.map((line) => `  ${line}`)
]

/** A value with a `_tag`, in one line: its tag and its other fields. */
export const showTagged = (value: object): string => {
  const { _tag, ...fields } = value as Readonly<Record<string, unknown>>
  return Object.keys(fields).length === 0 ? String(_tag) : `${String(_tag)} ${show(fields)}`
}

/** A failure about a component: what is wrong, in lines. */
export const failure = (component: string, report: ReadonlyArray<string>): SpecFailure =>
  new SpecFailure({ message: `${component}: ${report.join("\n")}` })
