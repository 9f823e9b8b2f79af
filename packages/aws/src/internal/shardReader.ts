/** One shard of a table's stream, from its oldest record to its end. */
import type { _Record } from "@aws-sdk/client-dynamodb-streams"
import type { EventStoreError } from "@reventless/core/EventStore"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Item } from "../Dynamo.ts"
import type { PositionLost, StreamClient } from "./streamClient.ts"

/** Who is told what is read. */
export interface Audience {
  readonly add: (partition: string, version: number, item: Item | undefined) => void
  /** Those that were added are all that was read. */
  readonly ring: () => void
  readonly rescan: () => void
}

/** A page has at most 1000 records and 1 MB; one that is half full says that there is more. */
const manyRecords = 500
const manyBytes = 512 * 1024

/** The first of two sequence numbers: decimal, without leading zeros, and too long for a number. */
const isBefore = (a: string, b: string): boolean => a.length === b.length ? a < b : a.length < b.length

/** Where to read: after a record, or from the oldest one there is. Undefined when the shard is no longer there. */
export const position = Effect.fnUntraced(function*(
  stream: StreamClient,
  shard: string,
  from: string | undefined,
  audience: Audience
): Effect.fn.Return<string | undefined, EventStoreError> {
  let after = from
  while (true) {
    const found = yield* Effect.result(stream.position(shard, after))
    if (found._tag === "Success") return found.success
    if (found.failure._tag !== "PositionLost") return yield* found.failure
    audience.rescan()
    if (found.failure.why === "gone") return undefined
    after = undefined
  }
})

/** Reads a shard from a position to its end. */
export const read = Effect.fnUntraced(function*(
  stream: StreamClient,
  shard: string,
  first: string | undefined,
  audience: Audience,
  idle: Duration.Input
): Effect.fn.Return<void, EventStoreError> {
  let last: string | undefined

  const again = ({ why }: PositionLost) => {
    if (why !== "expired") {
      audience.rescan()
      last = undefined
    }
    return why === "gone" ? Effect.undefined : position(stream, shard, last, audience)
  }

  const tell = (records: ReadonlyArray<_Record>): number => {
    let bytes = 0
    for (const { dynamodb: record, eventName } of records) {
      const { Keys, NewImage, SequenceNumber = "", SizeBytes = 0 } = record ?? {}
      bytes += SizeBytes
      if (last === undefined || isBefore(last, SequenceNumber)) last = SequenceNumber
      const partition = Keys?.["pk"]?.S
      const version = Number(Keys?.["sk"]?.N)
      if (eventName === "INSERT" && partition !== undefined && version >= 1) {
        audience.add(partition, version, NewImage as Item | undefined)
      }
    }
    return bytes
  }

  for (let next = first; next !== undefined;) {
    const page = yield* Effect.result(stream.records(next))
    if (page._tag === "Failure") {
      next = page.failure._tag === "PositionLost" ? yield* again(page.failure) : yield* page.failure
      continue
    }
    const { NextShardIterator, Records = [] } = page.success
    const bytes = tell(Records)
    audience.ring()
    next = NextShardIterator
    if (next !== undefined && Records.length < manyRecords && bytes < manyBytes) yield* Effect.sleep(idle)
  }
})
