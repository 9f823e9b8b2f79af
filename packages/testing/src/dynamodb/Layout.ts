/** Judges what is in the table when everything is over: positions, versions, and a copy of every event where it belongs. */
import type { IndexPlan } from "@reventless/core/IndexPlan"
import * as Tag from "@reventless/core/Tag"
import { type Applied, type AppliedEvent, copyOf, isCopy } from "./CommitLog.ts"
import type { Journal, Violation } from "./Execution.ts"
import type { Table } from "./Table.ts"
import type { Item } from "./Wire.ts"

/** Where an event has to be by the plan: once in each place. */
export const expected = (
  plan: IndexPlan,
  { tags, type }: Pick<AppliedEvent, "tags" | "type">
): ReadonlyArray<string> => {
  if (plan._tag === "Open") return [...new Set(tags.map((tag) => `t#${tag}`)), "a#"]
  const { byType, partitions } = plan.types[type]!
  const found = tags.filter((tag) => partitions.includes(Tag.key(tag))).map((tag) => `t#${tag}`)
  const places = [...new Set(found), ...(byType ? [`y#${type}`] : []), ...(plan.all ? ["a#"] : [])]
  return places.length === 0 ? [`n#${type}`] : places
}

/** `copies`: an event isn't in exactly its partitions, or doesn't say so, or hasn't exactly one home. */
const copies = (
  plan: Extract<IndexPlan, { _tag: "Planned" }>,
  log: ReadonlyArray<Applied>,
  { decisions }: Journal
): ReadonlyArray<Violation> =>
  log.flatMap(({ decision, events }) => [
    ...(events.length === decisions.get(decision)!.events.length
      ? []
      : [{ kind: "copies", detail: `${decision} was applied in parts` }]),
    ...events.flatMap((event) => {
      const found = event.copies.map(({ partition, version }) => `${partition} ${version}`).sort().join(", ")
      const said = Object.entries(event.said).map(([partition, version]) => `${partition} ${version}`).sort().join(", ")
      const places = event.copies.map(({ partition }) => partition).sort().join(", ")
      const right = [...expected(plan, event)].sort().join(", ")
      const homes = event.copies.filter(({ home }) => home).length
      return found === said && places === right && homes === 1
        ? []
        : [{ kind: "copies", detail: `${event.id} is in ${found}, says ${said}, belongs to ${right}; ${homes} homes` }]
    })
  ])

/** `position-duplicate` and `causality`: an event's position isn't its own, or not above what was seen when it was made. */
const positions = (log: ReadonlyArray<Applied>, { decisions }: Journal): ReadonlyArray<Violation> => {
  const byId = new Map(log.flatMap(({ events }) => events.map((event) => [event.id, event] as const)))
  const byPosition = Map.groupBy(byId.values(), ({ position }) => position)
  const shared = [...byPosition].filter(([, events]) => events.length > 1).map(([position, events]) => ({
    kind: "position-duplicate",
    detail: `${events.map(({ id }) => id).join(" and ")} have the position ${position}`
  }))
  const inverted = log.flatMap(({ decision, events }) =>
    [...decisions.get(decision)!.seen].flatMap((name) => {
      const cause = byId.get(name)
      return cause !== undefined && events.some(({ position }) => position <= cause.position)
        ? [{ kind: "causality", detail: `${decision} was made from ${name}, but is not positioned after it` }]
        : []
    })
  )
  return [...shared, ...inverted]
}

/** `versions`, `position-order`, `home-sequence` and `through`: what the items of a partition, in order, say of their order. */
export const partition = (name: string, found: ReadonlyArray<Item>): ReadonlyArray<Violation> => {
  const items = found.filter(isCopy).map(copyOf)
  const lastOfWrite = new Map(items.map(({ version, writeId }) => [writeId, version]))
  let homes = 0
  return items.flatMap(({ home, homeSeq, position, through, version, writeId }, index) => {
    if (home) homes++
    const wrong = [
      ...(version === index + 1 ? [] : ["versions"]),
      ...(index === 0 || items[index - 1]!.position < position ? [] : ["position-order"]),
      ...(homeSeq === homes ? [] : ["home-sequence"]),
      ...(through === lastOfWrite.get(writeId) ? [] : ["through"])
    ]
    return wrong.map((kind) => ({ kind, detail: `${name} ${version}` }))
  })
}

/** Everything in the table that a correct store can't have left behind. */
export const violations = (
  plan: Extract<IndexPlan, { _tag: "Planned" }>,
  log: ReadonlyArray<Applied>,
  journal: Journal,
  table: Table
): ReadonlyArray<Violation> => [
  ...copies(plan, log, journal),
  ...positions(log, journal),
  ...table.partitions().flatMap((name) => partition(name, table.partition(name)))
]
