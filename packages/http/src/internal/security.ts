import * as Access from "@reventless/core/Access"
import type * as Principal from "@reventless/core/Principal"
import type { Resolver, Scheme } from "../PrincipalResolver.ts"
import type { Endpoint } from "./api.ts"

type Json = Readonly<Record<string, any>>

const names = { caller: "caller", webhook: "webhookSignature" } as const

/** How callers identify themselves; where the resolver doesn't say, as its challenge is called. */
const schemeOf = ({ challenge, scheme }: Resolver): Scheme =>
  scheme ?? { type: "http", scheme: challenge.split(" ", 1)[0]!.toLowerCase() }

const webhookScheme: Scheme = {
  type: "apiKey",
  in: "header",
  name: "webhook-signature",
  description: "Made of the request with a secret, by the convention of Standard Webhooks."
}

const isSigned = (endpoint: Endpoint): boolean => endpoint.kind === "inbound" && endpoint.slice.signed

/** The ways to identify oneself that an API knows. */
export const schemes = (endpoints: ReadonlyArray<Endpoint>, resolver: Resolver): Json => ({
  [names.caller]: schemeOf(resolver),
  ...(endpoints.some(isSigned) ? { [names.webhook]: webhookScheme } : {})
})

/** What an operation needs of those: nothing, if it likes, or one of them. */
export const requirement = (endpoint: Endpoint, access: Access.Access): ReadonlyArray<Json> => {
  if (endpoint.kind === "token") return []
  if (isSigned(endpoint)) return [{ [names.webhook]: [] }]
  return access._tag === "Anyone" ? [{}, { [names.caller]: [] }] : [{ [names.caller]: [] }]
}

/** What a caller may do with an operation of the document. */
export type Allowed = boolean | "own" | "signed"

const allowed = ({ security, "x-access": access, "x-kind": kind }: Json, caller: Principal.Caller): Allowed => {
  if (security.some((one: Json) => one[names.webhook] !== undefined)) return "signed"
  const reach = Access.reach(access, caller)
  // There is nothing that an operator could own.
  return reach === "own" && kind !== "operation" ? "own" : reach === "all"
}

/** The document with who asks for it, and what of it that caller may do. */
export const forCaller = (document: Json, caller: Principal.Caller): Json => ({
  ...document,
  "x-caller": caller._tag === "User" ? { id: caller.id, groups: caller.groups } : { anonymous: true },
  paths: Object.fromEntries(
    Object.entries<Json>(document["paths"]).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries<Json>(methods).map((
          [method, operation]
        ) => [method, { ...operation, "x-allowed": allowed(operation, caller) }])
      )
    ])
  )
})
