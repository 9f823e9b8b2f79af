/**
 * What every event store refuses alike, and in the same words: for those who implement one.
 */
import type { NewEvent } from "./EventStore.ts"
import * as IndexPlan from "./IndexPlan.ts"
import * as Tag from "./Tag.ts"

/** Why a text can't be stored, or undefined if it can: what is no well-formed Unicode comes back altered. */
export const malformed = (name: string, text: string): string | undefined =>
  text.isWellFormed() ? undefined : `${name} ${JSON.stringify(text)} has a lone surrogate, which is no valid text`

/** Why an event can't be stored under a plan, or undefined if it can. */
export const invalidEvent = (plan: IndexPlan.IndexPlan, { tags, type }: NewEvent): string | undefined => {
  const unfit = IndexPlan.unplanned(plan, type) ?? malformed("the event type", type)
  if (unfit !== undefined) return unfit
  for (const tag of tags) {
    const reason = tag.length > Tag.maxLength
      ? `the tag '${tag}' is longer than ${Tag.maxLength} characters`
      : malformed("the tag", tag)
    if (reason !== undefined) return reason
  }
  return undefined
}

interface Fields {
  readonly fields: Readonly<Record<string, { readonly optional: boolean; readonly shape: unknown }>>
}

/**
 * Why an event may not be stored in a shape when its version was stored in another one before, or undefined if it may.
 * Optional fields may be added: what is stored lacks them. Any other change needs a new version.
 */
export const changedShape = (before: string, after: string): string | undefined => {
  if (before === after) return undefined
  const { fields: former } = JSON.parse(before) as Fields
  const { fields: current } = JSON.parse(after) as Fields
  for (const [name, field] of Object.entries(former)) {
    const now = current[name]
    if (now === undefined) return `'${name}' is gone`
    if (JSON.stringify(now.shape) !== JSON.stringify(field.shape)) return `'${name}' has another type`
    if (now.optional !== field.optional) return `'${name}' is ${now.optional ? "now" : "no longer"} optional`
  }
  const added = Object.entries(current).find(([name, { optional }]) => former[name] === undefined && !optional)
  return added === undefined ? undefined : `'${added[0]}' is new and not optional`
}

/** Why a delta since a boundary of another query is refused: it says nothing of what this query selects besides. */
export const otherQuery = "the boundary was read for another query; read this one from its beginning"

/** Why a boundary from behind the end of the log is refused: what it claims to have seen isn't there. */
export const aheadOfLog =
  "the boundary is ahead of the log: it was read from another log, or the log was restored since"
