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

type Shape = { readonly fields: Fields } | string | object
type Fields = Readonly<Record<string, { readonly optional: boolean; readonly shape: Shape }>>

const fieldsOf = (shape: Shape): Fields | undefined =>
  typeof shape === "object" && "fields" in shape ? shape.fields as Fields : undefined

/** What stands in only one of two structs may only be optional; what stands in both must be alike. */
const difference = (before: Shape, after: Shape, path: string): string | undefined => {
  const former = fieldsOf(before)
  const current = fieldsOf(after)
  if (former === undefined || current === undefined) {
    return JSON.stringify(before) === JSON.stringify(after) ? undefined : `'${path}' has another type`
  }
  for (const name of new Set([...Object.keys(former), ...Object.keys(current)])) {
    const was = former[name]
    const is = current[name]
    const at = path === "" ? name : `${path}.${name}`
    if (was === undefined && !is!.optional) return `'${at}' is new and not optional`
    if (is === undefined && !was!.optional) return `'${at}' is gone`
    if (was === undefined || is === undefined) continue
    if (was.optional !== is.optional) return `'${at}' is ${is.optional ? "now" : "no longer"} optional`
    const inside = difference(was.shape, is.shape, at)
    if (inside !== undefined) return inside
  }
  return undefined
}

const union = (before: Shape, after: Shape): Shape => {
  const former = fieldsOf(before)
  const current = fieldsOf(after)
  if (former === undefined || current === undefined) return after
  const fields = { ...former, ...current }
  for (const [name, { optional, shape }] of Object.entries(current)) {
    if (former[name] !== undefined) fields[name] = { optional, shape: union(former[name].shape, shape) }
  }
  return { ...after as object, fields }
}

/**
 * Why an event may not be stored in a shape when its version was stored in another one before, or undefined if it may.
 *
 * Optional fields may come and go, at any depth: then programs of either shape read what the other has stored, also while
 * both run. Any other change needs a new version.
 */
export const changedShape = (before: string, after: string): string | undefined =>
  before === after ? undefined : difference(JSON.parse(before) as Shape, JSON.parse(after) as Shape, "")

/** The shape to remember of an event that was stored in two that may stand side by side: with the fields of both. */
export const rememberedShape = (before: string, after: string): string =>
  before === after ? before : JSON.stringify(union(JSON.parse(before) as Shape, JSON.parse(after) as Shape))

/** Why a delta since a boundary of another query is refused: it says nothing of what this query selects besides. */
export const otherQuery = "the boundary was read for another query; read this one from its beginning"

/** Why a boundary from behind the end of the log is refused: what it claims to have seen isn't there. */
export const aheadOfLog =
  "the boundary is ahead of the log: it was read from another log, or the log was restored since"
