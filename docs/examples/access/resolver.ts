import * as Principal from "@reventless/core/Principal"
import { CredentialsRefused, PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Who an API key belongs to. */
export class ApiKeys extends Context.Service<ApiKeys, {
  readonly find: (
    key: string
  ) => Effect.Effect<{ readonly id: string; readonly groups: ReadonlyArray<string> } | undefined>
}>()("docs/ApiKeys") {}

export const ByApiKey = Layer.effect(
  PrincipalResolver,
  Effect.map(ApiKeys, (keys) => ({
    challenge: "ApiKey",
    scheme: { type: "apiKey", in: "header", name: "x-api-key" },
    resolve: Effect.fnUntraced(function*({ headers }) {
      const given = headers["x-api-key"]
      if (given === undefined) return Principal.anonymous
      const user = yield* keys.find(given)
      return user === undefined
        ? yield* new CredentialsRefused({ detail: "the key is unknown or was withdrawn" })
        : Principal.user(user.id, user.groups)
    })
  }))
)
