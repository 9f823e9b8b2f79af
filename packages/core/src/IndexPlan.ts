/**
 * The index plan: by which tags the events of each type can be found. `Plugin.make` computes it from the queries of
 * slices and aggregates and the keys of views; a store is built for it and refuses what it doesn't cover.
 *
 * A tag by which some query or view finds a type is a *partition* of that type; its other tags are *references*, stored
 * but not searchable. Stores that pay for each index entry write partitions only.
 */
import * as Result from "effect/Result"
import { canonicalJson } from "./internal/canonicalJson.ts"
import type * as Lane from "./Lane.ts"
import type * as Query from "./Query.ts"
import * as Tag from "./Tag.ts"

/** How the events of one type can be found. */
export interface TypePlan {
  /** The tag keys by which events of this type are found. Sorted. */
  readonly partitions: ReadonlyArray<string>
  /** The tag keys that events of this type carry but aren't found by. Sorted. */
  readonly references: ReadonlyArray<string>
  /** The partition that keeps the event's place in the order of all events; undefined when it has no partition. */
  readonly home: string | undefined
  /** Whether the type is also found by its name alone. */
  readonly byType: boolean
}

/** By which tags the events of each type can be found. */
export type IndexPlan =
  /** Every tag, every type, and all events: for tools and suites. */
  | { readonly _tag: "Open" }
  /** What the plugin's queries and views need, and no more. */
  | { readonly _tag: "Planned"; readonly types: Readonly<Record<string, TypePlan>>; readonly all: boolean }

/** The plan that finds everything by everything. */
export const open: IndexPlan = { _tag: "Open" }

/** How the events of one type are stored, as far as it matters to who reads them. */
type Found = readonly [partitions: ReadonlyArray<string>, byType: boolean, home: string | null]

const foundOf = ({ byType, home, partitions }: TypePlan): Found => [partitions, byType, home ?? null]

const saidOf = ([partitions, byType]: Found): string => {
  const all = [...partitions, ...(byType ? ["their type"] : [])]
  return all.length === 0 ? "nothing" : all.join(", ")
}

/**
 * What a store keeps, as a text, of the plans that it was opened for, `before` being what it has; it fails with a sentence
 * where a writer by this plan would find events otherwise than they are stored. A type that is new is added, and one that the
 * plan hasn't got stays. Equal plans give equal texts.
 */
export const remembered = (before: string | undefined, plan: IndexPlan): Result.Result<string, string> => {
  const parts = plan._tag === "Open"
    ? "open"
    : { all: plan.all, types: Object.fromEntries(Object.entries(plan.types).map(([type, of]) => [type, foundOf(of)])) }
  const text = canonicalJson(parts)
  if (before === undefined || before === text) return Result.succeed(text)
  const known = JSON.parse(before) as typeof parts
  if (typeof known === "string" || typeof parts === "string") {
    return Result.fail("one of the plans finds everything by everything, and the other doesn't")
  }
  if (known.all !== parts.all) {
    return Result.fail("one of the plans has a partition of all events, and the other hasn't")
  }
  for (const [type, now] of Object.entries(parts.types)) {
    const then = known.types[type]
    if (then !== undefined && canonicalJson(then) !== canonicalJson(now)) {
      return Result.fail(`the events '${type}' are found by ${saidOf(then)}, and would be by ${saidOf(now)}`)
    }
  }
  return Result.succeed(canonicalJson({ all: known.all, types: { ...known.types, ...parts.types } }))
}

/** Why a query can't be answered by the plan: a sentence that names the item, the type and the tag. Undefined if it can. */
export const uncovered = (plan: IndexPlan, query: Query.Query): string | undefined => {
  if (plan._tag === "Open") return undefined
  if (query.items.length === 0) return plan.all ? undefined : "the query of all events is not in the index plan"
  for (const item of query.items) {
    const reason = uncoveredItem(plan, item)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** The keys among the item's tags by which every type that the item names is found. */
export const readKeys = (plan: IndexPlan, item: Query.QueryItem): ReadonlyArray<string> => {
  const keys = [...new Set((item.tags ?? []).map(Tag.key))]
  if (plan._tag === "Open") return keys
  const untyped = item.types === undefined || item.types.length === 0
  const types = untyped ? Object.keys(plan.types) : item.types
  return keys.filter((key) =>
    types.every((type) => {
      const entry = plan.types[type]
      return entry !== undefined && (entry.partitions.includes(key) || (untyped && !entry.references.includes(key)))
    })
  )
}

const uncoveredItem = (
  plan: Extract<IndexPlan, { _tag: "Planned" }>,
  item: Query.QueryItem
): string | undefined => {
  const types = item.types ?? []
  const unknown = types.find((type) => plan.types[type] === undefined)
  if (unknown !== undefined) return `event type '${unknown}' is not part of the index plan`
  if (readKeys(plan, item).length > 0) return undefined
  if (types.length > 0 && types.every((type) => plan.types[type]!.byType)) return undefined
  if (plan.all) return undefined
  const named = types.length === 0 ? "events of any type" : types.map((type) => `'${type}'`).join(", ")
  const tags = (item.tags ?? []).map((tag) => `'${tag}'`).join(", ")
  return tags === ""
    ? `${named} can't be found by type alone in the index plan`
    : `${named} can't be found by the tag ${tags}: no key of it is a partition of every type`
}

/** Why a lane can't be fed by the plan, or undefined if it can. */
export const uncoveredLane = (plan: IndexPlan, lane: Lane.Lane): string | undefined => {
  if (plan._tag === "Open") return undefined
  const missing = lane.types.find((type) =>
    plan.types[type] === undefined || (lane._tag === "Keyed" && !plan.types[type].partitions.includes(lane.key))
  )
  return missing === undefined
    ? undefined
    : plan.types[missing] === undefined
    ? `event type '${missing}' is not part of the index plan`
    : `event type '${missing}' has no partition '${lane._tag === "Keyed" ? lane.key : ""}' in the index plan`
}

/** Why an event can't be stored under the plan, or undefined if it can. */
export const unplanned = (plan: IndexPlan, type: string): string | undefined =>
  plan._tag === "Open" || plan.types[type] !== undefined
    ? undefined
    : `event type '${type}' is not part of the index plan; list a component that produces it in the plugin`
