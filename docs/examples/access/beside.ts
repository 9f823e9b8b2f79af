import * as DevelopmentIssuer from "@reventless/http/DevelopmentIssuer"
import { PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** Takes the tokens of the development issuer, and those that another resolver takes. */
export const developmentBeside = <E, R>(
  others: Layer.Layer<never, E, R>,
  options: DevelopmentIssuer.Options = {}
) =>
  Layer.effectContext(Effect.gen(function*() {
    const context = yield* Layer.build(DevelopmentIssuer.layer(options))
    const development = Context.get(context, PrincipalResolver)
    const { resolve } = Context.get(yield* Layer.build(others), PrincipalResolver)
    return Context.add(context, PrincipalResolver, {
      ...development,
      resolve: (request) => Effect.catchTag(development.resolve(request), "CredentialsRefused", () => resolve(request))
    })
  }))
