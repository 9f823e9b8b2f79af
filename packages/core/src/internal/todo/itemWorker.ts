import * as Cause from "effect/Cause"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Message from "../../Message.ts"
import type { LeasedWork, WorkResult } from "../../WorkStore.ts"
import * as OwnProgram from "../ownProgram.ts"
import { tellFailure } from "../work/tellFailure.ts"
import { neverEnded, retryAt, retryOrPark, type Worker } from "../work/workRunner.ts"

/** How many items of a list are worked on at the same time, in this process. */
const concurrency = 32

/** How often what is said last is tried beyond the attempts of the item. */
const lastAttempts = 8

/** An attempt failed as every other one would, before the code is mended: its item is parked at once. */
export class NeverSucceeds extends Data.TaggedError("NeverSucceeds")<{ readonly message: string }> {}

const neverSucceeds = (cause: Cause.Cause<unknown>): boolean =>
  Option.exists(Cause.findErrorOption(cause), (error) => error instanceof NeverSucceeds)

/** What is done with the items of one queue. `Job` is what an item's content decodes to. */
export interface Options<Job extends { readonly meta: Message.Meta }> {
  readonly queue: string
  /** Whose items they are, for people: `Plugin.Component`. */
  readonly component: string
  /** How often an item is tried before it is parked. */
  readonly attempts: number
  /** Counts what became of items and attempts. */
  readonly outcomes: Metric.Counter<number>
  /** What becomes of an item that can't be begun as it is; undefined where it can. */
  readonly instead?: (item: LeasedWork) => Effect.Effect<WorkResult | undefined>
  /** Reads an item. Where that fails it is parked at once with the message: no attempt can, before the code is mended. */
  readonly read: (item: LeasedWork) => Effect.Effect<Job, { readonly message: string }>
  /** One attempt, whole: it succeeds when everything that the item comes to is done. {@link NeverSucceeds} is the last one. */
  readonly attempt: (item: LeasedWork, job: Job) => Effect.Effect<void, unknown>
  /** Says that an item's attempts are used up, before it is parked. */
  readonly exhausted?: (item: LeasedWork, job: Job, reason: string) => Effect.Effect<void, unknown>
}

/** What works on a queue: tries each item in the trace of its cause, again after a pause, and parks it with the reason. */
export const make = <Job extends { readonly meta: Message.Meta }>(
  { attempt, attempts, component, exhausted, instead, outcomes, queue, read }: Options<Job>
): Worker => {
  const counters = Object.fromEntries(
    ["done", "failed", "parked"].map((outcome) => [outcome, Metric.withAttributes(outcomes, { component, outcome })])
  )
  const count = (outcome: "done" | "failed" | "parked") => Metric.update(counters[outcome]!, 1)

  const exhaust = Effect.fnUntraced(
    function*(item: LeasedWork, job: Job, reason: string): Effect.fn.Return<WorkResult> {
      const limit = attempts + lastAttempts
      if (exhausted === undefined || item.attempts > limit) return { _tag: "Park", reason }
      const said = yield* Effect.exit(exhausted(item, job, reason))
      if (Exit.isSuccess(said)) return { _tag: "Park", reason }
      if (Cause.hasInterruptsOnly(said.cause)) return yield* Effect.failCause(said.cause as Cause.Cause<never>)
      yield* Effect.logWarning(`${component} could not say that the attempts of ${item.id} are used up`, said.cause)
      return item.attempts >= limit
        ? { _tag: "Park", reason: `${reason}; and onExhausted failed: ${OwnProgram.reasonOf(said.cause)}` }
        : { _tag: "Retry", due: yield* retryAt(item.attempts - attempts), reason }
    }
  )

  const resultOf = Effect.fnUntraced(
    function*(item: LeasedWork, job: Job): Effect.fn.Return<WorkResult> {
      if (item.attempts > attempts) return yield* exhaust(item, job, item.reason ?? neverEnded(attempts))
      const done = yield* Effect.exit(attempt(item, job))
      if (Exit.isSuccess(done)) return { _tag: "Done", outcome: undefined }
      if (Cause.hasInterruptsOnly(done.cause)) return yield* Effect.failCause(done.cause as Cause.Cause<never>)
      const reason = OwnProgram.reasonOf(done.cause)
      yield* count("failed")
      yield* Effect.logDebug(`${component} failed on ${item.id}, attempt ${item.attempts}`, done.cause)
      if (neverSucceeds(done.cause)) return { _tag: "Park", reason }
      return item.attempts < attempts
        ? yield* retryOrPark(item, attempts, reason)
        : yield* exhaust(item, job, reason)
    }
  )

  const begin = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    const job = yield* Effect.result(read(item))
    return Result.isFailure(job)
      ? { _tag: "Park", reason: job.failure.message }
      : yield* Message.continueTrace(job.success.meta.traceparent, resultOf(item, job.success))
  })

  return {
    queue,
    concurrency,
    work: Effect.fnUntraced(function*(item) {
      const other = instead === undefined ? undefined : yield* instead(item)
      const result = other ?? (yield* begin(item))
      if (result._tag === "Done") yield* count("done")
      if (result._tag === "Park") yield* count("parked")
      yield* tellFailure(component, item, result)
      return result
    })
  }
}
