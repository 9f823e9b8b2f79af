import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import { canonicalJson } from "../canonicalJson.ts"
import { isReference, tagKey } from "../definitions/tagAnnotations.ts"
import { json } from "../json.ts"
import { type Field, isLower, type Shape } from "./shape.ts"

/** The bounds of a check by its name and payload; undefined where it is no bound. */
const limitsOf = (name: string, payload: unknown): Record<string, number> | undefined => {
  const { exclusiveMaximum, exclusiveMinimum, maximum, minimum, ...others } = (payload ?? {}) as Record<string, unknown>
  switch (name) {
    case "MinLength":
    case "MaxLength":
    case "GreaterThan":
    case "GreaterThanOrEqualTo":
    case "LessThan":
    case "LessThanOrEqualTo":
      return payload as Record<string, number>
    case "BetweenLength":
      return { minLength: Number(minimum), maxLength: Number(maximum) }
    case "Between":
      return Object.keys(others).length > 0 ? undefined : {
        [exclusiveMinimum === true ? "exclusiveMinimum" : "minimum"]: Number(minimum),
        [exclusiveMaximum === true ? "exclusiveMaximum" : "maximum"]: Number(maximum)
      }
    default:
      return undefined
  }
}

/** What the checks of a node ask for. */
const checksOf = (checks: ReadonlyArray<SchemaAST.Check<any>>): Pick<Shape, "limits" | "rules"> => {
  const limits: Record<string, number> = {}
  const rules: Array<string> = []
  const add = (check: SchemaAST.Check<any>): void => {
    const representation = check.annotations?.["representation"] as
      | { readonly id: string; readonly payload: unknown }
      | undefined
    const name = representation?.id.replace(/^effect\/schema\/is/, "")
    const found = name === undefined ? undefined : limitsOf(name, representation?.payload)
    if (found !== undefined) {
      for (const [limit, value] of Object.entries(found)) {
        const before = limits[limit] ?? value
        limits[limit] = isLower(limit) ? Math.max(before, value) : Math.min(before, value)
      }
    } else if (name !== undefined) {
      const { payload } = representation!
      rules.push(payload === null || payload === undefined ? name : `${name} ${canonicalJson(payload as Schema.Json)}`)
    } else if (check._tag === "FilterGroup") check.checks.forEach(add)
    else {
      const { expected, identifier, title } = check.annotations ?? {}
      rules.push(String(identifier ?? title ?? expected ?? "a rule without a name"))
    }
  }
  checks.forEach(add)
  return {
    ...(Object.keys(limits).length === 0 ? {} : { limits: sorted(limits) }),
    ...(rules.length === 0 ? {} : { rules: rules.sort() })
  }
}

const sorted = <A>(record: Readonly<Record<string, A>>): Record<string, A> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => a < b ? -1 : 1))

/** What every id keeps, whose checks say no more than that it is one. */
const idChecks = (checks: ReadonlyArray<SchemaAST.Check<any>>): ReadonlyArray<SchemaAST.Check<any>> => {
  const last = checks.findIndex((check) => tagKey({ checks: [check] } as unknown as SchemaAST.AST) !== undefined)
  return checks.slice(last + 1)
}

/** The shape of what a node of a JSON codec is as JSON. `outer` are the nodes that it is part of. */
const walk = (ast: SchemaAST.AST, outer: ReadonlyArray<SchemaAST.AST>): Shape => {
  if (ast.encoding !== undefined) return encoded(ast, outer)
  if (SchemaAST.isSuspend(ast)) {
    const meant = ast.thunk()
    const at = outer.indexOf(meant)
    return at >= 0 ? { type: "recursive", out: outer.length - at } : walk(meant, outer)
  }
  const within = [...outer, ast]
  const checks = checksOf(ast.checks ?? [])
  if (SchemaAST.isString(ast)) {
    const id = tagKey(ast)
    if (id === undefined) return { type: "text", ...checks }
    const more = checksOf(idChecks(ast.checks ?? []))
    return { type: "text", id, ...(isReference(ast) ? { reference: true } : {}), ...more }
  }
  if (SchemaAST.isTemplateLiteral(ast)) {
    const parts = ast.parts.map((part) => canonicalJson(json(walk(part, within))))
    return { type: "text", ...checks, rules: [`parts ${parts.join(" ")}`, ...(checks.rules ?? [])] }
  }
  if (SchemaAST.isNumber(ast)) return { type: "number", ...checks }
  if (SchemaAST.isBoolean(ast)) return { type: "boolean", ...checks }
  if (SchemaAST.isNull(ast) || SchemaAST.isUndefined(ast) || SchemaAST.isVoid(ast)) return { type: "null" }
  if (SchemaAST.isLiteral(ast)) {
    return { type: "literal", value: typeof ast.literal === "bigint" ? String(ast.literal) : ast.literal, ...checks }
  }
  if (SchemaAST.isEnum(ast)) return union(ast.enums.map(([, value]) => ({ type: "literal", value })), checks)
  if (SchemaAST.isArrays(ast)) {
    return list(ast.elements.map((one) => walk(one, within)), ast.rest.map((one) => walk(one, within)), checks)
  }
  if (SchemaAST.isObjects(ast)) {
    const fields = ast.propertySignatures.map(({ name, type }): readonly [string, Field] => [
      String(name),
      {
        ...(SchemaAST.isOptional(SchemaAST.toEncoded(type)) ? { optional: true } : {}),
        shape: walk(type, within)
      }
    ])
    const others = ast.indexSignatures.map(({ parameter, type }) => ({
      name: walk(parameter, within),
      value: walk(type, within)
    }))
    return {
      type: "object",
      fields: sorted(Object.fromEntries(fields)),
      ...(others.length === 0 ? {} : { others }),
      ...checks
    }
  }
  if (SchemaAST.isUnion(ast)) return union(ast.types.map((type) => walk(type, within)), checks)
  return { type: "anything", ...checks }
}

/** A list that begins with what it goes on with is one of a least length. */
const list = (
  elements: ReadonlyArray<Shape>,
  rest: ReadonlyArray<Shape>,
  checks: Pick<Shape, "limits" | "rules">
): Shape => {
  const text = (shape: Shape) => canonicalJson(json(shape))
  const [first] = rest
  if (elements.length === 0 || rest.length !== 1 || elements.some((one) => text(one) !== text(first!))) {
    return { type: "list", elements, rest, ...checks }
  }
  const minLength = Math.max(elements.length, checks.limits?.["minLength"] ?? 0)
  return { type: "list", elements: [], rest, ...checks, limits: sorted({ ...checks.limits, minLength }) }
}

/** The members of a union, those of a union within it as its own. */
const flat = (member: Shape): ReadonlyArray<Shape> =>
  member.type === "union" && Object.keys(member).length === 2 ? member.of : [member]

/** Members in an order of their own, each once; one alone is no union. */
const union = (members: ReadonlyArray<Shape>, checks: Pick<Shape, "limits" | "rules">): Shape => {
  const byText = sorted(
    Object.fromEntries(members.flatMap(flat).map((shape) => [canonicalJson(json(shape)), shape]))
  )
  const of = Object.values(byText)
  return of.length === 1 && Object.keys(checks).length === 0 ? of[0]! : { type: "union", of, ...checks }
}

/** What travels of a node that is encoded, and what it is read as. */
const encoded = (ast: SchemaAST.AST, outer: ReadonlyArray<SchemaAST.AST>): Shape => {
  const travels = walk(ast.encoding!.at(-1)!.to, [...outer, ast])
  const declared = (ast.annotations?.["representation"] as { readonly id?: string } | undefined)?.id
  if (SchemaAST.isVoid(ast) || SchemaAST.isUndefined(ast)) return travels
  // A class: what it is made of tells all.
  if (declared === undefined && SchemaAST.isDeclaration(ast)) return { ...travels, ...checksOf(ast.checks ?? []) }
  // JSON has no infinity: whatever a number may be, the codec says how the rest is written.
  if (SchemaAST.isNumber(ast) && ast.checks === undefined) return { type: "number" }
  if (declared !== undefined) return { ...travels, as: asText(declared.replace(/^effect\/schema\//, ""), ast) }
  const read = canonicalJson(json(walk(SchemaAST.toType(ast), outer)))
  return { ...travels, as: SchemaAST.isUnknown(ast) ? "Unknown" : `decoded ${read}` }
}

/** The name of a declared type, with the rules that its values keep. */
const asText = (name: string, { checks }: SchemaAST.AST): string => {
  const kept = checksOf(checks ?? [])
  return Object.keys(kept).length === 0 ? name : `${name} ${canonicalJson(json(kept))}`
}

/** The shape of a schema's values as JSON. */
export const make = (schema: Schema.Constraint): Shape => walk(Schema.toCodecJson(schema).ast, [])

/** The fields of a struct's values as JSON. */
export const fieldsOf = (fields: Schema.Struct.Fields): Readonly<Record<string, Field>> => {
  const shape = make(Schema.Struct(fields))
  return shape.type === "object" ? shape.fields : {}
}

/** The name of an error, which is its tag, and its other fields. One without a tag is called after its place. */
export const errorOf = (
  schema: Schema.Constraint,
  index: number
): readonly [name: string, fields: Readonly<Record<string, Field>>] => {
  const shape = make(schema)
  const fields = shape.type === "object" ? shape.fields : { "": { shape } }
  const tag = fields["_tag"]?.shape
  const { _tag: _, ...own } = fields
  return [tag?.type === "literal" ? String(tag.value) : `error ${index + 1}`, own]
}
