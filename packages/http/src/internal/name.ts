import * as Schema from "effect/Schema"

/** The id of a principal, or the name of a group: what stores can keep and people can read. */
export const Name = Schema.NonEmptyString.check(
  Schema.isMaxLength(255),
  Schema.makeFilter((text: string) => text.isWellFormed() || "must be well-formed Unicode")
)
