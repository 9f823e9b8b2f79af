import { Contended, EventStoreError, OutcomeUnknown, StoreUnavailable } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import type { DynamoError, Item } from "../Dynamo.ts"
import type { Attempt } from "./attempt.ts"
import { toEventStoreError } from "./failure.ts"
import { writeIdOf } from "./items.ts"
import { backoff, maxTries } from "./retries.ts"
import { readTogether, type Table } from "./tableReader.ts"

/** A place that an attempt claimed and that holds something already. */
export interface Taken {
  readonly partition: string
  readonly item: Item | undefined
}

/** What became of an attempt, for certain. */
export type Outcome =
  | { readonly _tag: "Applied" }
  /** It was not applied by this request. Unless an earlier one of the same attempt was, it never will be. */
  | { readonly _tag: "Taken"; readonly places: ReadonlyArray<Taken> }

const applied: Outcome = { _tag: "Applied" }

/** What one answer says: how it ended, that it may be sent again, or that it can't be done. */
type Answer = Outcome | "again" | "unknown" | "never"

const answerOf = ({ claims }: Attempt, { reason }: DynamoError, unknown: boolean): Answer => {
  switch (reason._tag) {
    case "ConditionFailed":
      return { _tag: "Taken", places: [{ partition: claims[0]!.partition, item: reason.item }] }
    case "Canceled": {
      const places = reason.reasons.flatMap(({ code, item }, index) =>
        code === "ConditionalCheckFailed" ? [{ partition: claims[index]!.partition, item }] : []
      )
      // A place that another transaction holds just now may be this attempt's own, if an answer to it was lost.
      const hidden = unknown && reason.reasons.some(({ code }) => code === "TransactionConflict")
      if (places.length > 0 && !hidden) return { _tag: "Taken", places }
      return reason.reasons.some(({ code }) => code === "ValidationError") ? "never" : "again"
    }
    case "Throttled":
    case "Busy":
    case "Unreachable":
      return "again"
    case "Unanswered":
      return "unknown"
    case "NoTable":
    case "Rejected":
      return "never"
  }
}

const request = (table: Table, { claims, writeId }: Attempt): Effect.Effect<unknown, DynamoError> => {
  const [first, ...more] = claims
  return first?.item.Put !== undefined && more.length === 0
    ? table.dynamo.send("PutItem", first.item.Put)
    : table.dynamo.send("TransactWriteItems", {
      TransactItems: claims.map(({ item }) => item),
      ClientRequestToken: writeId
    })
}

/**
 * Whether a refused attempt was applied by an earlier request: then its first item stands in its place. The refusal alone
 * may not say so: it need not name every place that is taken.
 */
const stands = (table: Table, { claims, writeId }: Attempt): Effect.Effect<boolean, EventStoreError> => {
  const { pk, sk } = claims[0]!.item.Put!.Item!
  return Effect.matchEffect(readTogether(table, [{ pk: pk!, sk: sk! }]), {
    onSuccess: ([item]) => Effect.succeed(writeIdOf(item) === writeId),
    onFailure: ({ message }) => Effect.fail(new EventStoreError({ reason: new OutcomeUnknown({ detail: message }) }))
  })
}

/**
 * Sends an attempt until its outcome is certain. After a timeout it is the same write that is sent again, never a look
 * whether it arrived: what isn't there may still be on its way, but a place that another has taken stays taken.
 */
export const send = Effect.fnUntraced(function*(table: Table, attempt: Attempt) {
  let unknown = false
  for (let tries = 1;; tries++) {
    const sent = yield* Effect.result(request(table, attempt))
    if (sent._tag === "Success") return applied
    const error = sent.failure
    const answer = answerOf(attempt, error, unknown)
    if (typeof answer !== "string") return unknown && (yield* stands(table, attempt)) ? applied : answer
    unknown ||= answer === "unknown"
    if (answer === "never" || tries >= maxTries) return yield* givenUp(table, error, tries, unknown)
    yield* backoff(tries)
  }
})

const givenUp = (
  table: Table,
  error: DynamoError,
  tries: number,
  unknown: boolean
): Effect.Effect<never, Contended | EventStoreError> => {
  const detail = `table '${table.name}', after ${tries} tries: ${error.message}`
  if (unknown) return Effect.fail(new EventStoreError({ reason: new OutcomeUnknown({ detail }) }))
  if (error.reason._tag === "Busy" || error.reason._tag === "Canceled") {
    return Effect.fail(new Contended({ attempts: tries }))
  }
  return Effect.fail(
    error.reason._tag === "NoTable" || error.reason._tag === "Rejected"
      ? toEventStoreError(table.name, error)
      : new EventStoreError({ reason: new StoreUnavailable({ detail, cause: error }) })
  )
}
