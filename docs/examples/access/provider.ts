import * as JwtKeys from "@reventless/http/JwtKeys"
import * as JwtPrincipals from "@reventless/http/JwtPrincipals"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"

// #region remote
export const Callers = Layer.unwrap(Effect.gen(function*() {
  const issuer = yield* Config.String("LOGIN_ISSUER")
  const jwksUri = yield* Config.String("LOGIN_JWKS_URI")
  return JwtPrincipals.layer({
    keys: JwtKeys.remote(jwksUri, { algorithms: ["RS256"] }),
    issuer,
    audience: "notes",
    groups: ["realm_access", "roles"]
  })
})).pipe(Layer.provide(FetchHttpClient.layer))
// #endregion remote

// #region static
const issuer = "https://login.example/"
const audience = "notes"

export const BySecret = Layer.unwrap(Effect.gen(function*() {
  const secret = yield* Config.Redacted("JWT_SECRET")
  return JwtPrincipals.layer({ keys: JwtKeys.secret(secret), issuer, audience })
}))

export const ByPublicKey = Layer.unwrap(Effect.gen(function*() {
  const pem = yield* Config.String("JWT_PUBLIC_KEY")
  return JwtPrincipals.layer({ keys: JwtKeys.pem(pem, { algorithm: "ES256" }), issuer, audience })
}))
// #endregion static

// #region several
export const StaffAndPartners = JwtPrincipals.layerIssuers([
  {
    keys: JwtKeys.remote("https://login.example/jwks.json", { algorithms: ["RS256"] }),
    issuer,
    audience,
    prefix: ""
  },
  {
    keys: JwtKeys.remote("https://partner.example/jwks.json", { algorithms: ["ES256"] }),
    issuer: "https://partner.example",
    audience: "notes-api",
    prefix: "partner:"
  }
]).pipe(Layer.provide(FetchHttpClient.layer))
// #endregion several
