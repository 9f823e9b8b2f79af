import type * as Command from "@reventless/core/Command"
import type { CommandRejected } from "@reventless/core/CommandResult"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Problem from "../Problem.ts"
import { type CoreError, CoreErrorJson, forCallers } from "./coreErrors.ts"

/** Why a request isn't answered with a success: a problem without what the request itself adds. */
export interface Refusal {
  readonly _tag: "Refusal"
  readonly status: number
  readonly code: string
  readonly detail: string
  readonly error?: Schema.Json
  readonly errors?: Problem.Problem["errors"]
  readonly messageId?: string
  readonly headers?: Readonly<Record<string, string>>
  /** What is logged, with the correlation id, and not shown. */
  readonly cause?: unknown
}

/** Makes a refusal. */
export const make = (refusal: Omit<Refusal, "_tag">): Refusal => ({ _tag: "Refusal", ...refusal })

/** The request itself is wrong. */
export const badRequest = (code: string, path: string, message: string): Refusal =>
  make({ status: 400, code, detail: path === "" ? message : `${path}: ${message}`, errors: [{ path, message }] })

/** When it is worth trying again, in seconds. */
const soon = { "retry-after": "1" }

const statusOf = (error: CoreError): Pick<Refusal, "status" | "headers" | "errors"> => {
  switch (error._tag) {
    case "CommandConflict":
    case "VersionRetired":
      return { status: 409 }
    case "Contended":
    case "ViewBehind":
      return { status: 503, headers: soon }
    case "EventStoreError":
    case "ViewStoreError":
    case "WorkStoreError":
      return error.isRetryable ? { status: 503, headers: soon } : { status: 500 }
    case "EventUndecodable":
    case "RowUndecodable":
      return { status: 500 }
    case "InvalidCommand":
      return { status: 400, errors: error.issues }
    case "InvalidQuery":
      return { status: 400, errors: [{ path: error.field ?? "", message: error.detail }] }
    case "CommandIdReused":
      return { status: 422 }
    case "ViewRebuilt":
      return { status: 410 }
    case "UnknownCommand":
    case "UnknownView":
    case "UnknownMessage":
    case "UnknownVersion":
      return { status: 404 }
    case "AccessDenied":
      return { status: error.anonymous ? 401 : 403 }
  }
}

const encodeCore = Schema.encodeUnknownResult(CoreErrorJson)

/** The refusal that an error of the framework makes. */
export const fromCore = (error: CoreError): Refusal => {
  const shown = forCallers(error)
  const encoded = encodeCore(shown)
  return make({
    ...statusOf(error),
    code: error._tag,
    detail: error._tag === "CommandIdReused"
      ? "The Idempotency-Key was used before for a command with other content. Use a new key for a new command."
      : shown.message,
    ...(Result.isSuccess(encoded) ? { error: encoded.success as Schema.Json } : {}),
    ...(shown === error ? {} : { cause: error })
  })
}

/** The status of a declared error: as annotated with `httpApiStatus`, or 422. */
export const declaredStatus = (schema: Schema.Constraint): number =>
  (Schema.resolveAnnotations(schema) as Schema.Annotations.Augment | undefined)?.httpApiStatus ??
    (Schema.resolveAnnotationsKey(schema) as Schema.Annotations.Augment | undefined)?.httpApiStatus ?? 422

/** Makes the refusals of a command's own errors. */
export const ofRejections = (command: Command.Any): (rejected: CommandRejected) => Refusal => {
  const errors = command.errors.map((schema) => ({
    status: declaredStatus(schema),
    decode: Schema.decodeUnknownOption(Schema.toCodecJson(schema))
  }))
  return ({ error, errorCode, messageId }) => {
    for (const { decode, status } of errors) {
      const decoded = Option.getOrUndefined(decode(error)) as { readonly _tag: string; readonly message?: string }
      if (decoded?._tag !== errorCode) continue
      const detail = decoded.message === undefined || decoded.message === ""
        ? `${command.tag} was rejected: ${errorCode}.`
        : decoded.message
      return make({ status, code: errorCode, detail, error, messageId })
    }
    return make({
      status: 422,
      code: errorCode,
      detail: `${command.tag} was rejected: ${errorCode}.`,
      error,
      messageId
    })
  }
}
