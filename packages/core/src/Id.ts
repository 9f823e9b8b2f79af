/**
 * Ids: branded text schemas that carry a tag key. Where an event or command has a field of such a type, at any depth, in
 * arrays, optionals and unions, its value becomes the tag `key:value`: that is how events are found, and what decisions
 * are consistent about.
 */
import * as Schema from "effect/Schema"
import { referenceAnnotation, tagKey, tagKeyAnnotation } from "./internal/definitions/tagAnnotations.ts"
import * as Tag from "./Tag.ts"

/** The schema of the ids of one kind of entity. */
export interface Id<Key extends string> extends Schema.brand<typeof Schema.NonEmptyString, Key> {}

/** The greatest length of an id in UTF-16 code units. */
export const maxLength = 200

/**
 * The ids of one kind of entity: not empty, well-formed Unicode, at most {@link maxLength} code units.
 *
 * The key is the tag's key. Use letters, digits, `-`, `_` and `.`, at most 64 of them; another key is refused at once.
 *
 * @example
 * ```ts
 * import * as Id from "@reventless/core/Id"
 *
 * const ProductId = Id.make("product")
 * type ProductId = typeof ProductId.Type
 * const kettle: ProductId = ProductId.make("kettle-1")
 * ```
 */
export const make = <const Key extends string>(key: Key): Id<Key> => {
  if (!/^[\w.-]{1,64}$/.test(key)) {
    throw new Error(`'${key}' can't be a tag key: use 1 to 64 letters, digits, '-', '_' or '.'`)
  }
  return Schema.NonEmptyString.check(
    Schema.isMaxLength(maxLength),
    Schema.makeFilter((text: string) => text.isWellFormed() || "must not contain lone surrogates")
  ).annotate({ [tagKeyAnnotation]: key, description: `The id of a ${key}` }).pipe(
    Schema.brand<"id">(key as "id")
  ) as unknown as Id<Key>
}

/**
 * The same ids as a reference: stored with the event, but no tag. Use it where an event mentions an entity that no
 * decision is consistent about and no view is keyed by.
 */
export const reference = <Key extends string>(id: Id<Key>): Id<Key> =>
  id.annotate({ [referenceAnnotation]: true }) as unknown as Id<Key>

/** The tag of an id. */
export const tag = <Key extends string>(id: Id<Key>, value: Id<Key>["Type"]): Tag.Tag => Tag.make(key(id), value)

/** The tag key of an id schema. */
export const key = <Key extends string>(id: Id<Key>): Key => {
  const found = tagKey(id.ast)
  if (found === undefined) throw new Error("not a schema made by Id.make")
  return found as Key
}
