/**
 * Doorbells that ring from the stream of a table, read by this process itself: for servers, workers and tests. All who
 * listen to a table share one reader, which reads every shard.
 *
 * What it costs: four requests a second for each shard while nothing happens. AWS answers about two readers of a shard
 * without throttling, so let one or two processes listen; one that is throttled is late, and misses nothing.
 *
 * A reader begins with what is in the shards that are open, about the last four hours, and comes to what is new only
 * after that: about 5,000 items a second for each shard. It stays for half a minute when nobody listens any more.
 */
import * as Client from "@aws-sdk/client-dynamodb-streams"
import { EventStoreError, StoreUnreadable } from "@reventless/core/EventStore"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as RcMap from "effect/RcMap"
import * as Doorbells from "./Doorbells.ts"
import { Dynamo, type SendFailed } from "./Dynamo.ts"
import { untilAnswered } from "./internal/retries.ts"
import * as StreamClient from "./internal/streamClient.ts"
import * as StreamReader from "./internal/streamReader.ts"

/** Makes one request to a stream and fails with whatever the SDK throws: the boundary where tests put a double. */
export type RawSend = StreamClient.RawStreamSend

/** How to reach the streams: the options of the SDK's client, `maxAttempts` excepted, since we retry ourselves. */
export type ClientConfig = Omit<Client.DynamoDBStreamsClientConfig, "maxAttempts" | "retryMode" | "retryStrategy">

/** How streams are read. */
export interface Options {
  /** How long to wait before the next look at a shard that had little to read; 250 ms when absent. */
  readonly pollInterval?: Duration.Input
}

/** How streams are reached and read. */
export interface Config extends Options {
  readonly client?: ClientConfig
}

const commands: { readonly [Name in keyof StreamClient.Requests]: (request: StreamClient.Requests[Name]) => unknown } =
  {
    DescribeStream: (request) => new Client.DescribeStreamCommand(request),
    GetRecords: (request) => new Client.GetRecordsCommand(request),
    GetShardIterator: (request) => new Client.GetShardIteratorCommand(request)
  }

/** The SDK's client as a raw `send`. Its connections are closed with the scope. */
export const makeRaw = Effect.fnUntraced(function*(config: ClientConfig = {}) {
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => new Client.DynamoDBStreamsClient({ ...config, maxAttempts: 1 })),
    (client) => Effect.sync(() => client.destroy())
  )
  const raw: RawSend = (operation, request) =>
    Effect.tryPromise({
      try: (abortSignal) => client.send(commands[operation](request) as Client.GetRecordsCommand, { abortSignal }),
      catch: (cause): SendFailed => ({ cause })
    })
  return raw
})

/** The ARN of the table's stream. */
const streamOf = Effect.fnUntraced(function*(table: string) {
  const dynamo = yield* Dynamo
  const { Table } = yield* untilAnswered(table, dynamo.send("DescribeTable", { TableName: table }))
  if (Table?.StreamSpecification?.StreamEnabled === true && Table.LatestStreamArn !== undefined) {
    return Table.LatestStreamArn
  }
  const detail =
    `the table '${table}' has no stream, so nothing tells what is added to it; switch on a stream of new ` +
    "images (NEW_IMAGE), or create the table with DynamoTable.create"
  return yield* new EventStoreError({ reason: new StoreUnreadable({ detail }) })
})

const make = Effect.fnUntraced(function*(raw: RawSend, { pollInterval = "250 millis" }: Options) {
  const scope = yield* Effect.scope
  const readers: RcMap.RcMap<string, StreamReader.StreamReader, EventStoreError> = yield* RcMap.make({
    idleTimeToLive: "30 seconds",
    lookup: (table: string) =>
      Effect.flatMap(streamOf(table), (arn) =>
        StreamReader.make(StreamClient.make(raw, table, arn), {
          table,
          idle: pollInterval,
          // Not in the reader itself, which ends with it.
          onFailure: Effect.suspend(() => Effect.forkIn(RcMap.invalidate(readers, table), scope))
        }))
  })
  return Doorbells.make((table) =>
    RcMap.get(readers, table).pipe(
      // Who listens next tries anew.
      Effect.tapError(() => RcMap.invalidate(readers, table)),
      Effect.flatMap(({ listen }) => listen)
    )
  )
})

/** Doorbells on a raw `send`. */
export const layerRaw = (send: RawSend, options: Options = {}): Layer.Layer<Doorbells.Doorbells, never, Dynamo> =>
  Layer.effect(Doorbells.Doorbells, make(send, options))

/** Doorbells on the SDK's client of DynamoDB Streams. */
export const layer = ({ client, ...options }: Config = {}): Layer.Layer<Doorbells.Doorbells, never, Dynamo> =>
  Layer.effect(Doorbells.Doorbells, Effect.flatMap(makeRaw(client), (raw) => make(raw, options)))
