import * as Duration from "effect/Duration"
import * as Action from "../../Action.ts"
import type * as Aggregate from "../../Aggregate.ts"
import { idKey } from "../../Aggregate.ts"
import * as Lane from "../../Lane.ts"
import { refuse } from "../definitions/definition.ts"
import type { MappedCommand, TodoBehavior } from "./todoList.ts"

/** How often a mapped command is tried. */
const attempts = 8

/** The event mappings of an aggregate as a todo list; undefined where there are none. */
export const todoListOf = (
  { definition, eventMappings, name }: Aggregate.Behavior<string, unknown>
): TodoBehavior<string, unknown> | undefined => {
  if (eventMappings.length === 0) return undefined
  const mappings = eventMappings.map((mapping, index) => ({ ...mapping, name: mapping.name ?? String(index) }))
  const names = mappings.map((mapping) => mapping.name)
  const twice = names.find((one, index) => names.indexOf(one) !== index)
  if (twice !== undefined) refuse(`aggregate '${name}' has two event mappings named '${twice}'`)
  const consumes = [...new Set(mappings.flatMap(({ from }) => from))]
  const foreign = consumes.find((event) => !definition.events.includes(event))
  if (foreign !== undefined) {
    refuse(`aggregate '${name}' maps the event '${foreign.tag}', which is none of its own`)
  }
  const tags = mappings.map(({ from }) => new Set(from.map((event) => event.tag)))
  return {
    kind: "EventMappingBehavior",
    name: `${name}.mappings`,
    definition,
    list: {
      kind: "EventMapping",
      name: `${name}.mappings`,
      consumes,
      // Every event of an aggregate has its id.
      lane: Lane.keyed(consumes.map((event) => event.tag), idKey(definition)),
      sends: [...new Set(mappings.flatMap(({ sends = [] }) => sends))],
      attempts,
      timeout: Duration.infinity,
      since: undefined,
      version: 1
    },
    items: {
      _tag: "Commands",
      collect: (event, context) =>
        mappings.flatMap(({ map, name }, at) =>
          tags[at]!.has(event._tag)
            ? Action.list(map(event, context)).map((action, index): MappedCommand => ({ mapping: name, index, action }))
            : []
        )
    },
    "~R": (_) => _
  }
}
