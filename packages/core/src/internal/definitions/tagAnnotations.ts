import type * as SchemaAST from "effect/SchemaAST"

/** Holds the tag key of an id schema. */
export const tagKeyAnnotation = "~reventless/tagKey"

/** Marks an id that is stored but is no tag. */
export const referenceAnnotation = "~reventless/reference"

/** An annotation of a node or of any of its checks: an annotation made before a check was added stays on the check. */
const find = (ast: SchemaAST.AST, key: string): unknown => {
  for (let index = (ast.checks?.length ?? 0) - 1; index >= 0; index--) {
    const found = ast.checks![index]!.annotations?.[key]
    if (found !== undefined) return found
  }
  return ast.annotations?.[key]
}

/** The tag key of an id schema; undefined where the node is no id. */
export const tagKey = (ast: SchemaAST.AST): string | undefined => {
  const key = find(ast, tagKeyAnnotation)
  return typeof key === "string" ? key : undefined
}

/** Whether the node is an id that makes no tag. */
export const isReference = (ast: SchemaAST.AST): boolean => find(ast, referenceAnnotation) === true
