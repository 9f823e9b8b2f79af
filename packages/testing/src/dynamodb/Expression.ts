/** The few forms of DynamoDB's expressions that an event store needs. Any other form is a defect of the test. */
import * as Data from "effect/Data"
import type { AttributeValue, Item, Names } from "./Wire.ts"

/** The simulation doesn't know this form of a request. */
export class NotSimulated extends Data.TaggedError("NotSimulated")<{ readonly message: string }> {}

/** Says that the simulation doesn't know it. Requests are checked when they come in, so this is thrown, not answered. */
export const notSimulated = (what: string): never => {
  throw new NotSimulated({ message: `the simulation of DynamoDB doesn't know ${what}` })
}

const nameOf = (names: Names, text: string): string =>
  text.startsWith("#") ? names.ExpressionAttributeNames?.[text] ?? notSimulated(`the name '${text}'`) : text

const valueOf = (names: Names, text: string): AttributeValue =>
  names.ExpressionAttributeValues?.[text] ?? notSimulated(`the value '${text}'`)

/** A number, text or flag, to compare it. */
export const scalar = (value: AttributeValue | undefined): string | number | boolean | undefined =>
  value?.N === undefined ? value?.S ?? value?.BOOL : Number(value.N)

const compare = (left: AttributeValue | undefined, operator: string, right: AttributeValue): boolean => {
  const [a, b] = [scalar(left), scalar(right)]
  if (a === undefined || b === undefined || typeof a !== typeof b) return operator === "<>"
  switch (operator) {
    case "=":
      return a === b
    case "<>":
      return a !== b
    case "<":
      return a < b
    case "<=":
      return a <= b
    case ">":
      return a > b
    default:
      return a >= b
  }
}

const clause = (names: Names, text: string, item: Item | undefined): boolean => {
  const exists = /^(attribute_exists|attribute_not_exists)\s*\(\s*([#\w]+)\s*\)$/.exec(text)
  if (exists !== null) return (item?.[nameOf(names, exists[2]!)] !== undefined) === (exists[1] === "attribute_exists")
  const comparison = /^([#\w]+)\s*(=|<>|<=|>=|<|>)\s*(:\w+)$/.exec(text)
  if (comparison === null) return notSimulated(`the condition '${text}'`)
  return compare(item?.[nameOf(names, comparison[1]!)], comparison[2]!, valueOf(names, comparison[3]!))
}

/** Whether a condition holds for an item, which may be missing: clauses with OR between groups with AND between them. */
export const holds = (names: Names, condition: string | undefined, item: Item | undefined): boolean =>
  condition === undefined ||
  condition.trim().split(/\s+OR\s+/).some((group) =>
    group.split(/\s+AND\s+/).every((text) => clause(names, text.trim(), item))
  )

/** What of a partition a query asks for: sort keys from and to, both included. */
export interface Range {
  readonly partition: string
  readonly from: number
  readonly to: number
}

/** Reads a key condition: the partition, and a condition on the number that is its sort key, if there is one. */
export const range = (names: Names, condition: string): Range => {
  const parts = /^([#\w]+)\s*=\s*(:\w+)(?:\s+AND\s+(.*))?$/.exec(condition.trim())
  if (parts === null || nameOf(names, parts[1]!) !== "pk") return notSimulated(`the key condition '${condition}'`)
  const partition = valueOf(names, parts[2]!).S!
  const rest = parts[3]
  if (rest === undefined) return { partition, from: -Infinity, to: Infinity }
  const between = /^([#\w]+)\s+BETWEEN\s+(:\w+)\s+AND\s+(:\w+)$/.exec(rest)
  if (between !== null) {
    const [from, to] = [valueOf(names, between[2]!), valueOf(names, between[3]!)]
    return { partition, from: Number(from.N), to: Number(to.N) }
  }
  const one = /^([#\w]+)\s*(=|<=|>=|<|>)\s*(:\w+)$/.exec(rest)
  if (one === null) return notSimulated(`the key condition '${condition}'`)
  const bound = Number(valueOf(names, one[3]!).N)
  switch (one[2]) {
    case "=":
      return { partition, from: bound, to: bound }
    case ">":
      return { partition, from: bound + 1, to: Infinity }
    case ">=":
      return { partition, from: bound, to: Infinity }
    case "<":
      return { partition, from: -Infinity, to: bound - 1 }
    default:
      return { partition, from: -Infinity, to: bound }
  }
}

/** An item after an update: SET of values, also `if_not_exists(x, :v)`, ADD of numbers, REMOVE. */
export const updated = (names: Names, expression: string, key: Item, item: Item | undefined): Item => {
  const next: Record<string, AttributeValue> = { ...key, ...item }
  for (const section of expression.trim().split(/\s+(?=(?:SET|ADD|REMOVE)\s)/)) {
    const [, verb, actions] = /^(SET|ADD|REMOVE)\s+(.*)$/s.exec(section) ?? notSimulated(`the update '${section}'`)
    for (const action of actions!.split(/,(?![^(]*\))/)) apply(names, next, verb!, action.trim())
  }
  return next
}

const apply = (names: Names, item: Record<string, AttributeValue>, verb: string, action: string): void => {
  if (verb === "REMOVE") {
    delete item[nameOf(names, action)]
    return
  }
  const form = verb === "ADD"
    ? /^([#\w]+)\s+()(:\w+)$/.exec(action)
    : /^([#\w]+)\s*=\s*(if_not_exists\(\s*[#\w]+\s*,\s*)?(:\w+)\s*\)?$/.exec(action)
  if (form === null) return notSimulated(`the update '${verb} ${action}'`)
  const name = nameOf(names, form[1]!)
  const value = valueOf(names, form[3]!)
  if (verb === "ADD") item[name] = { N: String(Number(item[name]?.N ?? 0) + Number(value.N)) }
  else if (form[2] === undefined || item[name] === undefined) item[name] = value
}

/** The item with those attributes alone that a projection names. */
export const projected = (names: Names, projection: string | undefined, item: Item): Item => {
  if (projection === undefined) return item
  const kept = projection.split(",").map((name) => nameOf(names, name.trim()))
  return Object.fromEntries(kept.flatMap((name) => item[name] === undefined ? [] : [[name, item[name]]]))
}
