import type * as Sensitive from "../../Sensitive.ts"

/** Refuses messages with a sensitive field, with a sentence. */
export type NoSensitive<M extends { readonly tag: string }, What extends string> = [SensitiveIn<M>] extends [never] ?
  unknown
  : { readonly [K in `${What} '${SensitiveIn<M>}' has a sensitive field: it can't be part of a contract`]: never }

type SensitiveIn<M> = M extends { readonly tag: infer Tag extends string; readonly schema: { readonly Type: infer T } }
  ? [Sensitive.In<T> | SensitiveErrors<M>] extends [never] ? never : Tag
  : never

/** What is sensitive in the errors of a command. */
type SensitiveErrors<M> = M extends { readonly errors: ReadonlyArray<{ readonly Type: infer Error }> }
  ? Sensitive.In<Error>
  : never

/** Refuses a name that isn't `Plugin.Name`, with a sentence. */
export type CheckDotted<Name extends string> = Name extends `${infer Plugin}.${infer Rest}`
  ? "" extends Plugin | Rest ? NotDotted<Name> : Rest extends `${string}.${string}` ? NotDotted<Name> : unknown
  : NotDotted<Name>
type NotDotted<Name extends string> = {
  readonly [K in `an extension point is named 'Plugin.Name', not '${Name}'`]: never
}
