/**
 * What a reader of a table's stream has to live with: a fault-injecting double at the boundary of the AWS SDK's client of
 * DynamoDB Streams. It wraps a function that makes one request, and fails with what the SDK throws.
 *
 * ```ts
 * const faults = yield* DynamoStreamFaults.make({ repeat: 0.2, delay: 0.2, shuffle: 0.5, expire: 0.05 })
 * const doorbells = DynamoStream.layerRaw(faults.wrap(yield* DynamoStream.makeRaw(client)))
 * ```
 *
 * What is drawn comes from the `Random` with which the value was made.
 */
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { RawSend } from "./DynamoFaults.ts"
import * as Errors from "./internal/dynamo/errors.ts"

/** How often each fault happens, from 0 to 1 and 0 when absent. */
export interface Rates {
  /** A record comes once more, at once or with a later answer. */
  readonly repeat?: number
  /** A record comes with a later answer than it should; with the last one of its shard at the latest. */
  readonly delay?: number
  /** The records of an answer are in no order. */
  readonly shuffle?: number
  /** A request for records is refused because its iterator is said to have expired. */
  readonly expire?: number
  /** A request for records is refused because what it asks for is said to have been removed. */
  readonly trim?: number
  /** A request is refused for its rate. */
  readonly throttle?: number
  /** The connection is reset before the answer comes. */
  readonly lose?: number
}

/** How often something has happened. */
export type Counts = { readonly [Name in keyof Required<Rates>]: number }

/** Faults for the clients that it wraps. */
export interface DynamoStreamFaults {
  /** The same `send`, with faults. */
  readonly wrap: <Operation extends string>(send: RawSend<Operation>) => RawSend<Operation>
  /** What has happened so far. A test whose faults never happened proves nothing. */
  readonly counts: Effect.Effect<Counts>
}

interface Records {
  readonly Records?: ReadonlyArray<unknown>
  readonly NextShardIterator?: string
}

/** Makes faults. */
export const make = Effect.fnUntraced(function*(rates: Rates): Effect.fn.Return<DynamoStreamFaults> {
  const random = yield* Random.Random
  const counts = { repeat: 0, delay: 0, shuffle: 0, expire: 0, trim: 0, throttle: 0, lose: 0 }

  const happens = (name: keyof Rates): boolean => {
    const does = random.nextDoubleUnsafe() < (rates[name] ?? 0)
    if (does) counts[name]++
    return does
  }

  const shuffled = <A>(elements: ReadonlyArray<A>): ReadonlyArray<A> =>
    elements.map((element) => [random.nextDoubleUnsafe(), element] as const)
      .sort(([a], [b]) => a - b).map(([, element]) => element)

  /** A `send` whose records are disturbed; what is held back comes with one of its next answers. */
  const disturb = (
    send: (operation: string, request: unknown) => Effect.Effect<unknown, Errors.SendFailed>
  ): typeof send => {
    let heldBack: ReadonlyArray<unknown> = []

    const records = (answer: Records): Records => {
      const now: Array<unknown> = [...heldBack]
      const later: Array<unknown> = []
      const isLast = answer.NextShardIterator === undefined
      for (const record of answer.Records ?? []) {
        if (!isLast && happens("delay")) later.push(record)
        else now.push(record)
        if (happens("repeat")) (isLast || random.nextDoubleUnsafe() < 0.5 ? now : later).push(record)
      }
      heldBack = later
      return { ...answer, Records: now.length > 1 && happens("shuffle") ? shuffled(now) : now }
    }

    return (operation, request) =>
      Effect.suspend(() => {
        if (happens("throttle")) return Effect.fail(Errors.throttled())
        if (operation !== "GetRecords") return send(operation, request)
        if (happens("expire")) return Effect.fail(Errors.expiredIterator())
        if (happens("trim")) return Effect.fail(Errors.trimmedData())
        if (happens("lose")) return Effect.fail(Errors.connectionReset())
        return Effect.map(send(operation, request), (answer) => records(answer as Records))
      })
  }

  return {
    wrap: (send) => disturb(send as unknown as Parameters<typeof disturb>[0]) as unknown as typeof send,
    counts: Effect.sync(() => ({ ...counts }))
  }
})
