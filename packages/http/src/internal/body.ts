import * as ByteSize from "effect/ByteSize"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as Schema from "effect/Schema"
import * as Refusal from "./refusal.ts"

/** The greatest body in bytes: 1 MiB. */
export const maxSize = 1024 * 1024

/** How deep the arrays and objects of a body may be nested: what reads them further on is recursive. */
export const maxDepth = 128

const tooLarge = Refusal.make({
  status: 413,
  code: "BodyTooLarge",
  detail: `The body is greater than ${maxSize} bytes. Nothing was written.`,
  headers: { connection: "close" }
})

const wrongType = (detail: string): Refusal.Refusal =>
  Refusal.make({ status: 415, code: "UnsupportedMediaType", detail })

const checkType = (request: HttpServerRequest): Effect.Effect<void, Refusal.Refusal> => {
  const given = request.headers["content-type"]
  const [type, ...parameters] = (given ?? "").toLowerCase().split(";").map((part) => part.trim())
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))
  if (type !== "application/json" || (charset !== undefined && !/^charset="?utf-8"?$/.test(charset))) {
    const got = given === undefined ? "without a content type" : `as '${given}'`
    return Effect.fail(wrongType(`The body came ${got}. Send JSON with 'content-type: application/json'.`))
  }
  const encoding = request.headers["content-encoding"]
  return encoding === undefined || encoding === "identity"
    ? Effect.void
    : Effect.fail(wrongType(`The body is encoded as '${encoding}'. Send it as it is.`))
}

/** Whether brackets are nested deeper than allowed, outside of texts. */
const isTooDeep = (text: string): boolean => {
  let depth = 0
  let quoted = false
  for (let index = 0; index < text.length; index++) {
    const char = text.charCodeAt(index)
    if (quoted) {
      if (char === 92) index++
      else if (char === 34) quoted = false
    } else if (char === 34) quoted = true
    else if (char === 91 || char === 123) {
      if (++depth > maxDepth) return true
    } else if (char === 93 || char === 125) depth--
  }
  return false
}

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

/** The bytes of a body that says it is JSON, as they came: at most {@link maxSize}, whatever the headers say. */
export const bytes = Effect.fnUntraced(function*(request: HttpServerRequest) {
  yield* checkType(request)
  if (Number(request.headers["content-length"] ?? 0) > maxSize) return yield* Effect.fail(tooLarge)
  return yield* request.arrayBuffer.pipe(
    Effect.map((buffer) => new Uint8Array(buffer)),
    Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxSize)),
    Effect.mapError(({ reason }) =>
      reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
        ? tooLarge
        : Refusal.badRequest("MalformedBody", "", "The body could not be read to its end")
    )
  )
})

/** Refuses what is nested deeper than {@link maxDepth}, also before anybody knows whether it is JSON. */
export const checkDepth = (text: string): Effect.Effect<void, Refusal.Refusal> =>
  isTooDeep(text)
    ? Effect.fail(Refusal.badRequest("MalformedBody", "", `The body is nested deeper than ${maxDepth} levels`))
    : Effect.void

/** The body as JSON. What isn't JSON in UTF-8 of at most {@link maxSize} bytes is refused, whatever the headers say. */
export const json = Effect.fnUntraced(function*(request: HttpServerRequest) {
  const received = yield* bytes(request)
  const text = yield* Effect.try({
    try: () => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(received),
    catch: () => Refusal.badRequest("MalformedBody", "", "The body is not UTF-8")
  })
  if (text.trim() === "") {
    return yield* Effect.fail(Refusal.badRequest("MalformedBody", "", "The body is empty; send the command as JSON"))
  }
  yield* checkDepth(text)
  return yield* Effect.mapError(
    parse(text),
    () => Refusal.badRequest("MalformedBody", "", "The body is not JSON")
  ) as Effect.Effect<Schema.Json, Refusal.Refusal>
})
