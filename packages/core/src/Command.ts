/**
 * Command definitions: a name, the fields, the errors that a decision may answer with, and who may send it.
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Access from "./Access.ts"
import { checkName, type ErrorSchema, type Fields, type ValuesOf } from "./internal/definitions/definition.ts"
import { compile, type TagPaths } from "./internal/definitions/tagPaths.ts"

/** A command definition. */
export interface Command<CommandTag extends string, F extends Fields, Errors extends ReadonlyArray<ErrorSchema>> {
  readonly tag: CommandTag
  readonly fields: F
  /** The payload; commands travel without a `_tag`, their address names them. */
  readonly schema: Schema.Struct<F>
  readonly errors: Errors
  readonly access: Access.Access | undefined
  readonly description: string | undefined
  readonly tagPaths: TagPaths
}

/** Any command definition. */
export interface Any {
  readonly tag: string
  readonly fields: Fields
  /** The schema; only the definition itself says of what, since to compare schemas takes the compiler most of its time. */
  readonly schema: unknown
  readonly errors: ReadonlyArray<ErrorSchema>
  readonly access: Access.Access | undefined
  readonly description: string | undefined
  readonly tagPaths: TagPaths
}

/** The payload of a command. */
export type TypeOf<C extends { readonly fields: Fields }> = ValuesOf<C["fields"]>

/** What a command may say beside its fields. */
export interface Options<Errors extends ReadonlyArray<ErrorSchema>> {
  /** The errors that a decision on it may answer with. */
  readonly errors?: Errors
  /** Who may send it; the platform's default when absent. */
  readonly access?: Access.Access
  readonly description?: string
}

/**
 * Defines a command.
 *
 * @example
 * ```ts
 * import * as Command from "@reventless/core/Command"
 * import * as Id from "@reventless/core/Id"
 * import * as Schema from "effect/Schema"
 *
 * const CategoryId = Id.make("category")
 * class CategoryExists extends Schema.TaggedError<CategoryExists>()("CategoryExists", { categoryId: CategoryId }) {}
 *
 * const CreateCategory = Command.make("CreateCategory", { categoryId: CategoryId, name: Schema.NonEmptyString }, {
 *   errors: [CategoryExists]
 * })
 * ```
 */
export const make = <
  const CommandTag extends string,
  const F extends Fields,
  const Errors extends ReadonlyArray<ErrorSchema> = []
>(tag: CommandTag, fields: F, options: Options<Errors> = {}): Command<CommandTag, F, Errors> => {
  checkName("a command", tag)
  const schema = Schema.Struct(fields)
  return {
    tag,
    fields,
    schema,
    errors: options.errors ?? ([] as unknown as Errors),
    access: options.access,
    description: options.description,
    tagPaths: Result.getOrThrowWith(compile(schema), (detail) => new Error(`command '${tag}': ${detail}`))
  }
}
