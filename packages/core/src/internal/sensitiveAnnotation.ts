import type * as SchemaAST from "effect/SchemaAST"

/** Holds that a schema's values are sensitive. */
export const sensitiveAnnotation = "~reventless/sensitive"

/** Whether a node's values are sensitive: made by `Sensitive.make`, or `Redacted` in another way. */
export const isSensitive = (ast: SchemaAST.AST): boolean => {
  const { annotations, checks = [] } = ast
  const representation = annotations?.["representation"] as { readonly id?: string } | undefined
  return annotations?.[sensitiveAnnotation] === true || representation?.id === "effect/schema/Redacted" ||
    checks.some((check) => check.annotations?.[sensitiveAnnotation] === true)
}
