import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import type * as Command from "../../Command.ts"
import type * as Directive from "../../Directive.ts"
import type * as Event from "../../Event.ts"
import { refuse } from "../definitions/definition.ts"
import { isSensitive } from "./sensitiveAnnotation.ts"

/** What of a schema can't be part of a contract: where it stands, and why. */
interface Fault {
  readonly path: string
  readonly reason: string
}

const representation = (ast: SchemaAST.AST): string | undefined => {
  const found = ast.annotations?.["representation"] as { readonly id?: string } | undefined
  return found?.id
}

const sensitive = "it is sensitive; leave it out, or publish what others may know of it"

const noJson = "it has no form in JSON; use Schema.Json, or a schema that says how it is encoded"

/** Whether a node's values are written as they are because nobody said how: what isn't JSON then fails when it is sent. */
const hasNoJson = (ast: SchemaAST.AST): boolean =>
  SchemaAST.isAny(ast) || SchemaAST.isNever(ast) ||
  (SchemaAST.isDeclaration(ast) && ast.encoding !== undefined && representation(ast) === undefined &&
    representation(SchemaAST.toEncoded(ast)) === "effect/schema/Json")

/**
 * The first field of a schema that can't be part of a contract. Everything is looked at: what values are decoded to and
 * encoded as, through unions, declared types and recursion.
 */
const faultOf = (schema: Schema.Constraint): Fault | undefined => {
  const visited = new Set<SchemaAST.AST>()
  const walk = (ast: SchemaAST.AST, path: string): Fault | undefined => {
    if (visited.has(ast)) return undefined
    visited.add(ast)
    if (isSensitive(ast)) return { path, reason: sensitive }
    if (hasNoJson(ast)) return { path, reason: noJson }
    for (const [inner, at] of inside(ast, path)) {
      const found = walk(inner, at)
      if (found !== undefined) return found
    }
    return undefined
  }
  return walk(Schema.toCodecJson(schema).ast, "")
}

/** The nodes below a node, with their paths. */
const inside = (ast: SchemaAST.AST, path: string): ReadonlyArray<readonly [SchemaAST.AST, string]> => {
  const links = (ast.encoding ?? []).map(({ to }) => [to, path] as const)
  if (SchemaAST.isObjects(ast)) {
    const at = (name: PropertyKey) => path === "" ? String(name) : `${path}.${String(name)}`
    return [
      ...ast.propertySignatures.map(({ name, type }) => [type, at(name)] as const),
      ...ast.indexSignatures.flatMap(({ parameter, type }) => [[parameter, at("*")], [type, at("*")]] as const),
      ...links
    ]
  }
  if (SchemaAST.isArrays(ast)) {
    return [
      ...ast.elements.map((element, index) => [element, `${path}[${index}]`] as const),
      ...ast.rest.map((element) => [element, `${path}[]`] as const),
      ...links
    ]
  }
  if (SchemaAST.isUnion(ast)) return [...ast.types.map((type) => [type, path] as const), ...links]
  if (SchemaAST.isDeclaration(ast)) return [...ast.typeParameters.map((type) => [type, path] as const), ...links]
  if (SchemaAST.isSuspend(ast)) return [[ast.thunk(), path], ...links]
  return links
}

/** Refuses messages that can't be part of a contract, with a sentence that names the field. The types refuse most before. */
export const checkMessages = (
  point: string,
  { commands, directives, events }: {
    readonly commands: ReadonlyArray<Command.Any>
    readonly events: ReadonlyArray<Event.Any>
    readonly directives: ReadonlyArray<Directive.Any>
  }
): void => {
  const check = (what: string, schema: Schema.Constraint) => {
    const fault = faultOf(schema)
    if (fault === undefined) return
    const field = fault.path === "" ? what : `the field '${fault.path}' of ${what}`
    refuse(`${field} can't be part of the contract '${point}': ${fault.reason}`)
  }
  for (const { fields, tag } of events) check(`event '${tag}'`, Schema.Struct(fields))
  for (const { errors, fields, tag } of commands) {
    check(`command '${tag}'`, Schema.Struct(fields))
    for (const error of errors) check(`an error of command '${tag}'`, error)
  }
  for (const { fields, tag } of directives) check(`directive '${tag}'`, Schema.Struct(fields))
}
