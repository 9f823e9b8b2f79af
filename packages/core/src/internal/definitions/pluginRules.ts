import { addressName, type AnyTarget } from "../../CommandBus.ts"
import type * as Event from "../../Event.ts"
import type * as View from "../../View.ts"
import { refuse } from "./definition.ts"

/** Refuses two components of one name. */
export const checkUnique = (plugin: string, names: ReadonlyArray<string>): void => {
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) refuse(`plugin '${plugin}' has two components named '${twice}'`)
}

/** Refuses a read model of an aggregate or slice that the plugin hasn't got: it would stay empty without a word. */
export const checkSources = (
  plugin: string,
  views: ReadonlyArray<View.Behavior<string, unknown>>,
  components: ReadonlyArray<string>
): void => {
  for (const { definition } of views) {
    for (const source of Object.values(definition.sources ?? {})) {
      if ("tag" in source && !components.includes(String(source.tag))) {
        refuse(`read model '${definition.tag}' projects '${source.tag}', which plugin '${plugin}' doesn't list`)
      }
    }
  }
}

/** Refuses commands to a component that the plugin hasn't got: to another plugin they go through its extension point. */
export const checkSends = (
  plugin: string,
  senders: ReadonlyArray<{ readonly name: string; readonly sends: ReadonlyArray<AnyTarget> }>,
  targets: ReadonlyArray<AnyTarget>
): void => {
  const known = new Set(targets.map((target) => target["~address"].command))
  for (const { name, sends } of senders) {
    const foreign = sends.find((target) => !known.has(target["~address"].command))
    if (foreign !== undefined) {
      refuse(`'${name}' sends '${addressName(foreign["~address"])}', which plugin '${plugin}' doesn't list`)
    }
  }
}

/** The event definitions by their names; refuses two of one name. */
export const collectEvents = (plugin: string, events: ReadonlyArray<Event.Any>): ReadonlyMap<string, Event.Any> => {
  const found = new Map<string, Event.Any>()
  for (const event of events) {
    if ((found.get(event.tag) ?? event) !== event) {
      refuse(`plugin '${plugin}' has two definitions of the event '${event.tag}'`)
    }
    found.set(event.tag, event)
  }
  return found
}
