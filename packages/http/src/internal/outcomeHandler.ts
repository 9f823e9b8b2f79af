import type { CommandBus } from "@reventless/core/CommandBus"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Schema from "effect/Schema"
import type { Handler } from "./api.ts"
import { asCaller } from "./caller.ts"
import { OutcomeAnswer } from "./endpoints.ts"
import * as Refusal from "./refusal.ts"
import { respond } from "./respond.ts"

const encode = Schema.encodeEffect(Schema.toCodecJson(OutcomeAnswer))

/** Tells what became of a command that was taken to be decided later. */
export const make = (bus: CommandBus["Service"]): Handler => ({ params, query, request }) =>
  respond(asCaller(
    request,
    Effect.gen(function*() {
      const wait = Duration.millis(query["wait"] ?? 0)
      const result = yield* Effect.mapError(bus.outcome(params["messageId"], { wait }), Refusal.fromCore)
      return HttpServerResponse.jsonUnsafe(yield* Effect.orDie(encode(result)))
    })
  ))
