import type * as Schema from "effect/Schema"
import { canonicalJson } from "../canonicalJson.ts"
import { type Field, isLower, type Shape } from "./shape.ts"

/** How a part of a shape differs from what it was. */
export type Kind =
  /** A field that may be absent is new. */
  | "optional field added"
  /** A field that must be there is new. */
  | "required field added"
  | "field removed"
  /** It may hold what it couldn't before. */
  | "wider"
  /** It may not hold any more what it could before. */
  | "narrower"
  /** Neither, or nobody can say. */
  | "changed"

/** One difference, and where it stands. */
export interface Difference {
  readonly path: string
  readonly kind: Kind
  readonly detail: string
}

const text = (value: unknown): string => canonicalJson(value as Schema.Json)

/** A shape in a few words. */
const words = (shape: Shape): string => {
  const as = shape.as === undefined ? "" : ` read as ${shape.as}`
  const plain = (() => {
    switch (shape.type) {
      case "text":
        return shape.id === undefined ? "text" : `the id of a ${shape.id}${shape.reference === true ? ", no tag" : ""}`
      case "literal":
        return JSON.stringify(shape.value)
      case "object":
        return `an object with ${Object.keys(shape.fields).join(", ") || "any fields"}`
      case "union":
        return shape.of.map(words).join(" or ")
      case "list":
        return shape.elements.length === 0 ? `a list of ${shape.rest.map(words).join(", ")}` : "a tuple"
      case "recursive":
        return "one of the same"
      case "number":
        return "a number"
      case "boolean":
        return "true or false"
      default:
        return shape.type
    }
  })()
  return plain + as
}

const below = (path: string, name: string): string => path === "" ? name : `${path}.${name}`

/** What a record has under a name, and not what every object has. */
export const own = <A>(record: Readonly<Record<string, A>>, name: string): A | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined

/** How the fields of an object differ. */
export const fields = (
  before: Readonly<Record<string, Field>>,
  after: Readonly<Record<string, Field>>,
  path = ""
): ReadonlyArray<Difference> => {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort()
  return names.flatMap((name): ReadonlyArray<Difference> => {
    const at = below(path, name)
    const [old, now] = [own(before, name), own(after, name)]
    if (old === undefined) {
      return [
        now!.optional === true
          ? { path: at, kind: "optional field added", detail: "is new, and may be absent" }
          : { path: at, kind: "required field added", detail: "is new, and must be there" }
      ]
    }
    if (now === undefined) return [{ path: at, kind: "field removed", detail: "is gone" }]
    const optional: ReadonlyArray<Difference> = (old.optional === true) === (now.optional === true)
      ? []
      : now.optional === true
      ? [{ path: at, kind: "wider", detail: "may be absent now" }]
      : [{ path: at, kind: "narrower", detail: "must be there now" }]
    return [...optional, ...shapes(old.shape, now.shape, at)]
  })
}

/** How a shape differs from what it was. */
export const shapes = (before: Shape, after: Shape, path: string): ReadonlyArray<Difference> => {
  if (text(before) === text(after)) return []
  const changed = (detail: string): Difference => ({ path, kind: "changed", detail })
  if (isPlainUnion(before) || isPlainUnion(after)) return unions(before, after, path)
  if (before.as !== after.as) {
    return [changed(`was ${words(before)}, and is ${words(after)}: nobody can say whether one holds the other`)]
  }
  if (before.type === "union" && after.type === "union") return unions(before, after, path)
  if (before.type !== after.type) {
    if (holds(after, before)) return [{ path, kind: "wider", detail: `was ${words(before)}, and is ${words(after)}` }]
    if (holds(before, after)) {
      return [{ path, kind: "narrower", detail: `was ${words(before)}, and is ${words(after)}` }]
    }
    return [changed(`was ${words(before)}, and is ${words(after)}`)]
  }
  return [...inner(before, after, path), ...kept(before, after, path)]
}

/** How two shapes of one type differ, apart from the rules that their values keep. */
const inner = (before: Shape, after: Shape, path: string): ReadonlyArray<Difference> => {
  const changed: Difference = { path, kind: "changed", detail: `was ${words(before)}, and is ${words(after)}` }
  if (before.type === "object" && after.type === "object") {
    return [
      ...fields(before.fields, after.fields, path),
      ...others(before.others ?? [], after.others ?? [], path, changed)
    ]
  }
  if (before.type === "list" && after.type === "list") {
    if (before.elements.length !== after.elements.length || before.rest.length !== after.rest.length) return [changed]
    return [
      ...before.elements.flatMap((one, index) => shapes(one, after.elements[index]!, `${path}[${index}]`)),
      ...before.rest.flatMap((one, index) => shapes(one, after.rest[index]!, `${path}[]`))
    ]
  }
  const { limits: _, rules: __, ...old } = before
  const { limits: ___, rules: ____, ...now } = after
  return text(old) === text(now) ? [] : [changed]
}

type Others = NonNullable<Extract<Shape, { readonly type: "object" }>["others"]>

const others = (before: Others, after: Others, path: string, changed: Difference): ReadonlyArray<Difference> => {
  if (before.length !== after.length || before.some(({ name }, index) => text(name) !== text(after[index]!.name))) {
    return [changed]
  }
  return before.flatMap(({ value }, index) => shapes(value, after[index]!.value, below(path, "*")))
}

/** How the rules differ that values keep: more of them make it narrower, fewer make it wider. */
const kept = (before: Shape, after: Shape, path: string): ReadonlyArray<Difference> => {
  const found: Array<Difference> = []
  const [old, now] = [before.limits ?? {}, after.limits ?? {}]
  for (const limit of [...new Set([...Object.keys(old), ...Object.keys(now)])].sort()) {
    const [was, is] = [own(old, limit), own(now, limit)]
    if (was === is) continue
    const isNarrower = was === undefined || (is !== undefined && (isLower(limit) ? is > was : is < was))
    found.push({
      path,
      kind: isNarrower ? "narrower" : "wider",
      detail: `had ${was === undefined ? `no ${limit}` : `${limit} ${was}`}, and has ${
        is === undefined ? "none" : `${limit} ${is}`
      }`
    })
  }
  for (const rule of missing(after.rules ?? [], before.rules ?? [])) {
    found.push({ path, kind: "narrower", detail: `must keep a rule now: ${rule}` })
  }
  for (const rule of missing(before.rules ?? [], after.rules ?? [])) {
    found.push({ path, kind: "wider", detail: `need not keep a rule any more: ${rule}` })
  }
  return found
}

/** What of a list isn't in another, each as often as it is there. */
const missing = (all: ReadonlyArray<string>, without: ReadonlyArray<string>): ReadonlyArray<string> => {
  const left = [...without]
  return all.filter((one) => {
    const at = left.indexOf(one)
    if (at >= 0) left.splice(at, 1)
    return at < 0
  })
}

/** The rules that a union's values keep beside those of its members. */
const rulesOfUnion = (shape: Shape): string =>
  isPlainUnion(shape) ? text([shape.limits ?? {}, shape.rules ?? []]) : text([{}, []])

/** Whether it is a union where it is read, too: what is declared as an `Option` is one value. */
const isPlainUnion = (shape: Shape): boolean => shape.type === "union" && shape.as === undefined

/** The fields of an object that hold one value, by which it is told apart from others. */
const literalsOf = (shape: Shape): ReadonlyMap<string, unknown> =>
  new Map(
    Object.entries(shape.type === "object" ? shape.fields : {}).flatMap(([name, { optional, shape }]) =>
      shape.type === "literal" && optional !== true ? [[name, shape.value] as const] : []
    )
  )

/** What tells a member of a union from the others: its type, and for an object the fields that hold one value. */
const sortOf = (shape: Shape): string => {
  if (shape.type !== "object") return shape.type === "literal" ? text(shape) : text([shape.type, shape.as ?? ""])
  return text(["object", ...literalsOf(shape)])
}

/** Whether a value could be both objects: no field says which. */
const areAlike = (one: Shape, other: Shape): boolean => {
  if (one.type !== "object" || other.type !== "object") return false
  const literals = literalsOf(other)
  return [...literalsOf(one)].every(([name, value]) => !literals.has(name) || literals.get(name) === value)
}

/** How unions differ: member by member where it is clear which is which. */
const unions = (before: Shape, after: Shape, path: string): ReadonlyArray<Difference> => {
  const changed = (detail: string): ReadonlyArray<Difference> => [{ path, kind: "changed", detail }]
  if (rulesOfUnion(before) !== rulesOfUnion(after)) {
    return changed("keeps other rules, and nobody can say whether they are stricter")
  }
  const unclear = () => changed(`was ${words(before)}, and is ${words(after)}: nobody can say which became which`)
  const both = before.type === "union" && after.type === "union" && before.as === after.as
  const membersOf = (shape: Shape): ReadonlyArray<Shape> =>
    shape.type === "union" && (both || isPlainUnion(shape)) ? shape.of : [shape]
  const known = new Set(membersOf(before).map(text))
  const still = new Set(membersOf(after).map(text))
  const gone = membersOf(before).filter((member) => !still.has(text(member)))
  const added = membersOf(after).filter((member) => !known.has(text(member)))
  const pairs: Array<readonly [Shape, Shape]> = []
  for (const member of gone) {
    const sort = sortOf(member)
    const same = (one: Shape) => sortOf(one) === sort
    const [olds, news] = [membersOf(before).filter(same), membersOf(after).filter(same)]
    if (news.length > 0 && (olds.length > 1 || news.length > 1)) {
      return unclear()
    }
    if (news.length === 1) pairs.push([member, news[0]!])
  }
  // A value that two objects could be is read as one of them: as which, may change with what is added.
  const paired = new Set(pairs.flat())
  const isAmbiguous = (member: Shape) => membersOf(after).some((one) => one !== member && areAlike(one, member))
  if (added.some((member) => !paired.has(member) && isAmbiguous(member))) return unclear()
  return [
    ...pairs.flatMap(([old, now]) => shapes(old, now, path)),
    ...gone.filter((member) => !paired.has(member) && !membersOf(after).some((one) => holds(one, member))).map(
      (member): Difference => ({ path, kind: "narrower", detail: `can't be ${words(member)} any more` })
    ),
    ...added.filter((member) => !paired.has(member) && !membersOf(before).some((one) => holds(one, member))).map(
      (member): Difference => ({ path, kind: "wider", detail: `can be ${words(member)} now` })
    )
  ]
}

/** Whether one shape certainly holds every value of another of another type. */
const holds = (wide: Shape, narrow: Shape): boolean => {
  if (wide.as !== undefined || narrow.as !== undefined || wide.limits !== undefined || wide.rules !== undefined) {
    return false
  }
  if (wide.type === "anything") return true
  if (narrow.type !== "literal") return false
  return (wide.type === "text" && wide.id === undefined && typeof narrow.value === "string") ||
    (wide.type === "number" && typeof narrow.value === "number") ||
    (wide.type === "boolean" && typeof narrow.value === "boolean")
}
