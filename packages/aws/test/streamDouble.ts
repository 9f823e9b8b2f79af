/** A stream whose shards, records and failures a test writes down. */
import * as Dynamo from "@reventless/aws/Dynamo"
import type * as DynamoStream from "@reventless/aws/DynamoStream"
import * as Effect from "effect/Effect"

interface Shard {
  readonly parent?: string
  /** How many records were removed from its beginning. */
  trimmed?: number
  isClosed?: boolean
  readonly records: Array<readonly [partition: string, version: number]>
}

/** Everything about the stream can be changed while it is read. */
export interface Script {
  readonly shards: Map<string, Shard>
  /** Names of errors that the next requests of an operation are answered with. */
  readonly errors: Array<readonly [operation: string, name: string]>
  /** What was asked for. */
  readonly asked: Array<string>
  status: "ENABLED" | "DISABLED"
}

const refused = (name: string) =>
  Effect.fail({ cause: Object.assign(new Error(name), { name, $fault: "client" as const }) })

export const make = (shards: Readonly<Record<string, Shard>>) => {
  const script: Script = { shards: new Map(Object.entries(shards)), errors: [], asked: [], status: "ENABLED" }

  const describe = () =>
    Effect.succeed({
      StreamDescription: {
        StreamStatus: script.status,
        Shards: [...script.shards].map(([ShardId, { parent }]) => ({
          ShardId,
          ...(parent === undefined ? {} : { ParentShardId: parent }),
          // The emulator says so of open shards too: it means nothing.
          SequenceNumberRange: { StartingSequenceNumber: "1", EndingSequenceNumber: "9" }
        }))
      }
    })

  const records = (iterator: string, limit = 1000) => {
    const [id, at] = iterator.split("@")
    const shard = script.shards.get(id!)
    if (shard === undefined) return refused("ResourceNotFoundException")
    const from = Number(at)
    if (from < (shard.trimmed ?? 0)) return refused("TrimmedDataAccessException")
    const page = shard.records.slice(from, from + limit)
    const next = from + page.length
    const isEnd = shard.isClosed === true && next === shard.records.length
    return Effect.succeed({
      Records: page.map(([pk, sk], index) => ({
        eventName: "INSERT",
        dynamodb: {
          Keys: { pk: { S: pk }, sk: { N: String(sk) } },
          NewImage: { pk: { S: pk }, sk: { N: String(sk) } },
          SequenceNumber: String(from + index + 1),
          SizeBytes: 100
        }
      })),
      ...(isEnd ? {} : { NextShardIterator: `${id}@${next}` })
    })
  }

  const answer = (
    operation: string,
    request: Readonly<Record<string, string>>
  ): Effect.Effect<unknown, Dynamo.SendFailed> => {
    const { SequenceNumber, ShardId = "", ShardIterator = "", ShardIteratorType } = request
    script.asked.push([operation, ShardId, ShardIterator, ShardIteratorType, SequenceNumber].filter(Boolean).join(" "))
    const error = script.errors.findIndex(([name]) => name === operation)
    if (error >= 0) return refused(script.errors.splice(error, 1)[0]![1])
    if (operation === "DescribeStream") return describe()
    if (operation === "GetRecords") return records(ShardIterator)
    const shard = script.shards.get(ShardId)
    if (shard === undefined) return refused("ResourceNotFoundException")
    const oldest = shard.trimmed ?? 0
    if (SequenceNumber === undefined) return Effect.succeed({ ShardIterator: `${ShardId}@${oldest}` })
    return Number(SequenceNumber) < oldest
      ? refused("TrimmedDataAccessException")
      : Effect.succeed({ ShardIterator: `${ShardId}@${SequenceNumber}` })
  }

  const send: DynamoStream.RawSend = (operation, request) => Effect.suspend(() => answer(operation, request))
  /** A DynamoDB that knows nothing but that the table has a stream. */
  const dynamo = Dynamo.layerRaw(() =>
    Effect.succeed({ Table: { StreamSpecification: { StreamEnabled: true }, LatestStreamArn: "arn:stream" } })
  )
  return { script, send, dynamo }
}
