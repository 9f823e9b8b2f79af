/**
 * A token says "up to here": a command's result carries one, and a query that is given it waits until its view has come
 * at least that far.
 */
import * as Schema from "effect/Schema"
import * as Extent from "./Extent.ts"
import { opaque } from "./internal/opaque.ts"

/** How far the log was when a command was done. Opaque to everyone but the platform that made it. */
export interface Token {
  readonly extent: Extent.Extent
}

/** The schema of a token in its text form. */
export const Token: Schema.Codec<Token, string> = opaque(
  "Token",
  "1",
  Schema.Struct({ extent: Extent.Extent }),
  "not a token of this version; use the text of a command's answer as it was given"
)

/** The token of a command that wrote nothing and read nothing: every view has come that far. */
export const none: Token = { extent: Extent.nothing }
