import { assert, describe, it } from "@effect/vitest"
import { Doorbells, type Ring } from "@reventless/aws/Doorbells"
import * as DynamoStream from "@reventless/aws/DynamoStream"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/testing/TestClock"
import * as StreamDouble from "./streamDouble.ts"

/** Doorbells of a scripted stream. */
const connected = Effect.fnUntraced(function*(shards: Parameters<typeof StreamDouble.make>[0]) {
  const { dynamo, script, send } = StreamDouble.make(shards)
  const doorbells = yield* Layer.build(Layer.provide(DynamoStream.layerRaw(send), dynamo))
  const listen = Effect.provide(Effect.flatMap(Doorbells, ({ listen }) => listen("events")), doorbells)
  return { listen, script }
})

/** Somebody who listens to a scripted stream. */
const listening = Effect.fnUntraced(function*(shards: Parameters<typeof StreamDouble.make>[0]) {
  const { listen, script } = yield* connected(shards)
  const { take } = yield* listen
  return { listen, take, script }
})

const heard = (rings: ReadonlyArray<Ring>) =>
  rings.map((ring) => ring._tag === "Rescan" ? ring._tag : `${ring.partition} ${ring.version}`)

/** What is heard until so much time has passed. */
const within = Effect.fnUntraced(function*(take: Effect.Effect<ReadonlyArray<Ring>, unknown>, millis: number) {
  const rings: Array<string> = []
  const fiber = yield* Effect.forkChild(Effect.forever(Effect.map(take, (taken) => rings.push(...heard(taken)))))
  yield* TestClock.adjust(millis)
  yield* Fiber.interrupt(fiber)
  return rings
})

const timesOf = (script: StreamDouble.Script, asked: string) =>
  script.asked.filter((request) => request.startsWith(asked)).length

describe("the reader of a stream", () => {
  it.effect("begins with the oldest records of the shards without a successor, before listening has begun", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({
        a: { records: [["old", 1]], isClosed: true },
        b: { parent: "a", records: [["p", 1]] },
        c: { parent: "trimmed", records: [["q", 1]] }
      })
      assert.deepStrictEqual(
        script.asked.filter((request) => request.startsWith("GetShardIterator")),
        ["GetShardIterator b TRIM_HORIZON", "GetShardIterator c TRIM_HORIZON"]
      )
      script.shards.get("b")!.records.push(["p", 2])
      script.shards.get("c")!.records.push(["q", 2])
      assert.deepStrictEqual(yield* within(take, 300), ["p 2", "q 2"])
    }))

  it.effect("reads successors after their predecessor, from their beginning", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [["p", 1]] } })
      script.shards.set("b", { parent: "a", records: [["p", 3]] })
      script.shards.set("c", { parent: "a", records: [["q", 1]] })
      script.shards.get("a")!.records.push(["p", 2])
      assert.deepStrictEqual(yield* within(take, 20_000), ["p 2"])
      script.shards.get("a")!.isClosed = true
      assert.deepStrictEqual(yield* within(take, 1000), ["p 3", "q 1"])
      script.shards.get("c")!.records.push(["q", 2])
      assert.deepStrictEqual(yield* within(take, 1000), ["q 2"])
    }))

  it.effect("looks every second for a successor that isn't there yet, and every 10 s for shards nobody knew of", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [], isClosed: true } })
      yield* within(take, 5000)
      script.shards.set("b", { parent: "a", records: [["p", 1]] })
      assert.deepStrictEqual(yield* within(take, 1000), ["p 1"])
      script.shards.set("c", { parent: "a", records: [["q", 1]] })
      assert.deepStrictEqual(yield* within(take, 10_000), ["q 1"])
    }))

  it.effect("forgets shards that are no longer there", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [], isClosed: true } })
      script.shards.set("b", { parent: "a", records: [["p", 1]] })
      yield* within(take, 2000)
      script.shards.delete("a")
      script.shards.get("b")!.records.push(["p", 2])
      assert.deepStrictEqual(yield* within(take, 60_000), ["p 2"])
    }))

  it.effect("looks again at once when there is more, and else after 250 ms", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [] } })
      assert.strictEqual(timesOf(script, "GetRecords"), 1)
      for (let version = 1; version <= 2400; version++) script.shards.get("a")!.records.push(["p", version])
      assert.strictEqual((yield* within(take, 250)).at(-1), "p 2400")
      assert.strictEqual(timesOf(script, "GetRecords"), 4)
      yield* within(take, 1000)
      assert.strictEqual(timesOf(script, "GetRecords"), 8)
    }))

  it.effect("goes on after the last record when its position has expired", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [] } })
      script.errors.push(["GetRecords", "ExpiredIteratorException"])
      yield* within(take, 300)
      script.shards.get("a")!.records.push(["p", 1], ["p", 2])
      assert.deepStrictEqual(yield* within(take, 300), ["p 2"])
      script.errors.push(["GetRecords", "ExpiredIteratorException"])
      script.shards.get("a")!.records.push(["p", 3])
      assert.deepStrictEqual(yield* within(take, 300), ["p 3"])
      assert.deepStrictEqual(script.asked.filter((request) => request.startsWith("GetShardIterator")), [
        "GetShardIterator a TRIM_HORIZON",
        "GetShardIterator a TRIM_HORIZON",
        "GetShardIterator a AFTER_SEQUENCE_NUMBER 2"
      ])
    }))

  it.effect("asks for a rescan when records were removed before it came to them, and keeps what rang beside it", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [["p", 1]] } })
      yield* within(take, 100)
      script.shards.get("a")!.records.push(["p", 2], ["p", 3], ["p", 4])
      script.shards.get("a")!.trimmed = 3
      assert.deepStrictEqual(yield* within(take, 300), ["Rescan", "p 4"])
      // The position expired, and what follows the last record was removed too.
      script.errors.push(["GetRecords", "ExpiredIteratorException"])
      script.shards.get("a")!.records.push(["p", 5], ["p", 6])
      script.shards.get("a")!.trimmed = 5
      yield* TestClock.adjust(300)
      assert.deepStrictEqual(heard(yield* take), ["Rescan", "p 6"])
      script.shards.get("a")!.records.push(["p", 7])
      assert.deepStrictEqual(yield* within(take, 300), ["p 7"])
    }))

  it.effect("asks for a rescan when a shard is gone, and goes on with the others", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [] }, b: { records: [] } })
      script.shards.delete("a")
      assert.deepStrictEqual(yield* within(take, 300), ["Rescan"])
      script.shards.get("b")!.records.push(["p", 1])
      assert.deepStrictEqual(yield* within(take, 300), ["p 1"])
    }))

  it.effect("waits when it is throttled or there is no answer, and misses nothing", () =>
    Effect.gen(function*() {
      const { script, take } = yield* listening({ a: { records: [] } })
      for (let count = 0; count < 10; count++) {
        script.errors.push(["GetRecords", "ProvisionedThroughputExceededException"])
        script.errors.push(["DescribeStream", "LimitExceededException"])
      }
      script.shards.get("a")!.records.push(["p", 1])
      assert.deepStrictEqual(yield* within(take, 15_000), ["p 1"])
      assert.strictEqual(script.errors.length, 0)
    }))

  it.effect("ends with an error that can pass when it isn't answered for long; who listens then has a new reader", () =>
    Effect.gen(function*() {
      const { listen, script, take } = yield* listening({ a: { records: [] } })
      for (let count = 0; count < 60; count++) script.errors.push(["GetRecords", "ThrottlingException"])
      const failing = yield* Effect.forkChild(Effect.flip(take))
      yield* TestClock.adjust("1 minute")
      const error = yield* Fiber.join(failing)
      assert.isTrue(error.isRetryable)
      assert.include(error.message, "the stream of the table 'events': ThrottlingException")
      assert.strictEqual(yield* Effect.flip(take), error)
      const { take: again } = yield* listen
      script.shards.get("a")!.records.push(["p", 1])
      assert.deepStrictEqual(yield* within(again, 300), ["p 1"])
    }))

  it.effect("ends with an error that says what to do when it isn't allowed, or the stream is off or gone", () =>
    Effect.gen(function*() {
      for (
        const [fault, words] of [
          [
            (script: StreamDouble.Script) => script.errors.push(["GetRecords", "AccessDeniedException"]),
            "AccessDenied"
          ],
          [(script: StreamDouble.Script) => script.status = "DISABLED", "was switched off"],
          [
            (script: StreamDouble.Script) => script.errors.push(["DescribeStream", "ResourceNotFoundException"]),
            "the table was removed"
          ]
        ] as const
      ) {
        const { script, take } = yield* listening({ a: { records: [] } })
        fault(script)
        const failing = yield* Effect.forkChild(Effect.flip(take))
        yield* TestClock.adjust("11 seconds")
        const error = yield* Fiber.join(failing)
        assert.isFalse(error.isRetryable)
        assert.include(error.message, words)
      }
    }))

  it.effect("is one for all who listen, and ends with its layer", () =>
    Effect.gen(function*() {
      const script = yield* Effect.scoped(Effect.gen(function*() {
        const { listen, script, take } = yield* listening({ a: { records: [] } })
        const { take: other } = yield* listen
        script.shards.get("a")!.records.push(["p", 1])
        yield* TestClock.adjust(300)
        assert.deepStrictEqual(heard(yield* other), ["p 1"])
        assert.deepStrictEqual(heard(yield* take), ["p 1"])
        assert.strictEqual(timesOf(script, "GetShardIterator"), 1)
        return script
      }))
      const asked = script.asked.length
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(script.asked.length, asked)
    }))

  it.effect("stays for half a minute when nobody listens", () =>
    Effect.gen(function*() {
      const { listen, script } = yield* connected({ a: { records: [] } })
      yield* Effect.scoped(listen)
      yield* TestClock.adjust("25 seconds")
      yield* Effect.scoped(listen)
      assert.strictEqual(timesOf(script, "GetShardIterator"), 1)
      yield* TestClock.adjust("31 seconds")
      const asked = script.asked.length
      yield* TestClock.adjust("1 minute")
      assert.strictEqual(script.asked.length, asked)
      yield* Effect.scoped(listen)
      assert.strictEqual(timesOf(script, "GetShardIterator"), 2)
    }))
})
