import type * as Schema from "effect/Schema"

/** A type if it is made of JSON alone. The compiler takes no interface for JSON by itself, whatever its fields are. */
type MadeOfJson<T> = T extends Schema.Json ? T
  : T extends (...args: never) => unknown ? never
  : T extends object ? { readonly [K in keyof T]: MadeOfJson<T[K]> }
  : never

/** A value as the JSON that it is. One with a field that JSON has no place for doesn't compile. */
export const json = <T>(value: T & MadeOfJson<T>): Schema.Json => value as Schema.Json
