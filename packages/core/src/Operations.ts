/**
 * Operations: what a person needs who runs an application. Which views are behind, which events are parked and why,
 * replay and skip, rebuild with progress, the events of a log, work that is done later: what waits, what is parked and
 * why, replay, run by hand and cancel; the registry: the plugins with their versions, and how their extensions stand; and the
 * model of the application.
 *
 * Nobody but the application itself may use them unless the platform says who may (`Platform.layer`'s `operators`).
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { AccessDenied } from "./Access.ts"
import type { EventStoreError, SequencedEvent } from "./EventStore.ts"
import type { RefusalReason } from "./Inbound.ts"
import type { Model } from "./Model.ts"
import type { InvalidQuery, UnknownView } from "./QueryEngine.ts"
import type { Outcome } from "./ReactionPipeline.ts"
import type { Registry } from "./Registry.ts"
import type { BlockedLane, ParkedDelivery, SkippedDelivery, ViewStoreError } from "./ViewStore.ts"
import type { WorkItem, WorkState, WorkStoreError } from "./WorkStore.ts"

/** How a view is doing. */
export interface ViewStatus {
  /** The view with its plugin: `Catalog.Products`. */
  readonly view: string
  readonly generation: number
  /**
   * How many milliseconds ago the first event was made that the view hasn't applied yet, and 1 at least; 0 when it has
   * caught up.
   */
  readonly lagMillis: number
  /** The lanes that wait because of an event that could not be applied. */
  readonly blocked: ReadonlyArray<BlockedLane>
  /** The rebuild that is under way, if there is one. */
  readonly rebuild: RebuildProgress | undefined
}

/** How far a rebuild has come. */
export interface RebuildProgress {
  readonly view: string
  /** The generation that is being built. */
  readonly generation: number
  /** From 0 to 1: how much of what the running generation has seen, where the store can tell. */
  readonly fraction: number | undefined
  /** Whether the new generation has taken the old one's place. */
  readonly done: boolean
}

/** Which parked events of a view to look at. */
export interface ParkedFilter {
  /** Those of this lane only. */
  readonly lane?: string | undefined
  /** At most so many, 1 to 1000; 100 when absent. */
  readonly limit?: number | undefined
  /** Continue after a page: its `cursor`. */
  readonly cursor?: string | undefined
}

/** A page of parked events. */
export interface ParkedPage {
  /** By lane and position. */
  readonly parked: ReadonlyArray<ParkedDelivery>
  /** Where the next page begins; absent on the last page. */
  readonly cursor: string | undefined
}

/** Which events of a log to look at. */
export interface EventFilter {
  readonly types?: ReadonlyArray<string> | undefined
  /** Events that carry all of these tags, `key:value`. */
  readonly tags?: ReadonlyArray<string> | undefined
  /** Made at this instant or later, in milliseconds since 1970. */
  readonly since?: number | undefined
  /** Made before this instant, in milliseconds since 1970. */
  readonly until?: number | undefined
  /** From this position on; in the order asked for. */
  readonly from?: number | undefined
  /** The newest first. */
  readonly backwards?: boolean | undefined
  /** At most so many, 1 to 1000; 100 when absent. */
  readonly limit?: number | undefined
}

/** A page of events. */
export interface EventPage {
  readonly events: ReadonlyArray<SequencedEvent>
  /** From where the next page begins; absent at the end. */
  readonly next: Option.Option<number>
}

/** Which work to look at. */
export interface WorkFilter {
  /** Of this plugin only; schedules are of `Platform`. */
  readonly plugin?: string | undefined
  /** In this state only. All but what is done when absent. */
  readonly state?: WorkState | undefined
  readonly lane?: string | undefined
  /** With what is to be done, as it is stored: the payload of a command, who sent it, when a schedule fires. */
  readonly content?: boolean | undefined
  /** At most so many, 1 to 1000; 100 when absent. */
  readonly limit?: number | undefined
  /** Continue after a page: its `cursor`. */
  readonly cursor?: string | undefined
}

/** Work that is done later: a command that was taken, or a schedule. */
export interface WorkStatus extends Pick<WorkItem, "id" | "lane" | "state" | "due" | "attempts" | "reason" | "time"> {
  /** Whose work it is: a plugin, or `Platform`. */
  readonly plugin: string
  /** `commands`, where the id is the command's message id, or `schedules`, where it is the schedule's name. */
  readonly queue: string
  /**
   * The target of the command with its plugin: `Catalog.AddProduct`; or the event that is to be mapped or handled, by its
   * name. Absent when what is stored names neither.
   */
  readonly target: string | undefined
  /** What is to be done, as it is stored; absent unless it was asked for. */
  readonly content: Schema.Json | undefined
}

/** A page of work. */
export interface WorkPage {
  /** By plugin and queue, and in each in the order in which it was added. */
  readonly work: ReadonlyArray<WorkStatus>
  /** Where the next page begins; absent on the last page. */
  readonly cursor: string | undefined
}

/** A run of a scheduled task that was asked for by hand: an item of work. */
export interface RunByHand {
  readonly plugin: string
  /** `tasks.byHand`. */
  readonly queue: string
  readonly id: string
  /** What it waits for: the run that is in progress, or one by hand that isn't done. Absent when it begins at once. */
  readonly behind: Pick<WorkStatus, "queue" | "id" | "state"> | undefined
}

/** Which inputs of an inbound translation slice to look at. */
export interface InboundFilter {
  /** At most so many, 1 to 1000; 100 when absent. */
  readonly limit?: number | undefined
  /** Continue after a page: its `cursor`. */
  readonly cursor?: string | undefined
}

/** What came in, and what became of it. */
export interface InboundStatus {
  /** The slice with its plugin: `Shop.PaymentReceived`. */
  readonly slice: string
  /** Of the record; of an accepted input it is the id of the work, to replay or cancel it. */
  readonly id: string
  /** What the sender calls the delivery: `webhook-id`. Absent when a refused request had none. */
  readonly deliveryId: string | undefined
  /** When it came, in milliseconds since 1970. */
  readonly receivedAt: number
  /**
   * `Accepted` when its translation waits, is under way or is tried again; `Translated` when its commands are done, and
   * `Parked` when a person has to look. `Duplicate` is an accepted delivery that came once more.
   */
  readonly status: "Accepted" | "Translated" | "Parked" | "Duplicate" | "Refused"
  /** Why it was refused. */
  readonly refusal: RefusalReason | undefined
  /** Why it was refused, is parked, or why the last attempt failed; for a person. */
  readonly reason: string | undefined
  /** How often its translation was begun. */
  readonly attempts: number
  /** The commands that it meant, once it is translated. */
  readonly sent: ReadonlyArray<{ readonly target: string; readonly messageId: string }>
}

/** A page of inputs. */
export interface InboundPage {
  /** The newest first. */
  readonly inbound: ReadonlyArray<InboundStatus>
  /** Where the next page begins; absent on the last page. */
  readonly cursor: string | undefined
}

/** Why an operation failed. */
export type OperationError =
  | AccessDenied
  | UnknownView
  | InvalidQuery
  | ViewStoreError
  | EventStoreError
  | WorkStoreError

/** The operations of a platform. */
export class Operations extends Context.Service<
  Operations,
  Registry["Service"] & {
    /** How every view is doing. */
    readonly views: Effect.Effect<ReadonlyArray<ViewStatus>, OperationError>
    /**
     * A page of the parked events of a view, by lane and position. An event that is parked or released between two pages
     * is on the later one as it is then; no other is left out or met twice.
     */
    readonly parked: (view: string, filter?: ParkedFilter) => Effect.Effect<ParkedPage, OperationError>
    /** Applies the parked events of a lane in order, until one can't be applied. */
    readonly replay: (view: string, lane: string) => Effect.Effect<ReadonlyArray<Outcome>, OperationError>
    /**
     * Gives up the first parked event of a lane, records who did so and why, and replays those behind it. With `position`
     * only if that event is the first, so that two people who skip don't give up two events. The outcomes of the replay;
     * none when nothing was given up.
     */
    readonly skip: (
      view: string,
      lane: string,
      why: string,
      position?: number
    ) => Effect.Effect<Option.Option<ReadonlyArray<Outcome>>, OperationError>
    /** The record of a view's skips, oldest first. */
    readonly skipped: (view: string) => Effect.Effect<ReadonlyArray<SkippedDelivery>, OperationError>
    /**
     * Builds a view anew beside the running one, which goes on answering, and swaps it in. Progress as it is made; the last
     * one is `done`. Who stops listening doesn't stop the rebuild.
     */
    readonly rebuild: (view: string) => Stream.Stream<RebuildProgress, OperationError>
    /**
     * The model of the application: of the plugins that run in this process, in the order in which it lists them, or of some
     * of these.
     */
    readonly model: (plugins?: ReadonlyArray<string>) => Effect.Effect<Model, OperationError>
    /** The events of a plugin's log. Refused where the store has no one order. */
    readonly events: (plugin: string, filter: EventFilter) => Effect.Effect<EventPage, OperationError>
    /**
     * A page of the work that is done later. What is added or finished between two pages is on the later one as it is then;
     * no other is left out or met twice, except a schedule that was created anew.
     */
    readonly work: (filter?: WorkFilter) => Effect.Effect<WorkPage, OperationError>
    /**
     * A page of what came in for an inbound translation slice, the newest first: `Shop.PaymentReceived`. Every accepted
     * input is on record. Of the others the latest 1000 are that identified senders sent, and the latest 1000 of everybody
     * else; their bodies aren't kept.
     */
    readonly inbound: (slice: string, filter?: InboundFilter) => Effect.Effect<InboundPage, OperationError>
    /**
     * Has a parked item done again, at once and with as many attempts as a new one; its lane goes on with it. Whether it was
     * parked; who did so is logged.
     */
    readonly replayWork: (plugin: string, queue: string, id: string) => Effect.Effect<boolean, OperationError>
    /**
     * Runs a scheduled task once more, at once: the item of the plugin's queue `tasks` with its name. It has as many attempts
     * as other runs, gets the instant of asking as `due`, and is parked when it fails for good. It waits for a run of the
     * task that is in progress, and for those by hand that were asked for before; the schedule stays as it is, and waits
     * while a run by hand is in progress. Who asked is logged, and kept with the run.
     */
    readonly runWork: (plugin: string, queue: string, id: string) => Effect.Effect<RunByHand, OperationError>
    /**
     * Forgets an item that isn't done, whatever its state, so that its lane goes on. Whether there was one; who did so and
     * why is logged, and nowhere else recorded.
     *
     * Nothing of it is left: who asks for the outcome of a cancelled command is answered `UnknownMessage`, as if it had never
     * been taken. A schedule is deleted. An item of a todo list stays, done, with who and why as its outcome: it would be
     * collected anew otherwise. What is being worked on just then may be done nevertheless.
     */
    readonly cancelWork: (
      plugin: string,
      queue: string,
      id: string,
      why: string
    ) => Effect.Effect<boolean, OperationError>
  }
>()("@reventless/core/Operations") {}
