/**
 * State view slices with live queries: as `StateViewSlice`, and `QueryEngine.watch` follows their rows.
 */
import { variant } from "./StateViewSlice.ts"

/** Defines a state view whose row changes are published. */
export const make = variant(true)
