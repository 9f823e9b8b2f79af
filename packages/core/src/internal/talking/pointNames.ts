import * as ExtensionPoint from "../../ExtensionPoint.ts"
import type * as IndexPlan from "../../IndexPlan.ts"
import * as Tag from "../../Tag.ts"

/** The kind of id that orders published events. */
export const entityKey = "entity"

/** The tag of a published event: the entity that it is about. */
export const entityTag = (entity: string): Tag.Tag => Tag.make(entityKey, entity)

const own = ({ plugin, tag }: ExtensionPoint.Any): string => tag.slice(plugin.length + 1)

/** Where the events of a contract are published, without its plugin. */
const eventsOf = (point: ExtensionPoint.Any): string => `v${ExtensionPoint.major(point.version.events)}.events`

/** The log of the events that a contract publishes. */
export const eventLog = (point: ExtensionPoint.Any): string => eventLogOf(point.tag, point.version.events)

/** The same by the name of the extension point and the version of its events. */
export const eventLogOf = (name: string, version: string): string => `${name}.v${ExtensionPoint.major(version)}.events`

/** The queue of the commands for a contract, in the work store of its plugin. */
export const commandQueue = (point: ExtensionPoint.Any): string =>
  `${own(point)}.v${ExtensionPoint.major(point.version.commands)}.commands`

/** The list of the events that a mapping has to publish, in the work store of its plugin. */
export const outgoingList = (point: ExtensionPoint.Any, mapping: string): string =>
  `${own(point)}.${eventsOf(point)}.${mapping}`

/** How published events are found: by their entity. */
export const eventPlan = ({ events }: ExtensionPoint.Any): IndexPlan.IndexPlan => ({
  _tag: "Planned",
  types: Object.fromEntries(
    events.map(({ tag }) => [tag, { partitions: [entityKey], references: [], home: entityKey, byType: false }])
  ),
  all: false
})
