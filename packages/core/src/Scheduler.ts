/**
 * The scheduler: commands that are sent later, at an instant, at an interval or by a calendar.
 *
 * Creating a schedule under a name that exists replaces it. A one-shot schedule is gone once it fired. What fell due while
 * no process ran fires once. Schedules are kept where the platform keeps its work: on a durable platform they survive a
 * restart. The id of the command follows from the schedule and the instant, so a firing that is repeated is handled once.
 *
 * A firing that fails for a passing reason is tried again. One that comes to nothing is logged and listed with its reason:
 * a schedule that fires again goes on, a one-shot one stays until it is deleted or created anew.
 */
import * as Context from "effect/Context"
import type * as Cron from "effect/Cron"
import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as CommandBus from "./CommandBus.ts"
import type { WorkStoreError } from "./WorkStore.ts"

/** When a schedule fires. */
export type When =
  /** Once, at an instant; at once when it has passed. */
  | { readonly at: DateTime.DateTime }
  /** Again and again, first after one interval. Not less than a second. */
  | { readonly every: Duration.Input }
  /** By a calendar; `effect/Cron` carries the time zone. */
  | { readonly cron: Cron.Cron }

/** A schedule: a name that is unique on the platform, when it fires, and the command that it sends. */
export interface Schedule<T extends CommandBus.AnyTarget> {
  readonly name: string
  readonly when: When
  readonly to: T
  readonly command: CommandBus.PayloadOf<T>
}

/** A schedule as it is listed. */
export interface Scheduled {
  readonly name: string
  readonly when: When
  /** The command's target with its plugin: `Catalog.AddProduct`. */
  readonly target: string
  /** When it fires next, or tries to, in milliseconds since 1970; undefined when it won't by itself: see `failure`. */
  readonly next: number | undefined
  /** How often it has fired. */
  readonly fired: number
  /** Why its last firing came to nothing, or has not succeeded yet. */
  readonly failure: string | undefined
}

/** The schedule can't be created as it is. */
export class InvalidSchedule extends Schema.TaggedError<InvalidSchedule>()("InvalidSchedule", {
  name: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `The schedule '${this.name}' can't be created: ${this.detail}.`
  }
}

/** Sends commands later. */
export class Scheduler extends Context.Service<Scheduler, {
  /** Creates a schedule, or replaces the one with its name. */
  readonly create: <T extends CommandBus.AnyTarget>(
    schedule: Schedule<T>
  ) => Effect.Effect<void, InvalidSchedule | CommandBus.InvalidCommand | CommandBus.UnknownCommand | WorkStoreError>
  /** Deletes a schedule; whether there was one. */
  readonly delete: (name: string) => Effect.Effect<boolean, WorkStoreError>
  /** The schedules, by name. */
  readonly list: Effect.Effect<ReadonlyArray<Scheduled>, WorkStoreError>
}>()("@reventless/core/Scheduler") {}
