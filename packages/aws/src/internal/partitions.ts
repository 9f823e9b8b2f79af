import type { NewEvent } from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import type * as Query from "@reventless/core/Query"
import * as Tag from "@reventless/core/Tag"

/**
 * The partition that holds all events with a tag. A partition's name is a letter for its kind, `#`, and a text that is
 * unique among its kind: so no two names can be equal by accident.
 */
export const ofTag = (tag: Tag.Tag): string => `t#${tag}`

/** The partition of all events of a type. */
const ofType = (type: string): string => `y#${type}`

/** The partition of every event. */
const all = "a#"

/** The home of events without a partition by which they are found. Nobody queries it. */
const homeless = (type: string): string => `n#${type}`

/** Where the command is remembered that has this id. */
export const receipt = (commandId: string): string => `r#${commandId}`

/** Whether a partition is a receipt. */
export const isReceipt = (partition: string): boolean => partition.startsWith("r#")

/** Where what is known of the table itself stands. */
export const registry = (name: string): string => `m#${name}`

/** Where the snapshot of an aggregate's id stands. */
export const snapshot = (aggregate: string, id: string): string => `s#${encodeURIComponent(aggregate)}#${id}`

/** Whether a partition holds events, and not something that is kept beside them. */
export const holdsEvents = (partition: string): boolean => /^[tyna]#/.test(partition)

/** Whether a partition is the one of a tag with this key. */
export const isOfKey = (partition: string, key: string): boolean =>
  partition.startsWith("t#") && Tag.key(partition.slice(2)) === key

/**
 * The partitions of an event, each once, its home first. An open plan finds events by type among all of them: it is for
 * tools, and a partition for each type would cost every append another item.
 */
export const ofEvent = (plan: IndexPlan.IndexPlan, { tags, type }: NewEvent): ReadonlyArray<string> => {
  if (plan._tag === "Open") return [...new Set([...tags.map(ofTag), all])]
  const { byType, home, partitions } = plan.types[type]!
  const found = tags.filter((tag) => partitions.includes(Tag.key(tag)))
  const first = found.filter((tag) => Tag.key(tag) === home)
  const names = new Set([...first, ...found].map(ofTag))
  if (byType) names.add(ofType(type))
  if (plan.all) names.add(all)
  return names.size === 0 ? [homeless(type)] : [...names]
}

/**
 * The partitions through which a query is read; together they hold every event that matches. An item with tags is read
 * through one tag that is a partition of every type that it names, any type when it names none.
 */
export const ofQuery = (plan: IndexPlan.IndexPlan, query: Query.Query): ReadonlyArray<string> =>
  query.items.length === 0 ? [all] : [...new Set(query.items.flatMap((item) => ofItem(plan, item)))].sort()

const ofItem = (plan: IndexPlan.IndexPlan, item: Query.QueryItem): ReadonlyArray<string> => {
  const keys = IndexPlan.readKeys(plan, item)
  const tag = (item.tags ?? []).filter((tag) => keys.includes(Tag.key(tag))).sort()[0]
  if (tag !== undefined) return [ofTag(tag)]
  const types = item.types ?? []
  const byType = plan._tag === "Planned" && types.every((type) => plan.types[type]!.byType)
  return types.length > 0 && byType ? types.map(ofType) : [all]
}
