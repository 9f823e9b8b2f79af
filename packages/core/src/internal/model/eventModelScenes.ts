import type { ModelPlugin } from "../../Model.ts"

/** What is drawn of an event model: a command, an event, what is shown or waits to be done, and what works on it. */
export type FrameKind = "cmd" | "evt" | "rmo" | "pcr"

/** A box of the event model. */
export interface Box {
  readonly kind: FrameKind
  readonly name: string
  /** The extension point that an event is of, when it isn't the plugin's own. */
  readonly point?: string
  /** The boxes that an arrow comes from. */
  readonly from: ReadonlyArray<string>
  /** Whether it is drawn again although it was drawn before: an event that another command makes, a command sent anew. */
  readonly isAgain?: boolean
  /** Whether the arrow comes from the box before it: the notation has no other for some pairs. */
  readonly follows?: boolean
}

/** Boxes that are drawn side by side, with all that their arrows come from. */
export interface Scene {
  readonly boxes: ReadonlyArray<Box>
}

/** The name of a box within its picture. */
export const keyOf = ({ kind, name, point = "" }: Pick<Box, "kind" | "point" | "name">): string =>
  `${kind} ${point} ${name}`

const eventKey = (name: string, point?: string) =>
  keyOf({ kind: "evt", name, ...(point === undefined ? {} : { point }) })

const given = (kind: FrameKind, name: string, point?: string): Box => ({
  kind,
  name,
  from: [],
  ...(point === undefined ? {} : { point })
})

/**
 * The boxes of commands. An aggregate's are one box: which of its events a command makes, nobody knows but its decisions.
 */
const commandBoxes = (
  { aggregates }: Pick<ModelPlugin, "aggregates">,
  names: ReadonlyArray<string>,
  from: ReadonlyArray<string>
): ReadonlyArray<Box> => {
  const boxes = names.map((name): Box => {
    const aggregate = aggregates.find(({ commands }) => commands.some((command) => command.name === name))
    return { kind: "cmd", name: aggregate?.name ?? name, from, isAgain: from.length > 0 }
  })
  return boxes.filter((box, index) => boxes.findIndex(({ name }) => name === box.name) === index)
}

/** What is worked on because of events: the list of what is to be done, its processor, and the commands that it sends. */
const processing = (
  plugin: ModelPlugin,
  name: string,
  events: ReadonlyArray<Box>,
  sends: ReadonlyArray<string>,
  publishes: ReadonlyArray<Box> = []
): Scene => {
  const list: Box = { kind: "rmo", name: `${name} todo`, from: events.map(keyOf) }
  const processor: Box = { kind: "pcr", name, from: events.length === 0 ? [] : [keyOf(list)] }
  return {
    boxes: [
      ...events,
      ...(events.length === 0 ? [] : [list]),
      processor,
      ...publishes,
      ...commandBoxes(plugin, sends, [keyOf(processor)])
    ]
  }
}

/** Commands and the events that they may make. */
const deciding = (plugin: ModelPlugin, commands: ReadonlyArray<string>, events: ReadonlyArray<string>): Scene => {
  const boxes = commandBoxes(plugin, commands, [])
  return {
    boxes: [...boxes, ...events.map((name): Box => ({ kind: "evt", name, from: boxes.map(keyOf), isAgain: true }))]
  }
}

const own = (point: string): string => point.slice(point.indexOf(".") + 1)

/** The boxes of a plugin, in the order in which it lists what they are of. */
export const scenesOf = (plugin: ModelPlugin): ReadonlyArray<Scene> => {
  const events = (names: ReadonlyArray<string>, point?: string) => names.map((name) => given("evt", name, point))
  return [
    ...plugin.extensions.flatMap(({ parts, point }) =>
      parts.map((part) =>
        processing(
          plugin,
          `${own(point)} extension`,
          [...events(part.follows, point), ...events(part.events)],
          part.sends ?? []
        )
      )
    ),
    ...plugin.extensionPoints.filter(({ commands }) => commands.length > 0).map(
      ({ commands, mappings, name }): Scene => {
        const processor: Box = { kind: "pcr", name: `${own(name)} commands`, from: [], isAgain: true, follows: true }
        const sends = [
          ...new Set(mappings.flatMap((mapping) => mapping.commands.length > 0 ? mapping.sends ?? [] : []))
        ]
        return {
          boxes: [
            ...commands.flatMap((command) => [given("cmd", `${name}.${command}`), processor]),
            ...commandBoxes(plugin, sends, [keyOf(processor)])
          ]
        }
      }
    ),
    ...plugin.inbound.map(({ name, sends }) => processing(plugin, name, [], sends)),
    ...plugin.tasks.map(({ name, sends }) => processing(plugin, name, [], sends ?? [])),
    ...plugin.aggregates.map((aggregate) =>
      deciding(plugin, aggregate.commands.map(({ name }) => name), aggregate.events)
    ),
    ...plugin.slices.map(({ name, produces }) => deciding(plugin, [name], produces)),
    ...plugin.reactions.map(({ collects, name, sends }) => processing(plugin, name, events(collects), sends)),
    ...plugin.views.map(({ consumes, name }): Scene => ({
      boxes: [...events(consumes), { kind: "rmo", name, from: consumes.map((event) => eventKey(event)) }]
    })),
    ...plugin.extensionPoints.filter((point) => point.events.length > 0).map((point) =>
      processing(
        plugin,
        `${own(point.name)} mapping`,
        events([...new Set(point.mappings.flatMap((mapping) => mapping.events))]),
        [...new Set(point.mappings.flatMap(({ directivesSend = [] }) => directivesSend))],
        point.events.map((name): Box => ({
          kind: "evt",
          name,
          point: point.name,
          from: [],
          follows: true,
          isAgain: true
        }))
      )
    )
  ].filter(({ boxes }) => boxes.length > 0)
}

const makes = ({ boxes }: Scene): ReadonlyArray<string> =>
  boxes.filter(({ follows, from }) => from.length > 0 || follows === true).map(keyOf)

const needs = ({ boxes }: Scene): ReadonlyArray<string> => boxes.filter(({ from }) => from.length === 0).map(keyOf)

/** How many boxes are drawn where some are there already. */
const added = (scene: Scene, drawn: ReadonlySet<string>): number =>
  scene.boxes.filter((box) => box.isAgain === true || !drawn.has(keyOf(box))).length

/**
 * The scenes as chapters of a story of at most so many boxes each: what is caused comes after its cause where that is
 * possible, and what belongs together is drawn together.
 */
export const chapters = (scenes: ReadonlyArray<Scene>, most: number): ReadonlyArray<ReadonlyArray<Scene>> => {
  const left = [...scenes]
  const told: Array<Array<Scene>> = [[]]
  let drawn = new Set<string>()
  let boxes = 0
  while (left.length > 0) {
    const awaited = new Set(left.flatMap(makes))
    const isReady = (scene: Scene) => {
      const ownMade = new Set(makes(scene))
      return needs(scene).every((key) => !awaited.has(key) || ownMade.has(key))
    }
    const ready = left.filter(isReady)
    const candidates = ready.length > 0 ? ready : left.slice(0, 1)
    const shared = (scene: Scene) => needs(scene).filter((key) => drawn.has(key)).length
    const next = candidates.reduce((best, one) => shared(one) > shared(best) ? one : best)
    left.splice(left.indexOf(next), 1)
    if (boxes > 0 && boxes + added(next, drawn) > most) {
      told.push([])
      drawn = new Set()
      boxes = 0
    }
    boxes += added(next, drawn)
    for (const box of next.boxes) drawn.add(keyOf(box))
    told[told.length - 1]!.push(next)
  }
  return told.filter((chapter) => chapter.length > 0)
}
