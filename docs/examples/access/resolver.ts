import * as Principal from "@reventless/core/Principal"
import { CredentialsRefused, PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Who a token belongs to: a stand-in for the library that verifies tokens. */
export class Tokens extends Context.Service<Tokens, {
  readonly verify: (
    token: string
  ) => Effect.Effect<{ readonly id: string; readonly groups: ReadonlyArray<string> } | undefined>
}>()("docs/Tokens") {}

export const ByBearerToken = Layer.effect(
  PrincipalResolver,
  Effect.map(Tokens, (tokens) => ({
    challenge: "Bearer",
    resolve: Effect.fnUntraced(function*({ headers }) {
      const given = headers["authorization"]
      if (given === undefined) return Principal.anonymous
      const user = yield* tokens.verify(given.replace(/^Bearer /i, ""))
      return user === undefined
        ? yield* new CredentialsRefused({ detail: "the token is unknown or too old" })
        : Principal.user(user.id, user.groups)
    })
  }))
)
