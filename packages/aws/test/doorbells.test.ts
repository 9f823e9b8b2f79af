import { assert, describe, it, layer } from "@effect/vitest"
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoStream from "@reventless/aws/DynamoStream"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as DynamoStreamFaults from "@reventless/testing/DynamoStreamFaults"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"

const Emulator = Effect.map(DynamoEmulator.DynamoEmulator, ({ client }) => client)

const dynamo = Layer.unwrap(Effect.map(Emulator, Dynamo.layer)).pipe(Layer.provideMerge(DynamoEmulator.layer))

/** A table, and doorbells that look every 5 ms. The doorbells of a test are its own. */
const setup = Effect.fnUntraced(function*(rates: DynamoStreamFaults.Rates = {}) {
  const dynamo = yield* Dynamo.Dynamo
  const table = yield* DynamoEmulator.tableName
  yield* DynamoTable.create({ table })
  const faults = yield* DynamoStreamFaults.make(rates)
  const send = yield* DynamoStream.makeRaw(yield* Emulator)
  const doorbells = yield* Layer.build(DynamoStream.layerRaw(faults.wrap(send), { pollInterval: 5 }))
  const listen = (name = table) =>
    Effect.provide(Effect.flatMap(Doorbells.Doorbells, ({ listen }) => listen(name)), doorbells)
  const item = (partition: string, version: number, more: Dynamo.Item = {}) => ({
    pk: { S: partition },
    sk: { N: String(version) },
    ...more
  })
  const put = (partition: string, version: number, more?: Dynamo.Item) =>
    dynamo.send("PutItem", { TableName: table, Item: item(partition, version, more) })
  return { dynamo, table, listen, put, item, counts: faults.counts }
})

const added = (partition: string, version: number, item: Dynamo.Item | undefined): Doorbells.Ring => ({
  _tag: "Added",
  partition,
  version,
  item
})

layer(dynamo, { excludeTestServices: true })("the doorbells of a table", (it) => {
  it.effect("ring with the item that was added", () =>
    Effect.gen(function*() {
      const { item, listen, put } = yield* setup()
      const { take } = yield* listen()
      const more = { d: { S: "{\"ü\": 1}" }, p: { N: "17" }, home: { BOOL: true } }
      yield* put("t#cart:1", 2, more)
      assert.deepStrictEqual(yield* take, [added("t#cart:1", 2, item("t#cart:1", 2, more))])
    }))

  it.effect("ring once for each partition with its greatest version, and keep no item of several", () =>
    Effect.gen(function*() {
      const { dynamo, item, listen, put, table } = yield* setup()
      const { take } = yield* listen()
      yield* put("first", 1)
      assert.deepStrictEqual(yield* take, [added("first", 1, item("first", 1))])
      yield* dynamo.send("TransactWriteItems", {
        TransactItems: [["a", 1], ["b", 1], ["a", 2], ["a", 3]].map(([partition, version]) => ({
          Put: { TableName: table, Item: item(String(partition), Number(version)) }
        }))
      })
      assert.deepStrictEqual(yield* take, [added("a", 3, undefined), added("b", 1, item("b", 1))])
    }))

  it.effect("ring for what was added, not for what was changed or removed, or is no event", () =>
    Effect.gen(function*() {
      const { dynamo, item, listen, put, table } = yield* setup()
      const { take } = yield* listen()
      yield* put("a", 1)
      assert.deepStrictEqual(yield* take, [added("a", 1, item("a", 1))])
      yield* put("a", 1, { d: { S: "changed" } })
      yield* dynamo.send("UpdateItem", {
        TableName: table,
        Key: item("a", 1),
        UpdateExpression: "SET d = :d",
        ExpressionAttributeValues: { ":d": { S: "changed again" } }
      })
      yield* put("r#command", 0)
      yield* put("b", 1)
      assert.deepStrictEqual(yield* take, [added("b", 1, item("b", 1))])
    }))

  it.effect("ring for everybody who listens, with everything since then", () =>
    Effect.gen(function*() {
      const { item, listen, put } = yield* setup()
      const one = yield* listen()
      yield* put("a", 1)
      const first = yield* one.take
      const other = yield* listen()
      yield* put("b", 1)
      assert.deepStrictEqual([first, yield* one.take, yield* other.take], [
        [added("a", 1, item("a", 1))],
        [added("b", 1, item("b", 1))],
        [added("b", 1, item("b", 1))]
      ])
    }))

  it.effect("miss nothing although records come twice, late and in any order, and requests fail", () =>
    Effect.gen(function*() {
      const { counts, listen, put } = yield* setup({
        repeat: 0.2,
        delay: 0.3,
        shuffle: 0.5,
        expire: 0.1,
        throttle: 0.05,
        lose: 0.05
      })
      const { take } = yield* listen()
      const partitions = Array.from({ length: 10 }, (_, index) => `p${index}`)
      yield* Effect.forkChild(
        Effect.forEach(partitions, (partition) =>
          Effect.forEach(
            Array.from({ length: 20 }, (_, index) => index + 1),
            (version) => put(partition, version)
          ), { concurrency: 4 })
      )
      const heard = new Map<string, number>()
      while (partitions.some((partition) => heard.get(partition) !== 20)) {
        for (const ring of yield* take) {
          if (ring._tag === "Rescan") continue
          const { item, partition, version } = ring
          heard.set(partition, Math.max(heard.get(partition) ?? 0, version))
          if (item !== undefined) assert.deepStrictEqual([item["pk"]?.S, item["sk"]?.N], [partition, String(version)])
        }
      }
      // Requests go on being made, so those faults that never happened yet will.
      const missing = Effect.map(
        counts,
        (all) => Object.entries(all).some(([name, count]) => name !== "trim" && count === 0)
      )
      while (yield* missing) yield* Effect.sleep(5)
    }).pipe(Random.withSeed("records")))

  it.effect("say what to do where there is no table or no stream", () =>
    Effect.gen(function*() {
      const { dynamo, listen } = yield* setup()
      const table = yield* DynamoEmulator.tableName
      assert.include((yield* Effect.flip(listen(table))).message, "there is no table")
      yield* dynamo.send("CreateTable", {
        TableName: table,
        BillingMode: "PAY_PER_REQUEST",
        AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }, {
          AttributeName: "sk",
          AttributeType: "N"
        }],
        KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }, { AttributeName: "sk", KeyType: "RANGE" }]
      })
      const { message } = yield* Effect.flip(listen(table))
      assert.include(message, `the table '${table}' has no stream`)
      assert.include(message, "DynamoTable.create")
    }))

  it.effect("ring for a table that was removed and created again once somebody listens anew", () =>
    Effect.gen(function*() {
      const { item, listen, put, table } = yield* setup()
      const { take } = yield* listen()
      yield* DynamoTable.remove({ table })
      // The shard is gone; then nothing of the stream is found.
      while ((yield* Effect.result(take))._tag === "Success") yield* Effect.void
      yield* DynamoTable.create({ table })
      const again = yield* listen()
      yield* put("a", 1)
      assert.deepStrictEqual(yield* again.take, [added("a", 1, item("a", 1))])
    }))
})

describe("a program that only handles commands", () => {
  it.effect("has no doorbells, and is told what to do when it wants to listen", () =>
    Effect.gen(function*() {
      const { listen } = yield* Doorbells.Doorbells
      const error = yield* Effect.flip(listen("events"))
      assert.isFalse(error.isRetryable)
      assert.include(
        error.message,
        "DynamoStream.layer() of @reventless/aws/DynamoStream in place of Doorbells.layerNone"
      )
    }).pipe(Effect.provide(Doorbells.layerNone)))
})
