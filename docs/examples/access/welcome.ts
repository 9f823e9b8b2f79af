import { DevelopmentIssuer } from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

/** Says what to try. */
export const welcome = Effect.gen(function*() {
  const { url } = yield* HttpServer.HttpServer
  const issuer = yield* DevelopmentIssuer
  const { token } = yield* issuer.issue({ id: "ada", groups: ["moderator"], expiresIn: "30 days" })
  yield* Console.log(`curl ${url}/notes/views/AllNotes -H 'authorization: Bearer ${token}'`)
})
