/** The requests to a table's stream, made until they are answered. */
import type * as Client from "@aws-sdk/client-dynamodb-streams"
import { EventStoreError, StoreUnavailable, StoreUnreadable } from "@reventless/core/EventStore"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { SendFailed } from "../Dynamo.ts"
import { backoff } from "./retries.ts"

/** The requests. */
export interface Requests {
  readonly DescribeStream: Client.DescribeStreamCommandInput
  readonly GetRecords: Client.GetRecordsCommandInput
  readonly GetShardIterator: Client.GetShardIteratorCommandInput
}

interface Answers {
  readonly DescribeStream: Client.DescribeStreamCommandOutput
  readonly GetRecords: Client.GetRecordsCommandOutput
  readonly GetShardIterator: Client.GetShardIteratorCommandOutput
}

/** Makes one request and fails with whatever the SDK throws. */
export type RawStreamSend = (operation: keyof Requests, request: never) => Effect.Effect<unknown, SendFailed>

/** Reading can't go on where it was. */
export class PositionLost extends Data.TaggedError("PositionLost")<{
  /** Nobody went on for too long; or the records there were removed; or the shard or the whole stream was. */
  readonly why: "expired" | "trimmed" | "gone"
}> {}

/** A stream. What may pass is tried again here; what is left won't pass. */
export interface StreamClient {
  /** All its shards. */
  readonly shards: Effect.Effect<ReadonlyArray<Client.Shard>, PositionLost | EventStoreError>
  /** The position after a record, or before the oldest one there is. */
  readonly position: (
    shard: string,
    after: string | undefined
  ) => Effect.Effect<string | undefined, PositionLost | EventStoreError>
  readonly records: (position: string) => Effect.Effect<Answers["GetRecords"], PositionLost | EventStoreError>
}

/** How long one request may take. Without a limit a connection that died silently would be waited for for ever. */
const patience = "10 seconds"

/** How often a request is tried: for about half a minute when it is refused, for ten when nobody answers. */
const tries = 60

/** How to say that the stream can't be read. */
export const unreadable = (table: string, detail: string): EventStoreError =>
  new EventStoreError({ reason: new StoreUnreadable({ detail: `the stream of the table '${table}' ${detail}` }) })

const lost: Readonly<Record<string, PositionLost["why"]>> = {
  ExpiredIteratorException: "expired",
  TrimmedDataAccessException: "trimmed",
  ResourceNotFoundException: "gone"
}

const throttled = new Set([
  "LimitExceededException",
  "ProvisionedThroughputExceededException",
  "RequestLimitExceeded",
  "ThrottlingException"
])

interface Thrown {
  readonly name?: string
  readonly message?: string
  readonly $fault?: "client" | "server"
}

/** What the failure is for good; undefined when it may pass. */
const permanent = (table: string, { cause }: SendFailed): PositionLost | EventStoreError | undefined => {
  const { $fault, message, name = "" } = cause as Thrown
  const why = lost[name]
  if (why !== undefined) return new PositionLost({ why })
  return $fault === "client" && !throttled.has(name)
    ? unreadable(table, `can't be read: ${name}: ${message}`)
    : undefined
}

const unanswered: SendFailed = { cause: { name: "TimeoutError", message: `no answer within ${patience}` } }

/** The stream with this ARN, of this table. */
export const make = (raw: RawStreamSend, table: string, StreamArn: string): StreamClient => {
  const send = <Name extends keyof Requests>(
    operation: Name,
    request: Requests[Name]
  ): Effect.Effect<Answers[Name], PositionLost | EventStoreError> => {
    const once = Effect.suspend(() => raw(operation, request as never) as Effect.Effect<Answers[Name], SendFailed>)
      .pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.fail(unanswered) }))
    const attempt = (count: number): typeof sent =>
      Effect.catch(once, (failed) => {
        const end = permanent(table, failed)
        if (end !== undefined) return Effect.fail(end)
        if (count < tries) return Effect.andThen(backoff(count), attempt(count + 1))
        const { message, name } = failed.cause as Thrown
        const detail = `the stream of the table '${table}': ${name}: ${message}`
        return Effect.fail(new EventStoreError({ reason: new StoreUnavailable({ detail, cause: failed.cause }) }))
      })
    const sent: Effect.Effect<Answers[Name], PositionLost | EventStoreError> = Effect.suspend(() => attempt(1))
    return sent
  }

  const shards = Effect.gen(function*() {
    const found: Array<Client.Shard> = []
    let from: string | undefined
    do {
      const { StreamDescription: stream } = yield* send("DescribeStream", {
        StreamArn,
        ...(from === undefined ? {} : { ExclusiveStartShardId: from })
      })
      if (stream?.StreamStatus === "DISABLED") {
        return yield* unreadable(
          table,
          "was switched off; switch it on again, or create the table with DynamoTable.create"
        )
      }
      found.push(...stream?.Shards ?? [])
      from = stream?.LastEvaluatedShardId
    } while (from !== undefined)
    return found
  })

  return {
    shards,
    position: (ShardId, after) =>
      Effect.map(
        send("GetShardIterator", {
          StreamArn,
          ShardId,
          ...(after === undefined
            ? { ShardIteratorType: "TRIM_HORIZON" }
            : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: after })
        }),
        ({ ShardIterator }) => ShardIterator
      ),
    records: (ShardIterator) => send("GetRecords", { ShardIterator })
  }
}
