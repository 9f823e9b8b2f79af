/**
 * What a schema found wrong, told to a person: each problem with the dotted path of its field.
 */
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

const format = SchemaIssue.makeFormatterStandardSchemaV1()

/** One problem. */
export interface Issue {
  /** The path of the field, dotted; empty for the whole value. */
  readonly path: string
  readonly message: string
}

/** What a schema found wrong: in one line, and one by one. */
export const describe = (
  error: Schema.SchemaError
): { readonly detail: string; readonly issues: ReadonlyArray<Issue> } => {
  const issues = format(error.issue).issues.map((issue) => ({
    path: (issue.path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
    message: issue.message
  }))
  return {
    detail: issues.map(({ message, path }) => path === "" ? message : `${path}: ${message}`).join("; "),
    issues
  }
}
