import type { Inbound, InboundRefused } from "@reventless/core/Inbound"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import type { Handler } from "./api.ts"
import * as Body from "./body.ts"
import { asCaller } from "./caller.ts"
import type { Endpoint } from "./endpoints.ts"
import * as Refusal from "./refusal.ts"
import { CorrelationId, respond } from "./respond.ts"

/** What a sender is told: nothing by which somebody could find out more about the secret, or about what others have sent. */
const refusalOf = ({ issues, reason }: InboundRefused): Refusal.Refusal => {
  switch (reason) {
    case "Malformed":
      return Refusal.make({
        status: 400,
        code: "InvalidInput",
        detail: issues.map(({ message, path }) => path === "" ? message : `${path}: ${message}`).join("; "),
        errors: issues
      })
    case "Replayed":
      return Refusal.make({
        status: 409,
        code: "Replayed",
        detail: "This request came before. To send the delivery again, sign it again with a new webhook-timestamp."
      })
    case "IdReused":
      return Refusal.make({
        status: 409,
        code: "IdReused",
        detail: "Another body was accepted under this webhook-id. Use a new id for a new delivery."
      })
    default:
      return Refusal.make({
        status: 401,
        code: "SignatureRefused",
        detail:
          "The request isn't signed as it should be. Look at the headers webhook-id, webhook-timestamp (seconds " +
          "since 1970, near to now) and webhook-signature, the secret, and whether the body was changed after it was signed."
      })
  }
}

/** Takes webhooks. */
export const make = (
  inbound: Inbound["Service"],
  { plugin, slice }: Extract<Endpoint, { readonly kind: "inbound" }>
): Handler => {
  const handle = Effect.fnUntraced(function*(request: HttpServerRequest) {
    const { headers } = request
    const body = yield* Body.bytes(request)
    yield* Body.checkDepth(new TextDecoder().decode(body))
    const received = yield* inbound.receive({
      plugin,
      name: slice.tag,
      id: headers["webhook-id"],
      timestamp: headers["webhook-timestamp"],
      signature: headers["webhook-signature"],
      body,
      correlationId: yield* CorrelationId
    }).pipe(
      Effect.catchTag("UnknownInbound", Effect.die),
      Effect.mapError((error) => error._tag === "InboundRefused" ? refusalOf(error) : Refusal.fromCore(error))
    )
    return HttpServerResponse.jsonUnsafe(received, { status: received.status === "Accepted" ? 202 : 200 })
  })
  // Who signs needs no other credentials; those that a proxy adds are nobody's business here.
  return ({ request }) => respond(slice.signed ? handle(request) : asCaller(request, handle(request)))
}
