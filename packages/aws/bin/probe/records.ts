import type { _Record } from "@aws-sdk/client-dynamodb-streams"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { eachRound, ending, isThere, orDisturbed, type Probe, put, type Target } from "./probe.ts"

/** How many transactions there are at most, in how many partitions, and how many versions each adds to its partition. */
const most = 2000
const partitions = 10
const added = 3

/** How often a stream is read at most, and for how long when nothing new comes. */
const maxReads = 20_000
const patience = 60_000

/** Transactions one after another in each partition, each with an item elsewhere too. Answers how many were applied. */
const write = Effect.fnUntraced(function*(target: Target, rounds: number) {
  const applied = yield* eachRound(partitions, partitions, (partition) =>
    Effect.gen(function*() {
      let count = 0
      for (let round = partition; round < rounds; round += partitions) {
        const name = `records#${partition}`
        const other = `records#other#${round}`
        const through = (count + 1) * added
        const say = { through: { N: String(through) }, other: { S: other } }
        const versions = Array.from({ length: added }, (_, index) => count * added + index + 1)
        const how = yield* ending(target.dynamo.send("TransactWriteItems", {
          TransactItems: [
            ...versions.map((version) => put(target.table, name, version, say)),
            put(target.table, other, 1)
          ]
        }))
        // Whatever else it was, it may have been applied: the partition is left as it is.
        if (how !== "applied") break
        count++
      }
      return count
    }))
  return applied.reduce((sum, count) => sum + count, 0)
})

/** What was found in the stream so far. */
const makeTally = () => {
  const last = new Map<string, number>()
  return { last, records: 0, repeated: 0, outOfOrder: 0, unseen: 0, othersUnseen: 0, reads: 0 }
}

type Tally = ReturnType<typeof makeTally>

const judge = Effect.fnUntraced(function*(target: Target, tally: Tally, record: _Record) {
  const partition = record.dynamodb?.Keys?.["pk"]?.S ?? ""
  const version = Number(record.dynamodb?.Keys?.["sk"]?.N)
  const { other, through } = record.dynamodb?.NewImage ?? {}
  if (!partition.startsWith("records#") || through?.N === undefined || other?.S === undefined) return
  const [own, last, elsewhere] = yield* Effect.all([
    orDisturbed(isThere(target, partition, version)),
    orDisturbed(isThere(target, partition, Number(through.N))),
    orDisturbed(isThere(target, other.S, 1))
  ], { concurrency: "unbounded" })
  tally.records++
  if (own === false) tally.unseen++
  if (last === false || elsewhere === false) tally.othersUnseen++
})

/** The order in which the records of a shard come. */
const order = (tally: Tally, { dynamodb }: _Record) => {
  const partition = dynamodb?.Keys?.["pk"]?.S ?? ""
  if (dynamodb?.NewImage?.["through"] === undefined) return
  const version = Number(dynamodb.Keys?.["sk"]?.N)
  const last = tally.last.get(partition) ?? 0
  if (version === last) tally.repeated++
  else if (version !== last + 1) tally.outOfOrder++
  tally.last.set(partition, version)
}

/** Reads all shards until so many records have come. */
const read = Effect.fnUntraced(function*(target: Target, tally: Tally, expected: () => number) {
  const { stream } = target
  const positions = new Map<string, string | undefined>()
  let progress = performance.now()
  while (tally.records < expected() && tally.reads < maxReads && performance.now() - progress < patience) {
    for (const { ShardId = "" } of yield* stream.shards) {
      if (!positions.has(ShardId)) positions.set(ShardId, yield* stream.position(ShardId, undefined))
    }
    for (const [shard, position] of positions) {
      if (position === undefined) continue
      tally.reads++
      const { NextShardIterator, Records = [] } = yield* stream.records(position)
      positions.set(shard, NextShardIterator)
      if (Records.length > 0) progress = performance.now()
      for (const record of Records) order(tally, record)
      yield* Effect.forEach(Records, (record) => judge(target, tally, record), { concurrency: 16, discard: true })
    }
    yield* Effect.sleep(100)
  }
})

/** In which order records come, and whether what they tell of can be read. */
export const records: Probe = {
  name: "records",
  question: "Do records of the stream come in order of version, and can an item be read once its record was?",
  most: (rounds) => ({
    writeUnits: Math.min(rounds, most) * (added + 1) * 2,
    readUnits: Math.min(rounds, most) * added * 3,
    streamReads: maxReads
  }),
  run: Effect.fnUntraced(function*(target) {
    const rounds = Math.min(target.rounds, most)
    const tally = makeTally()
    let transactions: number | undefined
    const reading = yield* Effect.forkChild(
      read(target, tally, () => transactions === undefined ? Infinity : transactions * added)
    )
    transactions = yield* write(target, rounds)
    yield* Effect.catchTag(Fiber.join(reading), "PositionLost", ({ why }) => Effect.die(`the stream was ${why}`))
    return [{
      case: `transactions that add ${added} versions to a partition`,
      transactions,
      disturbed: rounds - transactions,
      records: tally.records,
      missing: Math.max(0, transactions * added - tally.records),
      repeated: tally.repeated,
      "out of order": tally.outOfOrder,
      "own item unseen": tally.unseen,
      "others of its transaction unseen": tally.othersUnseen
    }]
  })
}
