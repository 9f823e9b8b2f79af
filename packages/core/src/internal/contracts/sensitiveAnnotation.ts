import type * as SchemaAST from "effect/SchemaAST"

/** Holds that a schema's values are sensitive. */
export const sensitiveAnnotation = "~reventless/sensitive"

/** Whether a node's values are sensitive: made by `Sensitive.make`, or `Redacted` in another way. */
export const isSensitive = ({ annotations }: SchemaAST.AST): boolean => {
  const representation = annotations?.["representation"] as { readonly id?: string } | undefined
  return annotations?.[sensitiveAnnotation] === true || representation?.id === "effect/schema/Redacted"
}
