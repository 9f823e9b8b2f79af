import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** What a schema found wrong: in one line, and one by one with the dotted paths of the fields. */
export const describe = (
  error: Schema.SchemaError
): { readonly detail: string; readonly issues: ReadonlyArray<{ readonly path: string; readonly message: string }> } => {
  const issues = format(error.issue).issues.map((issue) => ({
    path: (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
    message: issue.message
  }))
  return { detail: issues.map(({ message, path }) => path === "" ? message : `${path}: ${message}`).join("; "), issues }
}
