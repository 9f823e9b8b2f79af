import * as Schema from "effect/Schema"

/**
 * What values look like as JSON, in words of our own, so that another release of the schema library doesn't change what
 * was published. Descriptions, titles and brands are no part of it; the kind of an id is.
 */
export type Shape =
  & {
    /** What the values become where they are read, when JSON alone doesn't say it: `Date`, or a shape as text. */
    readonly as?: string
    /** The bounds that values keep: `minLength`, `maximum`. */
    readonly limits?: Readonly<Record<string, number>>
    /** The other rules that values keep. Rules without a name are counted only: nobody can compare them. */
    readonly rules?: ReadonlyArray<string>
  }
  & (
    | { readonly type: "text"; readonly id?: string; readonly reference?: boolean }
    | { readonly type: "number" | "boolean" | "null" | "anything" }
    | { readonly type: "literal"; readonly value: string | number | boolean }
    | { readonly type: "list"; readonly elements: ReadonlyArray<Shape>; readonly rest: ReadonlyArray<Shape> }
    | {
      readonly type: "object"
      readonly fields: Readonly<Record<string, Field>>
      /** Any other fields, by what their names and their values look like. */
      readonly others?: ReadonlyArray<{ readonly name: Shape; readonly value: Shape }>
    }
    | { readonly type: "union"; readonly of: ReadonlyArray<Shape> }
    /** One of the shapes that this one is part of: how many lists, objects and unions further out. */
    | { readonly type: "recursive"; readonly out: number }
  )

/** A field of an object. */
export interface Field {
  readonly optional?: boolean
  readonly shape: Shape
}

const Common = {
  as: Schema.optionalKey(Schema.String),
  limits: Schema.optionalKey(Schema.Record(Schema.String, Schema.Finite)),
  rules: Schema.optionalKey(Schema.Array(Schema.String))
}

const inner = Schema.suspend((): Schema.Codec<Shape> => Shape)

/** The schema of a field. */
export const Field: Schema.Codec<Field> = Schema.Struct({ optional: Schema.optionalKey(Schema.Boolean), shape: inner })

/** The schema of a shape. */
export const Shape: Schema.Codec<Shape> = Schema.Union([
  Schema.Struct({
    type: Schema.Literal("text"),
    id: Schema.optionalKey(Schema.String),
    reference: Schema.optionalKey(Schema.Boolean),
    ...Common
  }),
  Schema.Struct({ type: Schema.Literals(["number", "boolean", "null", "anything"]), ...Common }),
  Schema.Struct({
    type: Schema.Literal("literal"),
    value: Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]),
    ...Common
  }),
  Schema.Struct({
    type: Schema.Literal("list"),
    elements: Schema.Array(inner),
    rest: Schema.Array(inner),
    ...Common
  }),
  Schema.Struct({
    type: Schema.Literal("object"),
    fields: Schema.Record(Schema.String, Field),
    others: Schema.optionalKey(Schema.Array(Schema.Struct({ name: inner, value: inner }))),
    ...Common
  }),
  Schema.Struct({ type: Schema.Literal("union"), of: Schema.Array(inner), ...Common }),
  Schema.Struct({ type: Schema.Literal("recursive"), out: Schema.Int, ...Common })
])

/** Whether a bound is one from below. */
export const isLower = (limit: string): boolean => /^(min|exclusiveMin)/.test(limit)
