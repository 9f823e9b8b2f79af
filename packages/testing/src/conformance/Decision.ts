/** Decisions: what a command does with the store, and scenarios about them as given, when, then. */
import type { NewEvent } from "@reventless/core/EventStore"
import type * as Query from "@reventless/core/Query"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { type AnyCheck, chapter, equal } from "./Check.ts"
import { append, barrier, event, labels, range, read, readBoundary, together } from "./Fixture.ts"

/** What a command reads, and what it decides from that: events, or a refusal. */
export interface Decision {
  readonly query: Query.Query
  readonly decide: (seen: ReadonlyArray<NewEvent>) => Result.Result<ReadonlyArray<NewEvent>, string>
}

/** The decision was to refuse. */
class Refused extends Data.TaggedError("Refused")<{ readonly because: string }> {}

/** Events of one decision, or a refusal if one of the rules is broken; rules are looked at in their order. */
export const unless = (
  rules: ReadonlyArray<readonly [broken: boolean, because: string]>,
  events: ReadonlyArray<NewEvent>
): Result.Result<ReadonlyArray<NewEvent>, string> => {
  const broken = rules.find(([broken]) => broken)
  return broken === undefined ? Result.succeed(events) : Result.fail(broken[1])
}

/** Events without a label, written as fact and tags: scenarios are about what happened, not about single events. */
export const fact = (type: string, tags: ReadonlyArray<string>, data: NewEvent["data"] = null): NewEvent =>
  event(`${type} ${tags.join(" ")}`, type, tags, data)

/** Reads, decides, appends; on a conflict reads what was added and decides again. `meet` is passed before each append. */
const execute = Effect.fnUntraced(function*(decision: Decision, meet: Effect.Effect<void>) {
  let seen: ReadonlyArray<NewEvent> = []
  let read = yield* readBoundary(decision.query)
  let wait = meet
  while (true) {
    seen = [...seen, ...read.events]
    const decided = decision.decide(seen)
    yield* wait
    if (Result.isFailure(decided)) return yield* new Refused({ because: decided.failure })
    const accepted = yield* append(decided.success, { boundary: read.boundary }).pipe(
      Effect.as(true),
      Effect.catchTag("AppendConflict", () => Effect.succeed(false))
    )
    if (accepted) return decided.success
    wait = Effect.void
    read = yield* readBoundary(decision.query, read.boundary)
  }
})

/** What a scenario expects: the events that are added, or the reason of the refusal. */
type Expected = { readonly events: ReadonlyArray<NewEvent> } | { readonly refused: string }

const outcome = (exit: { readonly events: ReadonlyArray<NewEvent> } | { readonly refused: string }) =>
  "refused" in exit
    ? exit
    : { events: exit.events.map(({ data, tags, type }) => ({ type, tags, data })) }

const settle = (decision: Decision, meet: Effect.Effect<void>) =>
  execute(decision, meet).pipe(
    Effect.map((events): Expected => ({ events })),
    Effect.catchTag("Refused", ({ because }) => Effect.succeed<Expected>({ refused: because }))
  )

/** Given what happened, when this is decided, then these events are added or the command is refused. */
export const scenarios = (example: string) => {
  const check = chapter(`example: ${example}`)
  return {
    scenario: (
      name: string,
      given: ReadonlyArray<NewEvent>,
      when: Decision,
      then: Expected
    ): AnyCheck =>
      check(
        name,
        Effect.gen(function*() {
          for (const event of given) yield* append([event])
          yield* equal(outcome(yield* settle(when, Effect.void)), outcome(then), "the outcome")
          const stored = yield* read({ items: [] })
          const added = "events" in then ? then.events : []
          yield* equal(outcome({ events: stored }), outcome({ events: [...given, ...added] }), "the log")
        })
      ),
    /** Given what happened, when all are decided at once, then so many are accepted and the others are refused like this. */
    contest: (
      name: string,
      given: ReadonlyArray<NewEvent>,
      when: ReadonlyArray<Decision>,
      then: { readonly accepted: number; readonly others: string }
    ): AnyCheck =>
      check(
        name,
        Effect.gen(function*() {
          for (const event of given) yield* append([event])
          const meet = yield* barrier(when.length)
          const outcomes = yield* together(when.map((decision) => settle(decision, meet)))
          const refusals = outcomes.flatMap((outcome) => "refused" in outcome ? [outcome.refused] : [])
          yield* equal(outcomes.length - refusals.length, then.accepted, "how many are accepted")
          yield* equal(refusals, range(when.length - then.accepted).map(() => then.others), "the refusals")
          const stored = labels(yield* read({ items: [] }))
          yield* equal(stored.length, given.length + then.accepted, "the length of the log")
        })
      )
  }
}
