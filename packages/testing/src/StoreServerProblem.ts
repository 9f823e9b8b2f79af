/** What the store server answers when it refuses: problem details (RFC 9457) that name the field. */
import type { Contended, EventStoreError } from "@reventless/core/EventStore"
import * as Data from "effect/Data"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as ProblemDetails from "effect/http/ProblemDetails"
import type * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"

/** A request that isn't done. */
export class Problem extends Data.TaggedError("Problem")<{
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly errors?: ReadonlyArray<{ readonly field: string; readonly message: string }>
  readonly headers?: Readonly<Record<string, string>>
}> {}

/** The problem as a response. */
export const toResponse = (
  { detail, errors, headers, status, title }: Problem
): HttpServerResponse.HttpServerResponse =>
  HttpServerResponse.setHeaders(
    ProblemDetails.toResponse({
      type: ProblemDetails.blankType,
      title,
      status,
      detail,
      ...(errors === undefined ? {} : { errors })
    }),
    headers ?? {}
  )

/** Something in the request can't be used. The field is written as a path: `events[0].tags[1]`. */
export const malformed = (field: string, message: string): Problem => malformedFields([{ field, message }])

const malformedFields = (errors: ReadonlyArray<{ readonly field: string; readonly message: string }>): Problem =>
  new Problem({
    status: 400,
    title: "Malformed request",
    detail: `${errors.map(({ field, message }) => `${field}: ${message}`).join("; ")}. Nothing was written.`,
    errors
  })

const standard = SchemaIssue.makeFormatterStandardSchemaV1()

/** What the schema found, field by field. `root` is what the whole is called. */
export const fromSchema = (root: string) => ({ issue }: Schema.SchemaError): Problem =>
  malformedFields(
    standard(issue).issues.map(({ message, path = [] }) => ({
      field: fieldOf(path.map((part) => typeof part === "object" ? part.key : part)) || root,
      message
    }))
  )

const fieldOf = (path: ReadonlyArray<PropertyKey>): string =>
  path.map((part, index) => typeof part === "number" ? `[${part}]` : `${index === 0 ? "" : "."}${String(part)}`).join(
    ""
  )

/** The body is larger than the server takes. The connection is closed, as the rest of the body isn't read. */
export const tooLarge = (limit: number): Problem =>
  new Problem({
    status: 413,
    title: "Content too large",
    detail: `The body is larger than ${limit} bytes. Nothing was written; append fewer events at once.`,
    headers: { connection: "close" }
  })

/** What the store answered, as far as it isn't an answer of the protocol. */
export const fromStore = (error: EventStoreError | Contended): Problem => {
  if (error._tag === "Contended") return unavailable(error.message)
  switch (error.reason._tag) {
    case "StoreUnavailable":
    case "OutcomeUnknown":
      return unavailable(error.message)
    case "InvalidRequest":
    case "QueryNotIndexed":
      return new Problem({ status: 400, title: "Refused by the store", detail: error.message })
    case "AppendTooLarge":
      return new Problem({ status: 413, title: "Content too large", detail: error.message })
    case "PlanChanged":
    case "EventChanged":
    case "StoreUnreadable":
      return new Problem({ status: 500, title: "The store can't be used", detail: error.message })
  }
}

const unavailable = (detail: string): Problem =>
  new Problem({ status: 503, title: "Try again later", detail, headers: { "retry-after": "1" } })
