import type * as Aggregate from "../../Aggregate.ts"
import { idKey } from "../../Aggregate.ts"
import type * as Event from "../../Event.ts"
import type { IndexPlan, TypePlan } from "../../IndexPlan.ts"
import type * as Lane from "../../Lane.ts"
import type * as StateChangeSlice from "../../StateChangeSlice.ts"
import type { TemplateItem } from "../commands/queryTemplate.ts"
import { refuse } from "./definition.ts"

/** What of a plugin decides by which tags its events are found. */
export interface Components {
  readonly name: string
  readonly events: ReadonlyMap<string, Event.Any>
  readonly aggregates: ReadonlyArray<Aggregate.Any>
  readonly slices: ReadonlyArray<StateChangeSlice.Any>
  /** What views and todo lists follow. */
  readonly fed: ReadonlyArray<Lane.Lane>
}

/**
 * Computes the index plan of a plugin: the fewest tags by which every aggregate, slice, view and todo list finds its events.
 *
 * An item of a slice's query that names several ids is read by one of them, preferably one that is a partition already.
 * An item that no id of every type serves is refused, naming the slice, the type and the tag.
 */
export const planIndex = (components: Components): IndexPlan => {
  const partitions = new Map<string, Set<string>>([...components.events.keys()].map((type) => [type, new Set()]))
  const byType = new Set<string>()
  const add = (types: Iterable<string>, key: string) => {
    for (const type of types) partitions.get(type)!.add(key)
  }

  for (const aggregate of components.aggregates) add(aggregate.events.map((event) => event.tag), idKey(aggregate))
  for (const lane of components.fed) {
    if (lane._tag === "Keyed") add(lane.types, lane.key)
  }

  const items = components.slices.flatMap((slice) => slice.query.map((item) => ({ slice: slice.tag, item })))
  for (const { item } of items.filter(({ item }) => item.by.length === 1)) add(item.types, item.by[0]!.key)
  for (const { item, slice } of items.filter(({ item }) => item.by.length > 1)) {
    add(item.types, servingKey(components, partitions, slice, item))
  }
  for (const { item } of items.filter(({ item }) => item.by.length === 0)) {
    for (const type of item.types) byType.add(type)
  }

  const types: Record<string, TypePlan> = {}
  for (const [type, event] of components.events) {
    const found = [...partitions.get(type)!].sort()
    types[type] = {
      partitions: found,
      references: [...event.tagPaths.keys].filter((key) => !found.includes(key)).sort(),
      home: found[0],
      byType: byType.has(type)
    }
  }
  return { _tag: "Planned", types, all: false }
}

const servingKey = (
  components: Components,
  partitions: ReadonlyMap<string, ReadonlySet<string>>,
  slice: string,
  item: TemplateItem
): string => {
  const carried = item.by.map(({ key }) => key).filter((key) =>
    item.types.every((type) => components.events.get(type)!.tagPaths.keys.has(key))
  )
  const serving = carried.find((key) => item.types.every((type) => partitions.get(type)!.has(key))) ?? carried[0]
  return serving ??
    refuse(
      `the query of slice '${slice}' in plugin '${components.name}' can't be served: ` +
        `no one of the tags ${item.by.map(({ key }) => `'${key}'`).join(", ")} is carried by every event type of ` +
        item.types.map((type) => `'${type}'`).join(", ")
    )
}
