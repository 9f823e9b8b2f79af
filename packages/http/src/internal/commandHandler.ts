import * as Access from "@reventless/core/Access"
import type * as CommandBus from "@reventless/core/CommandBus"
import * as Message from "@reventless/core/Message"
import * as Principal from "@reventless/core/Principal"
import * as Effect from "effect/Effect"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import type { Handler } from "./api.ts"
import * as Body from "./body.ts"
import { asCaller } from "./caller.ts"
import { CommandAnswer, type Endpoint } from "./endpoints.ts"
import * as Paths from "./paths.ts"
import * as Refusal from "./refusal.ts"
import { CorrelationId, respond } from "./respond.ts"

type CommandEndpoint = Extract<Endpoint, { readonly kind: "command" }>

const encodeAnswer = Schema.encodeEffect(Schema.toCodecJson(CommandAnswer))

/** Whose key it is: two callers don't meet, nor do two commands. */
const owner = (principal: Principal.Principal): string =>
  principal._tag === "User" ? `user:${principal.id}` : principal._tag

/** The id that a command is remembered by, made of the request's `Idempotency-Key`. */
const commandIdOf = Effect.fnUntraced(function*({ headers }: HttpServerRequest, target: string) {
  const key = headers["idempotency-key"]
  if (key === undefined) return undefined
  if (!/^[\x20-\x7e]{1,255}$/.test(key) || key.trim() === "") {
    return yield* Effect.fail(
      Refusal.badRequest("InvalidHeader", "Idempotency-Key", "must be 1 to 255 printable ASCII characters")
    )
  }
  return Message.deriveId(key, owner(yield* Principal.CurrentPrincipal), target, 0)
})

/** Refuses who may not send the command whatever it says: before its body is read, which can be great. */
const checkAccess = Effect.fnUntraced(function*({ access, target }: CommandEndpoint) {
  const principal = yield* Principal.CurrentPrincipal
  if (access !== undefined && Access.reach(access, principal) === "none") {
    const denied = new Access.AccessDenied({ target, anonymous: principal._tag === "Anonymous" })
    return yield* Effect.fail(Refusal.fromCore(denied))
  }
})

/** Takes a command for the bus. */
export const make = (
  bus: CommandBus.CommandBus["Service"],
  endpoint: CommandEndpoint
): Handler => {
  const { address, plugin, target } = endpoint
  const rejection = Refusal.ofRejections(address.command)
  const handle = Effect.fnUntraced(function*(request: HttpServerRequest) {
    yield* checkAccess(endpoint)
    const commandId = yield* commandIdOf(request, target)
    const command = yield* Body.json(request)
    const result = yield* Effect.mapError(
      bus.dispatch({
        target,
        command,
        correlationId: yield* CorrelationId,
        ...(commandId === undefined ? {} : { commandId })
      }),
      Refusal.fromCore
    )
    switch (result._tag) {
      case "CommandAccepted":
        return HttpServerResponse.jsonUnsafe(yield* Effect.orDie(encodeAnswer(result)))
      case "CommandPending":
        return HttpServerResponse.jsonUnsafe({ messageId: result.messageId }, {
          status: 202,
          headers: { location: Paths.outcome(plugin, result.messageId) }
        })
      case "CommandRejected":
        return yield* Effect.fail(rejection(result))
    }
  })
  return ({ request }) => respond(asCaller(request, handle(request)))
}
