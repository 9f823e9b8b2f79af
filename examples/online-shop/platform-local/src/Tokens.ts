/** Gets tokens from a shop that is open: those of a development issuer, which gives them to anybody. */
import { Token, TokenBody, tokenPath } from "@reventless/http/DevelopmentApi"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as HttpClientResponse from "effect/http/HttpClientResponse"

/** A token for somebody. */
export const get = Effect.fnUntraced(function*(url: string, body: typeof TokenBody.Type) {
  const request = yield* HttpClientRequest.schemaBodyJson(TokenBody)(HttpClientRequest.post(url + tokenPath), body)
  return yield* Effect.flatMap(HttpClient.execute(request), HttpClientResponse.schemaBodyJson(Token))
})
