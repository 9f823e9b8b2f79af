/**
 * Problem details (RFC 9457): the body of every answer that isn't a success, as `application/problem+json`.
 */
import * as Schema from "effect/Schema"

/** The media type of problem details. */
export const contentType = "application/problem+json"

/** One thing that is wrong with a request: the dotted path of the field or parameter, and what it should have been. */
export const Issue = Schema.Struct({ path: Schema.String, message: Schema.String }).annotate({ identifier: "Issue" })

/** The fields of a problem. */
export const fields = {
  /** A name of the kind of problem, `urn:reventless:problem:` and the code. */
  type: Schema.String,
  title: Schema.String,
  status: Schema.Int,
  detail: Schema.optionalKey(Schema.String),
  /** The path that was asked for. */
  instance: Schema.optionalKey(Schema.String),
  /** The tag of the error: what a program should look at. */
  code: Schema.String,
  /** The error itself, encoded by its definition. */
  error: Schema.optionalKey(Schema.Json),
  errors: Schema.optionalKey(Schema.Array(Issue)),
  /** Of a command that was decided and refused. */
  messageId: Schema.optionalKey(Schema.String),
  /** What to look for in the server's log. */
  correlationId: Schema.optionalKey(Schema.String)
}

/** The schema of a problem. */
export const Problem = Schema.Struct(fields).annotate({ identifier: "Problem" })

/** Why a request didn't succeed. */
export type Problem = typeof Problem.Type
