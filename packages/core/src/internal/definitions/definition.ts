import type * as Schema from "effect/Schema"

/** The instance type of a definition class. `InstanceType` gives `any` for a constructor that takes `never`. */
export type InstanceOf<D> = D extends { new(_: never): infer Instance } ? Instance : never

/** Any schema of errors, without the methods of schemas: comparing those costs the compiler much and says nothing. */
export type ErrorSchema = Schema.ConstraintCodec<{ readonly _tag: string }, any>

/** The union of the errors of a list of error schemas. */
export type ErrorsOf<Errors extends ReadonlyArray<Schema.Constraint>> = Errors[number]["Type"]

/** The fields of the payload of a definition. */
export type Fields = Schema.Struct.Fields

/** Fields that are neither optional nor mutable and have no default: nearly all. */
interface PlainFields {
  readonly [field: PropertyKey]: {
    readonly "~type.optionality": "required"
    readonly "~type.mutability": "readonly"
    readonly "~type.constructor.default": "no-default"
  }
}

/**
 * The values of fields: `Schema.Struct<F>["Type"]`. Where the fields are plain, it takes the compiler a tenth of the work,
 * as the type of the whole schema isn't made and the fields aren't sorted by their modifiers.
 */
export type ValuesOf<F extends Fields> = F extends PlainFields ? { readonly [K in keyof F]: F[K]["Type"] }
  : Schema.Struct.Type<F>

/** What values of fields are made of: `Schema.Struct<F>["~type.make.in"]`, at the same price as {@link ValuesOf}. */
export type InputsOf<F extends Fields> = F extends PlainFields ? { readonly [K in keyof F]: F[K]["~type.make"] }
  : Schema.Struct.MakeIn<F>

/**
 * The class of a definition, so that authors can write `class X extends Aggregate.make(...) {}` and one name stands for
 * the value and the type. Nobody makes an instance; the statics are the definition. `D` is its public type, which says more
 * than the statics show: it is the one place where a definition's types are taken on trust.
 */
export const definitionClass = <D>(statics: object): D => {
  class Definition {}
  return Object.assign(Definition, statics) as D
}

/** Refuses a definition at once, with a sentence that names it. */
export const refuse = (sentence: string): never => {
  throw new Error(sentence)
}

/** Names of components, commands and events: they become parts of addresses, paths and table keys. */
export const checkName = (what: string, name: string): void => {
  if (!/^[A-Za-z][A-Za-z0-9_-]{0,99}$/.test(name)) {
    refuse(`'${name}' can't be the name of ${what}: start with a letter, then at most 99 letters, digits, '_' or '-'`)
  }
}
