/**
 * Directives: side effects that a mapping asks for, which reach outside of the application: a notification, a call, a
 * schedule. A directive is fired and forgotten: it is never stored in a log and never replayed.
 */
import * as Schema from "effect/Schema"
import {
  checkName,
  definitionClass,
  type Fields,
  type InputsOf,
  type InstanceOf,
  type ValuesOf
} from "./internal/definitions/definition.ts"

/** A directive definition. */
export interface Directive<DirectiveTag extends string, F extends Fields> {
  new(_: never): { readonly _tag: DirectiveTag } & ValuesOf<F>
  readonly tag: DirectiveTag
  readonly fields: F
  readonly schema: Schema.TaggedStruct<DirectiveTag, F>
  readonly description: string | undefined
  /** Makes a directive. Fields that it doesn't have are left out; a value its schema refuses is thrown. */
  readonly make: <D extends { new(_: never): any }>(
    this: D,
    fields: InputsOf<F>
  ) => InstanceOf<D>
}

/** Any directive definition. */
export interface Any {
  new(_: never): any
  readonly tag: string
  readonly fields: Fields
  /** The schema; only the definition itself says of what. */
  readonly schema: unknown
  readonly description: string | undefined
}

/**
 * Defines a directive of an extension point.
 *
 * @example
 * ```ts
 * import * as Directive from "@reventless/core/Directive"
 * import * as Schema from "effect/Schema"
 *
 * class RemindOfPayment extends Directive.make("RemindOfPayment", { orderId: Schema.String }) {}
 * const directive: RemindOfPayment = RemindOfPayment.make({ orderId: "order-1" })
 * ```
 */
export const make = <const DirectiveTag extends string, const F extends Fields>(
  tag: DirectiveTag,
  fields: F,
  options: { readonly description?: string } = {}
): Directive<DirectiveTag, F> => {
  checkName("a directive", tag)
  const schema = Schema.TaggedStruct(tag, fields)
  return definitionClass<Directive<DirectiveTag, F>>({
    tag,
    fields,
    schema,
    description: options.description,
    make: (values: object) => schema.make({ ...values, _tag: tag } as never)
  })
}
