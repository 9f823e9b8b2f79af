import * as ExtensionPoint from "../../ExtensionPoint.ts"
import type * as IndexPlan from "../../IndexPlan.ts"
import * as Message from "../../Message.ts"
import * as Tag from "../../Tag.ts"

/** The kind of id that orders published events. */
export const entityKey = "entity"

/** The tag of a published event: the entity that it is about. */
export const entityTag = (entity: string): Tag.Tag => Tag.make(entityKey, entity)

const own = ({ plugin, tag }: ExtensionPoint.Any): string => tag.slice(plugin.length + 1)

/** Where the events of a contract are published, without its plugin. */
const eventsOf = (point: ExtensionPoint.Any): string => `v${ExtensionPoint.major(point.version.events)}.events`

/** The log of the events that a contract publishes. */
export const eventLog = (point: ExtensionPoint.Any): string => `${point.plugin}.${outgoingQueue(point)}`

/** The queue of the commands for a contract, in the work store of its plugin. */
export const commandQueue = (point: ExtensionPoint.Any): string =>
  `${own(point)}.v${ExtensionPoint.major(point.version.commands)}.commands`

/** The queue of the events that are to be published, in the work store of their plugin. */
export const outgoingQueue = (point: ExtensionPoint.Any): string => `${own(point)}.${eventsOf(point)}`

/** What collects those that are ordered by one kind of id. */
export const outgoingList = (point: ExtensionPoint.Any, key: string): string => `${outgoingQueue(point)}.${key}`

/**
 * The item of an event that is to be published, under whose id its append is remembered too. Neither a mapping's name is in
 * it nor what orders its events: whatever becomes of these, nothing is published again.
 */
export const outgoingItem = (point: ExtensionPoint.Any, source: string): string =>
  Message.deriveId(source, outgoingQueue(point), "event", 0)

/**
 * What makes the ids of published events. No version is in it: what a source event comes to has one id in every major
 * version, so that whoever moves to another one knows it again.
 */
export const publisher = (point: ExtensionPoint.Any): string => `${point.tag}.events`

/** What makes the ids of the commands that mappings send; the same for every version of the command that they come from. */
export const receiver = (point: ExtensionPoint.Any): string => `${point.tag}.commands`

/** The list and queue of the events that a plugin follows, in its own work store. No version is in it, see {@link publisher}. */
export const incomingList = (point: ExtensionPoint.Any): string => point.tag

/** The queue of a plugin's own events that its extensions make commands of, in its work store. */
export const sendingQueue = (point: ExtensionPoint.Any): string => `${point.tag}.outgoing`

/** What collects those that are ordered by one kind of id. */
export const sendingList = (point: ExtensionPoint.Any, key: string): string => `${sendingQueue(point)}.${key}`

/** How published events are found: by their entity. */
export const eventPlan = ({ events }: ExtensionPoint.Any): IndexPlan.IndexPlan => ({
  _tag: "Planned",
  types: Object.fromEntries(
    events.map(({ tag }) => [tag, { partitions: [entityKey], references: [], home: entityKey, byType: false }])
  ),
  all: false
})
