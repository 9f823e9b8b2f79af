/**
 * Tags say which entities an event is about. A tag is the text `key:value`, for example `product:kettle-1`.
 *
 * The key is made of letters, digits, `-`, `_` and `.` (never a colon), so two different pairs can't give one text. Tags
 * come from id-typed fields (see `Id`); stores index events by them.
 */
import * as Schema from "effect/Schema"

/** A tag, `key:value`. */
export type Tag = string

/** The greatest length of a tag in UTF-16 code units, so that a partition name stays under DynamoDB's limit of 1 KB. */
export const maxLength = 300

/** A tag from outside: not empty, well-formed Unicode, at most {@link maxLength} code units. */
export const Tag: Schema.Codec<Tag> = Schema.NonEmptyString.check(
  Schema.isMaxLength(maxLength),
  Schema.makeFilter((text: string) => text.isWellFormed() || "must not contain lone surrogates")
).annotate({ identifier: "Tag" })

/** The tag of one id value. */
export const make = (key: string, value: string): Tag => `${key}:${value}`

/** The key of a tag: what stands before its first colon, or the empty text when it has none. */
export const key = (tag: Tag): string => {
  const colon = tag.indexOf(":")
  return colon < 0 ? "" : tag.slice(0, colon)
}

/** The value of a tag: what stands after its first colon. A tag without a colon is all value. */
export const value = (tag: Tag): string => tag.slice(tag.indexOf(":") + 1)
