/** A command's execution by a process, as a command handler does it: read, decide, append or confirm, and begin again. */
import * as Boundary from "@reventless/core/Boundary"
import type {
  AppendConflict,
  Appended,
  BoundaryRead,
  Contended,
  EventStoreError,
  EventStoreShape,
  NewEvent
} from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import { type Command, decide } from "./Scenario.ts"
import type { World } from "./World.ts"

/** A decision that was given to the store to append. */
export interface Decision {
  readonly id: string
  readonly execution: string
  readonly command: Command
  /** The ids of the events that it was made from. */
  readonly seen: ReadonlySet<string>
  readonly events: ReadonlyArray<NewEvent>
  /** When the store was asked. */
  readonly asked: number
  /** When the store answered that something was added that matches, which it must have good reason for. */
  refused: number | undefined
}

/** How an execution ended. */
export type Outcome =
  | { readonly _tag: "Accepted"; readonly appended: Appended; readonly decision: string | undefined }
  | { readonly _tag: "Rejected"; readonly seen: ReadonlySet<string> }
  | { readonly _tag: "Failed"; readonly reason: string }

/** A command's execution, when it is over. */
export interface Execution {
  readonly id: string
  readonly command: Command
  readonly began: number
  readonly ended: number
  readonly outcome: Outcome
}

/** Something that a correct store can't have done. */
export interface Violation {
  /** A name for its kind. */
  readonly kind: string
  readonly detail: string
}

/** What a run writes down as it goes. */
export interface Journal {
  readonly executions: Array<Execution>
  readonly decisions: Map<string, Decision>
  readonly violations: Array<Violation>
  readonly reads: Array<Read>
}

/** A decision read. */
export interface Read {
  readonly execution: string
  readonly query: Query.Query
  readonly began: number
  readonly ended: number
  /** The ids of all events that had been seen by then. */
  readonly seen: ReadonlySet<string>
  /** Which versions of which partitions it says it saw. */
  readonly versions: Readonly<Record<string, number>>
}

/** What a process knows of a query: the events that it saw, by id, and the boundary that they make. */
interface Known {
  readonly boundary: Boundary.Boundary
  readonly seen: ReadonlySet<string>
}

/** A process: its store, and what it remembers of boundaries that it read, which others find as in a snapshot. */
export interface Process {
  readonly store: EventStoreShape
  readonly others: ReadonlyArray<Process>
  readonly remembered: Map<string, Known>
}

type Failure = AppendConflict | Contended | EventStoreError

const mostDecisions = 40

const idOf = (event: NewEvent): string => event.meta.messageId

const reasonOf = (error: Failure): string => error._tag === "EventStoreError" ? error.reason._tag : error._tag

/** What a process knows after it has read some more; what it must not have read is written down. */
const learn = (
  journal: Journal,
  id: string,
  query: Query.Query,
  known: Known,
  read: BoundaryRead,
  time: Pick<Read, "began" | "ended">
): Known => {
  const seen = new Set(known.seen)
  read.events.forEach((event, index) => {
    const name = idOf(event)
    const violation = (kind: string) => journal.violations.push({ kind, detail: `${id} read ${name}` })
    if (seen.has(name)) violation("seen-twice")
    if (!Query.matches(query, event)) violation("not-of-the-query")
    if (index > 0 && read.events[index - 1]!.position >= event.position) violation("fold-order")
    seen.add(name)
  })
  const { extent } = read.boundary
  const versions = extent._tag === "Versions" ? extent.versions : {}
  journal.reads.push({ execution: id, query, seen, versions, ...time })
  return { seen, boundary: read.boundary }
}

/** Executes a command once. It never fails; how it ended is written down. */
export const execute = Effect.fnUntraced(function*(
  world: World,
  journal: Journal,
  process: Process,
  command: Command,
  id: string
) {
  const { query, remembered } = command
  const { store } = process
  const began = world.now()
  const commandId = remembered ? command.id : undefined
  const key = Query.key(query)

  const nothing: Known = { boundary: Boundary.absent(query), seen: new Set() }

  const read = Effect.fnUntraced(function*(known: Known, since: boolean) {
    const began = world.now()
    const more = yield* store.readBoundary(query, since ? { since: known.boundary } : undefined)
    return learn(journal, id, query, known, more, { began, ended: world.now() })
  })

  const append = (known: Known, shapes: ReadonlyArray<Pick<NewEvent, "type" | "tags">>, turn: number) => {
    const decision: Decision = {
      id: `${id}.${turn}`,
      execution: id,
      command,
      seen: known.seen,
      asked: world.now(),
      refused: undefined,
      events: shapes.map(({ tags, type }, index): NewEvent => {
        const messageId = `${id}.${turn}.${index}`
        const meta = { messageId, correlationId: command.id, time: 0, service: "S.C", schemaVersion: 1 }
        return { type, tags, data: { decision: `${id}.${turn}`, index }, meta }
      })
    }
    journal.decisions.set(decision.id, decision)
    return Effect.match(store.append(decision.events, { boundary: known.boundary, commandId }), {
      onSuccess: (appended): Outcome => {
        if (!appended.replayed) {
          const own = decision.events.filter((event) => Query.matches(query, event)).map(idOf)
          process.remembered.set(key, {
            boundary: Boundary.after(known.boundary, appended.token),
            seen: new Set([...known.seen, ...own])
          })
        }
        return { _tag: "Accepted", appended, decision: decision.id }
      },
      onFailure: (error): Outcome | "again" => {
        if (error._tag !== "AppendConflict") return { _tag: "Failed", reason: reasonOf(error) }
        decision.refused = world.now()
        return "again"
      }
    })
  }

  const reject = (known: Known) =>
    Effect.match(store.confirm(known.boundary, { commandId }), {
      onSuccess: (appended): Outcome =>
        appended === undefined
          ? { _tag: "Rejected", seen: known.seen }
          : { _tag: "Accepted", appended, decision: undefined },
      onFailure: (error): Outcome | "again" =>
        error._tag === "AppendConflict" ? "again" : { _tag: "Failed", reason: reasonOf(error) }
    })

  const outcome = yield* Effect.gen(function*() {
    const keeper = world.random() < 0.2 ? process.others[world.below(process.others.length)]! : process
    const kept = world.random() < 0.5 ? keeper.remembered.get(key) : undefined
    // Whoever remembers may decide without looking: the store finds out whether it has missed something.
    const looks = !command.absent && (kept === undefined || world.random() < 0.7)
    let known = looks ? yield* read(kept ?? nothing, kept !== undefined) : kept ?? nothing
    for (let turn = 0; turn < mostDecisions; turn++) {
      if (looks || turn > 0) process.remembered.set(key, known)
      const decided = decide(command, known.seen.size)
      const result = decided === "reject" ? yield* reject(known) : yield* append(known, decided, turn)
      if (result !== "again") return result
      known = yield* read(known, true)
    }
    const endless: Outcome = { _tag: "Failed", reason: "Contended" }
    return endless
  }).pipe(
    Effect.catch((error) => {
      const failed: Outcome = { _tag: "Failed", reason: reasonOf(error) }
      return Effect.succeed(failed)
    })
  )
  journal.executions.push({ id, command, began, ended: world.now(), outcome })
  return outcome
})
