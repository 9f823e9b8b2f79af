/**
 * Values made from schemas, with ids that meet: an id made from its schema alone is a text that hardly ever comes twice,
 * so no command would concern what another did. Each is replaced by one of three ids of its kind.
 */
import type * as Event from "@reventless/core/Event"
import * as Arbitrary from "effect/Arbitrary"
import * as Schema from "effect/Schema"

type TagPaths = Event.Any["tagPaths"]

const idsOfAKind = 3

/** One of the ids of a kind; for equal texts the same. */
const meeting = (kind: string, text: string): string => {
  let sum = 0
  for (const character of text) sum += character.charCodeAt(0)
  return `${kind}-${1 + (sum % idsOfAKind)}`
}

/** The steps of a path like `lines[].productId`: fields, and `[]` or `[0]` for what is in an array. */
const steps = (path: string): ReadonlyArray<string> => path.match(/\[\d*\]|[^.[\]]+/g) ?? []

/** The value with what stands at the path replaced; unchanged where nothing stands there. */
const replaceAt = (value: unknown, path: ReadonlyArray<string>, replace: (text: string) => string): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return typeof value === "string" ? replace(value) : value
  if (step.startsWith("[")) {
    if (!Array.isArray(value)) return value
    const only = step.slice(1, -1)
    return value.map((element, index) =>
      only === "" || Number(only) === index ? replaceAt(element, rest, replace) : element
    )
  }
  if (typeof value !== "object" || value === null || !(step in value)) return value
  return { ...value, [step]: replaceAt((value as Record<string, unknown>)[step], rest, replace) }
}

/** Values of a schema as it makes them. */
export const anyOf = (schema: Schema.Constraint): Arbitrary.Arbitrary<any> => Arbitrary.schema(schema)

/** Values of a schema whose ids meet; one that its schema would then refuse keeps its own ids. */
export const meetingOf = (schema: Schema.Constraint, tagPaths: TagPaths): Arbitrary.Arbitrary<any> => {
  const is = Schema.is(schema)
  return Arbitrary.map(anyOf(schema), (value) => {
    let changed: unknown = value
    for (const [path, kind] of tagPaths.paths) changed = replaceAt(changed, steps(path), (text) => meeting(kind, text))
    return is(changed) ? changed : value
  })
}

/** One of several kinds of values. */
export const oneOf = <A>(kinds: ReadonlyArray<Arbitrary.Arbitrary<A>>): Arbitrary.Arbitrary<A> =>
  Arbitrary.flatMap(Arbitrary.schema(Schema.Literals(kinds.map((_, index) => index))), (index) => kinds[index]!)
