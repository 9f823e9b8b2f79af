/** A contender: a store that does the same work as the others, driven by loops in its own style. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BenchEvent, Boundary, FoundEvent } from "./event.ts"

/** What a store may lose, so that only equals are compared. */
export type Durability =
  /** Every acknowledged append is on the disk. */
  | "synced"
  /** Everything is lost with the process. */
  | "memory"

export interface Contender {
  readonly name: string
  readonly durability: Durability
  /** Ours, a peer, or the bare loop that shows what the disk gives. */
  readonly kind: "ours" | "peer" | "limit"
  /** The longest log that it can be filled with in reasonable time. */
  readonly largest?: number
  /** What is different about it. */
  readonly note?: string
  /** Opens a store of its own with so many events in it, as {@link filling} makes them. */
  readonly open: (filled: number) => Effect.Effect<Store, never, Scope.Scope>
}

/** Writers that append until the time is over. */
export interface Load {
  readonly writers: number
  readonly millis: number
  /** The course whose boundary a writer reads and appends to, by how often it has succeeded. */
  readonly course: (writer: number, successes: number) => string
  /** Whether a writer keeps what it has read and next time reads only what was added. */
  readonly remember: boolean
  /** Makes ids of this run unlike those of another. */
  readonly lap: string
}

/** What one writer did. */
export interface Tally {
  readonly successes: number
  readonly attempts: number
}

export interface Outcome {
  readonly tallies: ReadonlyArray<Tally>
  readonly seconds: number
}

export interface Store {
  /** One writer appends event after event without a condition: events a second. Absent for what can't. */
  readonly append: (millis: number, lap: string) => Effect.Effect<number>
  /** Each writer reads its boundary and appends on the condition that nothing was added, until the time is over. */
  readonly compete: ((load: Load) => Effect.Effect<Outcome>) | undefined
  /** Reads boundaries one after another: how long each took, in milliseconds. At most `millis` in all. */
  readonly readBoundaries:
    | ((courses: ReadonlyArray<string>, expected: number, millis: number) => Effect.Effect<ReadonlyArray<number>>)
    | undefined
  /** Reads the whole log: how many events it has. Absent where a store has no order of all events. */
  readonly readAll: Effect.Effect<number> | undefined
  /** Decides each task in turn, `workers` at a time; decides again when the boundary has changed. */
  readonly decide:
    | ((tasks: ReadonlyArray<Task>, workers: number) => Effect.Effect<Decisions>)
    | undefined
}

/** A command: its boundary, and what it makes of what is there; undefined when it is refused. */
export interface Task {
  readonly boundary: Boundary
  readonly decide: (events: ReadonlyArray<FoundEvent>) => BenchEvent | undefined
}

export interface Decisions {
  readonly accepted: number
  readonly refused: number
  readonly conflicts: number
}

/** What a decision read gives: the events, and what the next read or the append needs to know. */
export interface Read<Known> {
  readonly events: ReadonlyArray<FoundEvent>
  readonly known: Known
}
