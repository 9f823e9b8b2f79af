import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaAST from "effect/SchemaAST"
import * as Tag from "../../Tag.ts"
import { isReference, tagKey } from "./tagAnnotations.ts"

/** Reports the tags in a value, each with the path of the field it comes from. */
type Extract = (value: unknown, add: (tag: Tag.Tag, path: string) => void) => void

/** Where tags stand in the values of a schema. Computed once a definition. */
export interface TagPaths {
  /** The tag keys by their paths, `lines[].productId` for a field in an array; references not included. */
  readonly paths: ReadonlyMap<string, string>
  /** The keys of tags that values carry. */
  readonly keys: ReadonlySet<string>
  /** The keys of ids that are stored but are no tags. */
  readonly references: ReadonlySet<string>
  /** The tags of a value, each once, in the order of the fields. */
  readonly tags: (value: unknown) => ReadonlyArray<Tag.Tag>
  /** The tags of a value that come from one of these paths, each once. */
  readonly tagsAt: (paths: ReadonlyArray<string>, value: unknown) => ReadonlyArray<Tag.Tag>
}

/** An id in a place that tags can't be taken from. */
const unreachable = (path: string, container: string): string =>
  `the id at '${path}' is inside ${container}, where its tag can't be found; ` +
  "use plain structs, arrays, optionals and unions, or Id.reference if it is no tag"

/**
 * Finds the ids in a schema. Fails with a sentence that names the path where an id stands in a place that tags can't be
 * taken from: a declaration such as `Option` or a set, the key of a record, or an index of one.
 */
export const compile = (schema: Schema.Constraint): Result.Result<TagPaths, string> => {
  const paths = new Map<string, string>()
  const references = new Set<string>()
  const suspended = new Map<SchemaAST.AST, { extract: Extract | undefined }>()
  let refused: string | undefined

  const refuseIds = (ast: SchemaAST.AST, path: string, container: string): undefined => {
    if (containsId(ast, new Set())) refused ??= unreachable(path, container)
    return undefined
  }

  const walk = (ast: SchemaAST.AST, path: string): Extract | undefined => {
    const key = tagKey(ast)
    if (key !== undefined) {
      if (isReference(ast)) {
        references.add(key)
        return undefined
      }
      const other = paths.get(path) ?? key
      if (other !== key) {
        refused ??= `the field '${path}' can be the id of a '${other}' or of a '${key}'; give each a name`
      }
      paths.set(path, key)
      return (value, add) => {
        if (typeof value === "string") add(Tag.make(key, value), path)
      }
    }
    if (SchemaAST.isObjects(ast)) return walkObjects(ast, path)
    if (SchemaAST.isArrays(ast)) return walkArrays(ast, path)
    if (SchemaAST.isUnion(ast)) return walkUnion(ast, path)
    if (SchemaAST.isDeclaration(ast)) {
      ast.typeParameters.forEach((parameter) => refuseIds(parameter, path, "a declared type (Option, a set, a class)"))
      return undefined
    }
    if (SchemaAST.isSuspend(ast)) {
      const seen = suspended.get(ast)
      if (seen !== undefined) return (value, add) => seen.extract?.(value, add)
      const entry: { extract: Extract | undefined } = { extract: undefined }
      suspended.set(ast, entry)
      entry.extract = walk(ast.thunk(), path)
      return entry.extract
    }
    return undefined
  }

  const walkObjects = (ast: SchemaAST.Objects, path: string): Extract | undefined => {
    const fields: Array<readonly [PropertyKey, Extract]> = []
    for (const field of ast.propertySignatures) {
      const extract = walk(field.type, path === "" ? String(field.name) : `${path}.${String(field.name)}`)
      if (extract !== undefined) fields.push([field.name, extract])
    }
    for (const index of ast.indexSignatures) {
      refuseIds(index.parameter, path, "the key of a record")
      refuseIds(index.type, path, "a record")
    }
    if (fields.length === 0) return undefined
    return (value, add) => {
      if (typeof value !== "object" || value === null) return
      for (const [name, extract] of fields) extract((value as Record<PropertyKey, unknown>)[name], add)
    }
  }

  const walkArrays = (ast: SchemaAST.Arrays, path: string): Extract | undefined => {
    const elements = ast.elements.map((element, index) => walk(element, `${path}[${index}]`))
    const [rest, ...tail] = ast.rest.map((element) => walk(element, `${path}[]`))
    if (tail.some((extract) => extract !== undefined)) refused ??= unreachable(path, "the end of a tuple with rest")
    if (rest === undefined && elements.every((extract) => extract === undefined)) return undefined
    return (value, add) => {
      if (!Array.isArray(value)) return
      value.forEach((element, index) => (index < elements.length ? elements[index] : rest)?.(element, add))
    }
  }

  const walkUnion = (ast: SchemaAST.Union, path: string): Extract | undefined => {
    const members = ast.types.filter((type) => !SchemaAST.isUndefined(type) && !SchemaAST.isNull(type))
    const found = members.map((member) => ({ extract: walk(member, path), is: Schema.is(Schema.make(member)) }))
    if (found.every(({ extract }) => extract === undefined)) return undefined
    if (found.length === 1) return found[0]!.extract
    return (value, add) => {
      found.find(({ is }) => is(value))?.extract?.(value, add)
    }
  }

  const extract = walk(SchemaAST.toType(schema.ast), "")
  if (refused !== undefined) return Result.fail(refused)
  return Result.succeed({
    paths,
    keys: new Set(paths.values()),
    references,
    tags: (value) => {
      if (extract === undefined) return []
      const tags = new Set<Tag.Tag>()
      extract(value, (tag) => tags.add(tag))
      return [...tags]
    },
    tagsAt: (wanted, value) => {
      const tags = new Set<Tag.Tag>()
      extract?.(value, (tag, path) => {
        if (wanted.includes(path)) tags.add(tag)
      })
      return [...tags]
    }
  })
}

/** Whether an id that makes a tag stands anywhere in the node. */
const containsId = (ast: SchemaAST.AST, visited: Set<SchemaAST.AST>): boolean => {
  if (visited.has(ast)) return false
  visited.add(ast)
  if (tagKey(ast) !== undefined) return !isReference(ast)
  const inside = (types: ReadonlyArray<SchemaAST.AST>) => types.some((type) => containsId(type, visited))
  if (SchemaAST.isObjects(ast)) {
    return inside(ast.propertySignatures.map((field) => field.type)) ||
      inside(ast.indexSignatures.flatMap((index) => [index.parameter, index.type]))
  }
  if (SchemaAST.isArrays(ast)) return inside(ast.elements) || inside(ast.rest)
  if (SchemaAST.isUnion(ast)) return inside(ast.types)
  if (SchemaAST.isDeclaration(ast)) return inside(ast.typeParameters)
  if (SchemaAST.isSuspend(ast)) return inside([ast.thunk()])
  return false
}
