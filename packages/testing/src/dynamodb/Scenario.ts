/** What a simulated run is made of: processes, and commands with boundaries that overlap as much as chance will have it. */
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import type { Faults } from "./Client.ts"
import type * as Transactions from "./Transactions.ts"
import type { World } from "./World.ts"

/** How much happens in a run, and how bad the circumstances are. */
export interface Profile extends Transactions.Options, Faults {
  readonly name: string
  readonly processes: number
  readonly commands: number
  /** How often an execution is interrupted, as a share of all, as by the end of its process. */
  readonly interrupted: number
  /** How often a command makes several events, as a share of all. */
  readonly severalEvents: number
  /** Two tags only, so that nearly everything meets everything else. */
  readonly fewTags: boolean
}

/** An event that a command makes: its type and tags, possibly one of them twice. */
interface Shape {
  readonly type: string
  readonly tags: ReadonlyArray<string>
}

/**
 * A command: it is accepted, with some of its events, as long as fewer than `cap` events match its query; otherwise it is
 * rejected.
 */
export interface Command {
  readonly id: string
  readonly query: Query.Query
  readonly cap: number
  /** Its first decision is made without reading, on the claim that nothing matches. */
  readonly absent: boolean
  /** It is remembered by its id, and may be delivered several times. */
  readonly remembered: boolean
  readonly shapes: ReadonlyArray<Shape>
  /** How many events it makes depends on how many it saw: so a decision on other facts is another decision. */
  readonly salt: number
  /** When it is delivered: once, or several times. */
  readonly deliveries: ReadonlyArray<{ readonly at: number; readonly process: number; readonly again: number }>
}

/** What happens in a run. */
export interface Scenario {
  readonly plan: Extract<IndexPlan.IndexPlan, { _tag: "Planned" }>
  readonly commands: ReadonlyArray<Command>
}

const types = ["A", "B", "C", "D"]

/** Tag keys `c` and `s` are partitions of every type; `p` is only a reference on type C; D is found by its name, too. */
const planOf = (all: boolean): Scenario["plan"] => {
  const everywhere = { partitions: ["c", "p", "s"], references: [], byType: false }
  return {
    _tag: "Planned",
    all,
    types: {
      A: { ...everywhere, home: "c" },
      B: { ...everywhere, home: "s" },
      C: { partitions: ["c", "s"], references: ["p"], home: "c", byType: false },
      D: { ...everywhere, home: "p", byType: true }
    }
  }
}

/** A random scenario. */
export const make = (world: World, { commands, fewTags, processes, severalEvents }: Profile): Scenario => {
  const chance = (share: number) => world.random() < share
  const pick = <A>(values: ReadonlyArray<A>): A => values[world.below(values.length)]!
  const several = <A>(count: number, each: () => A) => Array.from({ length: count }, each)
  const tags = fewTags ? ["c:1", "s:1"] : ["c:1", "c:2", "s:1", "s:2", "p:1"]
  const plan = planOf(chance(0.12))

  const item = (): Query.QueryItem => {
    const some = types.filter(() => chance(0.45))
    const tagged = chance(0.85) ? several(chance(0.35) ? 2 : 1, () => pick(tags)) : []
    const candidate = { types: tagged.length === 0 && !plan.all ? ["D"] : some, tags: [...new Set(tagged)] }
    return IndexPlan.uncovered(plan, Query.make(candidate)) === undefined ? candidate : item()
  }

  const query = (): Query.Query =>
    plan.all && chance(0.1) ? Query.all : Query.make(item(), ...several(world.below(3), item))

  const shapesFor = ({ items: [first] }: Query.Query): ReadonlyArray<Shape> => {
    const shapes = several(chance(severalEvents) ? 1 + world.below(3) : 1, () => {
      const some = several(chance(0.08) ? 0 : 1 + world.below(3), () => pick(tags))
      return { type: pick(types), tags: chance(0.2) ? some : [...new Set(some)] }
    })
    if (first === undefined || chance(0.5)) return shapes
    const matching = { type: first.types?.[0] ?? "A", tags: first.tags?.length === 0 ? [pick(tags)] : first.tags! }
    return [matching, ...shapes.slice(1)]
  }

  const made: Array<Command> = []
  for (let index = 0; index < commands; index++) {
    const asked = made.length > 0 && chance(0.25) ? pick(made).query : query()
    const remembered = chance(0.35)
    const at = world.random() * 400
    const first = { at, process: world.below(processes), again: remembered && chance(0.3) ? 1 + world.below(2) : 0 }
    const second = { at: at + world.random() * 250, process: world.below(processes), again: 0 }
    made.push({
      id: `k${index}`,
      query: asked,
      cap: 1 + world.below(fewTags ? 3 : 6),
      absent: chance(0.12),
      remembered,
      shapes: shapesFor(asked),
      salt: index,
      deliveries: remembered && chance(0.25) ? [first, second] : [first]
    })
  }
  return { plan, commands: made }
}

/** The events that a command makes when it saw so many. */
export const decide = ({ cap, salt, shapes }: Command, seen: number): ReadonlyArray<Shape> | "reject" =>
  seen >= cap ? "reject" : shapes.slice(0, 1 + ((seen + salt) % shapes.length))
