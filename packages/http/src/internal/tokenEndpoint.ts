import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as Schema from "effect/Schema"
import * as DevelopmentApi from "../DevelopmentApi.ts"
import { annotate } from "./endpoints.ts"

/** Where a development issuer gives tokens. */
export interface TokenEndpoint {
  readonly kind: "token"
  /** The group of the API that it makes. */
  readonly plugin: typeof group
  readonly http: HttpApiEndpoint.Top
}

/** How the development issuer is called in paths; with it, no plugin may be called so. */
export const group = "dev"

/** The endpoint of a development issuer. */
export const make = (): TokenEndpoint => ({
  kind: "token",
  plugin: group,
  http: annotate(
    HttpApiEndpoint.post("token", DevelopmentApi.tokenPath, {
      payload: DevelopmentApi.TokenBody as Schema.Top,
      success: DevelopmentApi.Token
    }) as unknown as HttpApiEndpoint.Top,
    {
      summary: "Get a token",
      description:
        "A token for anybody, of the development issuer. It is there on the machine that the server runs on only.",
      access: { _tag: "Anyone" }
    }
  )
})
