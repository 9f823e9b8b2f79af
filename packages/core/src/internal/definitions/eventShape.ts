import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type * as Event from "../../Event.ts"
import type { EventShape } from "../../EventStores.ts"
import { canonicalJson } from "../canonicalJson.ts"

/**
 * The shape of what a schema encodes to, in words of our own, so that another release of the schema library doesn't
 * change it. Checks and annotations are no part of it.
 */
const shapeOf = (ast: SchemaAST.AST, within: ReadonlySet<SchemaAST.AST>): Schema.Json => {
  if (SchemaAST.isString(ast) || SchemaAST.isTemplateLiteral(ast)) return "text"
  if (SchemaAST.isNumber(ast)) return "number"
  if (SchemaAST.isBoolean(ast)) return "boolean"
  if (SchemaAST.isNull(ast)) return "null"
  if (SchemaAST.isLiteral(ast)) return { literal: String(ast.literal) }
  if (SchemaAST.isArrays(ast)) {
    return {
      elements: ast.elements.map((type) => shapeOf(type, within)),
      rest: ast.rest.map((type) => shapeOf(type, within))
    }
  }
  if (SchemaAST.isObjects(ast)) {
    const fields = ast.propertySignatures.map(({ name, type }) => {
      const field: Schema.Json = { optional: SchemaAST.isOptional(type), shape: shapeOf(type, within) }
      return [String(name), field] as const
    })
    return { fields: Object.fromEntries(fields), index: ast.indexSignatures.map(({ type }) => shapeOf(type, within)) }
  }
  if (SchemaAST.isUnion(ast)) {
    const members = ast.types.filter((type) => !SchemaAST.isUndefined(type)).map((type) => shapeOf(type, within))
    return members.length === 1 ? members[0]! : { union: members.map(canonicalJson).sort() }
  }
  if (SchemaAST.isSuspend(ast)) {
    return within.has(ast) ? "recursive" : shapeOf(ast.thunk(), new Set([...within, ast]))
  }
  return "anything"
}

/** The shape in which an event of the current version is stored. */
export const make = (event: Event.Any): EventShape => ({
  type: event.tag,
  version: event.version,
  shape: canonicalJson(
    shapeOf(SchemaAST.toEncoded(Schema.toCodecJson(Schema.Struct(event.fields)).ast), new Set())
  )
})
