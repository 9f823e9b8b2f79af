import { idKey } from "../../Aggregate.ts"
import type * as Event from "../../Event.ts"
import type * as Mapping from "../../ExtensionPointMapping.ts"
import * as Id from "../../Id.ts"
import { refuse } from "../definitions/definition.ts"

/** What orders the events of a source: the id of its aggregate, the one given, or the only one that all events carry. */
export const sourceOf = (
  what: string,
  { from, key, outgoing }: { readonly from?: Mapping.Source; readonly key?: Id.Id<any>; readonly outgoing?: object }
): Mapping.MappedSource | undefined => {
  if (from === undefined) {
    return outgoing === undefined ? undefined : refuse(`${what} maps events and doesn't say which: give 'from'`)
  }
  if (outgoing === undefined) return refuse(`${what} has events in 'from' and maps none: give 'outgoing'`)
  if ("kind" in from) return { aggregate: from, events: from.events, key: idKey(from) }
  const [first, ...others] = from
  if (first === undefined) return refuse(`${what} maps from no events`)
  const shared = [...first.tagPaths.keys].filter((one) => others.every((event) => event.tagPaths.keys.has(one)))
  const chosen = key === undefined ? shared[0] : Id.key(key)
  if (chosen === undefined || !shared.includes(chosen)) {
    return refuse(
      `the events of ${what} don't all carry ${
        chosen === undefined ? "one id" : `the id '${chosen}'`
      }: they can't be ` +
        "ordered; make a mapping for each entity"
    )
  }
  if (key === undefined && shared.length > 1) {
    return refuse(`the events of ${what} share the ids ${shared.join(", ")}: say with 'key' which one orders them`)
  }
  return { aggregate: undefined, events: from, key: chosen }
}

/** What maps events: a mapping, or the outgoing half of an extension. */
interface Mapper {
  readonly source: Mapping.MappedSource | undefined
  readonly outgoing: Mapping.Handlers
}

/** Events that are ordered by one kind of id. */
export interface KeyedEvents {
  readonly key: string
  readonly definitions: ReadonlyArray<Event.Any>
}

const isMapped = ({ outgoing, source }: Mapper, tag: string): boolean =>
  outgoing[tag] !== undefined && source?.events.some((event) => event.tag === tag) === true

/** What several mappings of one extension point map together. */
export const of = <M extends Mapper>(mappers: ReadonlyArray<M>): {
  /** The events by what orders them. */
  readonly byKey: ReadonlyArray<KeyedEvents>
  /** Those that map an event, in their order. */
  readonly by: (tag: string) => ReadonlyArray<M>
} => {
  const byKey = new Map<string, Map<string, Event.Any>>()
  for (const mapper of mappers) {
    if (mapper.source === undefined) continue
    const { events, key } = mapper.source
    const known = byKey.get(key) ?? new Map<string, Event.Any>()
    for (const event of events) if (isMapped(mapper, event.tag)) known.set(event.tag, event)
    byKey.set(key, known)
  }
  return {
    byKey: Array.from(byKey, ([key, events]) => ({ key, definitions: [...events.values()] }))
      .filter(({ definitions }) => definitions.length > 0),
    by: (tag) => mappers.filter((mapper) => isMapped(mapper, tag))
  }
}

/** Refuses an event that several map by several orders: each is mapped once, in one order. */
export const checkOrder = (what: string, mappers: ReadonlyArray<Mapper>): void => {
  const keys = new Map<string, string>()
  for (const { definitions, key } of of(mappers).byKey) {
    for (const { tag } of definitions) {
      const other = keys.get(tag)
      if (other !== undefined) {
        refuse(
          `${what} order the event '${tag}' by '${other}' and by '${key}': give them one 'key'. Whom a published event is ` +
            "about is said with 'entity'"
        )
      }
      keys.set(tag, key)
    }
  }
}
