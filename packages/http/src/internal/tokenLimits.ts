import * as Schema from "effect/Schema"

/** The longest token that is looked at, in characters: less than what a server takes as headers. */
export const maxTokenLength = 8192

/** The id of a principal, or the name of a group: what stores can keep and people can read. */
export const Name = Schema.NonEmptyString.check(
  Schema.isMaxLength(255),
  Schema.makeFilter((text: string) => text.isWellFormed() || "must be well-formed Unicode")
)
