/**
 * Read models with live queries: as `ReadModel`, and `QueryEngine.watch` follows their rows.
 */
import { variant } from "./ReadModel.ts"

/** Defines a read model whose row changes are published. */
export const make = variant(true)
