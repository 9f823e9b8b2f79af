import type * as Command from "../../Command.ts"
import type * as Event from "../../Event.ts"
import * as Query from "../../Query.ts"
import type * as Tag from "../../Tag.ts"
import { refuse } from "../definitions/definition.ts"

/** One item of a slice's query, by the paths of the command's ids. */
export interface TemplateItem {
  readonly types: ReadonlyArray<string>
  /** The tag keys of the item, and for each the command's paths that give its values. Empty selects by type alone. */
  readonly by: ReadonlyArray<{ readonly key: string; readonly paths: ReadonlyArray<string> }>
}

/** A slice's query as data: which tags it is made of is known before any command arrives. */
export type QueryTemplate = ReadonlyArray<TemplateItem>

/** The query that follows from a command's ids: for each id, the consumed types that carry it. */
export const derive = (slice: string, command: Command.Any, consumes: ReadonlyArray<Event.Any>): QueryTemplate => {
  const { paths } = command.tagPaths
  if (paths.size === 0) return consumes.length === 0 ? [] : [{ types: consumes.map((event) => event.tag), by: [] }]
  const keys = new Set(paths.values())
  const unreached = consumes.find((event) => ![...keys].some((key) => event.tagPaths.keys.has(key)))
  if (unreached !== undefined) {
    refuse(
      `slice '${slice}' consumes '${unreached.tag}', which carries none of the command's ids ` +
        `(${[...keys].join(", ")}); add one to the event or the command, or give the slice a query`
    )
  }
  return [...keys].flatMap((key) => {
    const types = consumes.filter((event) => event.tagPaths.keys.has(key)).map((event) => event.tag)
    const from = [...paths].filter(([, at]) => at === key).map(([path]) => path)
    return types.length === 0 ? [] : [{ types, by: [{ key, paths: from }] }]
  })
}

/** The query that an author gave, checked against the command's ids. */
export const explicit = (
  slice: string,
  command: Command.Any,
  consumes: ReadonlyArray<Event.Any>,
  items: ReadonlyArray<{ readonly types: ReadonlyArray<Event.Any>; readonly by?: ReadonlyArray<string> }>
): QueryTemplate => {
  const unselected = consumes.find((event) => !items.some(({ types }) => types.includes(event)))
  if (unselected !== undefined) {
    refuse(`slice '${slice}' consumes '${unselected.tag}', which no item of its query selects`)
  }
  return items.map((item) => ({
    types: item.types.map((event) => event.tag),
    by: (item.by ?? []).map((field) => {
      const found = [...command.tagPaths.paths].filter(([path]) =>
        path === field || path.startsWith(`${field}[`) || path.startsWith(`${field}.`)
      )
      const keys = new Set(found.map(([, key]) => key))
      if (keys.size !== 1) {
        refuse(
          keys.size === 0
            ? `the query of slice '${slice}' names the field '${field}', which is no id of its command`
            : `the query of slice '${slice}' names the field '${field}', which holds ids of several kinds`
        )
      }
      const [key] = keys
      const missing = item.types.find((event) => !event.tagPaths.keys.has(key!))
      if (missing !== undefined) {
        refuse(`the query of slice '${slice}' looks for '${missing.tag}' by '${key}', a tag that it doesn't carry`)
      }
      return { key: key!, paths: found.map(([path]) => path) }
    })
  }))
}

/** Every way to choose one of each list. */
const choices = (lists: ReadonlyArray<ReadonlyArray<Tag.Tag>>): ReadonlyArray<ReadonlyArray<Tag.Tag>> =>
  lists.reduce<ReadonlyArray<ReadonlyArray<Tag.Tag>>>(
    (chosen, list) => chosen.flatMap((tags) => list.map((tag) => [...tags, tag])),
    [[]]
  )

/** The query of one command; undefined when it selects nothing, because the ids it is made by are absent. */
export const instantiate = (
  template: QueryTemplate,
  command: Command.Any,
  payload: unknown
): Query.Query | undefined => {
  const items = template.flatMap((item): ReadonlyArray<Query.QueryItem> =>
    item.by.length === 0
      ? [{ types: item.types }]
      : choices(item.by.map(({ paths }) => command.tagPaths.tagsAt(paths, payload)))
        .map((tags) => ({ types: item.types, tags }))
  )
  const [first, ...rest] = items
  return first === undefined ? undefined : Query.make(first, ...rest)
}
