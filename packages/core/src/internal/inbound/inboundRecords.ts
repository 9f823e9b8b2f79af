import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { RefusalReason } from "../../Inbound.ts"
import * as Message from "../../Message.ts"
import type { InboundStatus } from "../../Operations.ts"
import type { WorkItem, WorkStoreError, WorkStoreShape } from "../../WorkStore.ts"

/** The queue of the inputs that a slice has accepted. No component is called so: its name has a dot. */
export const queueOf = (slice: string): string => `inbound.${slice}`

/** The records of inputs that weren't accepted, which nobody works on: of senders that were identified, and of others. */
const recordsOf = (slice: string, verified: boolean): string =>
  `${queueOf(slice)}.${verified ? "verified" : "unverified"}`

/** How many of the latest records are kept: of what was accepted all are. */
export const kept = 1000

/** After how many records those are forgotten that are too many. */
const sweepEvery = 64

/** Records are due when nobody lives any more. */
const never = 8.64e15

/** An input that was accepted, as it is stored. */
export const Accepted = Schema.Struct({
  /** The slice with its plugin. */
  target: Schema.String,
  deliveryId: Schema.String,
  /** Of the request that was accepted, in seconds; absent when it isn't signed. */
  timestamp: Schema.optionalKey(Schema.String),
  /** Of the body. */
  digest: Schema.String,
  /** Another for each request: it tells which of two that came at once was stored. */
  receipt: Schema.String,
  receivedAt: Schema.Finite,
  meta: Message.Meta,
  input: Schema.Json
})

export type Accepted = typeof Accepted.Type

/** A command that was sent. */
export const Sent = Schema.Struct({ target: Schema.String, messageId: Schema.String })

/** What an accepted input came to. */
export const Outcome = Schema.Struct({ sent: Schema.Array(Sent) })

/** An input that wasn't accepted, as it is stored: never with its body. */
export const Turned = Schema.Struct({
  status: Schema.Literals(["Duplicate", "Refused"]),
  deliveryId: Schema.optionalKey(Schema.String),
  reason: Schema.optionalKey(RefusalReason),
  detail: Schema.optionalKey(Schema.String),
  receivedAt: Schema.Finite
})

export type Turned = typeof Turned.Type

const decodeAccepted = Schema.decodeUnknownOption(Accepted)
const decodeOutcome = Schema.decodeUnknownOption(Outcome)
const decodeTurned = Schema.decodeUnknownOption(Turned)

/** The records of one slice. */
export interface Records {
  /** Whether there is a record of an identified sender with this id. */
  readonly has: (id: string) => Effect.Effect<boolean, WorkStoreError>
  /** Records an input that wasn't accepted. One that is recorded already, by its id, is left as it is. */
  readonly add: (id: string, verified: boolean, record: Turned) => Effect.Effect<void, WorkStoreError>
}

/** Makes the records of a slice. */
export const make = (store: WorkStoreShape, slice: string): Records => {
  let recorded = 0

  /** Forgets what is older than the latest records, which are as many as are kept. */
  const sweep = Effect.fnUntraced(function*(queue: string) {
    const latest = yield* store.list(queue, { backwards: true, limit: kept })
    if (latest.length < kept) return
    const older = yield* store.list(queue, { backwards: true, after: latest.at(-1)!.sequence, limit: Infinity })
    yield* Effect.forEach(older, ({ id }) => store.cancel(queue, id), { discard: true })
  })

  return {
    has: (id) => Effect.map(store.get(recordsOf(slice, true), id), (found) => found !== undefined),
    add: Effect.fnUntraced(function*(id, verified, record) {
      const queue = recordsOf(slice, verified)
      yield* store.add(queue, [{ id, lane: id, due: never, content: record }], record.receivedAt)
      // Each process counts its own, and begins with a sweep.
      if (recorded++ % sweepEvery === 0) yield* Effect.forEach([true, false], (one) => sweep(recordsOf(slice, one)))
    })
  }
}

/** What is recorded of an input. */
const statusOf = (slice: string, item: WorkItem): InboundStatus => {
  const turned = Option.getOrUndefined(decodeTurned(item.content))
  const accepted = Option.getOrUndefined(decodeAccepted(item.content))
  const outcome = Option.getOrUndefined(decodeOutcome(item.outcome))
  return {
    slice,
    id: item.id,
    deliveryId: (turned ?? accepted)?.deliveryId,
    receivedAt: (turned ?? accepted)?.receivedAt ?? item.time,
    status: turned?.status ??
      (item.state === "Done" ? "Translated" : item.state === "Parked" ? "Parked" : "Accepted"),
    refusal: turned?.reason,
    reason: turned?.detail ?? item.reason,
    attempts: item.attempts,
    sent: outcome?.sent ?? []
  }
}

/** The records of a slice's inputs before one, the newest first, each with its place. */
export const list = Effect.fnUntraced(function*(
  store: WorkStoreShape,
  { before, limit, name, slice }: {
    readonly slice: string
    /** The slice with its plugin. */
    readonly name: string
    readonly before: number | undefined
    readonly limit: number
  }
) {
  const page = { backwards: true, after: before, limit } as const
  const found = yield* Effect.forEach([
    store.list(queueOf(slice), page),
    store.list(queueOf(slice), { ...page, state: "Done" }),
    store.list(recordsOf(slice, true), page),
    store.list(recordsOf(slice, false), page)
  ], (items) => items)
  return found.flat().sort((a, b) => b.sequence - a.sequence).slice(0, limit).map((item) => ({
    place: item.sequence,
    status: statusOf(name, item)
  }))
})
