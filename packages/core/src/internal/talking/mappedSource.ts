import { idKey } from "../../Aggregate.ts"
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
