import { assert, layer } from "@effect/vitest"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as DynamoFaults from "@reventless/testing/DynamoFaults"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import * as TestClock from "effect/testing/TestClock"
import { raw, table } from "./fixtures/dynamo.ts"

/** A table, and faults for it. Time passes only when a test says so. */
const setup = Effect.fnUntraced(function*(options: DynamoFaults.Options) {
  const requests = yield* table
  const faults = yield* DynamoFaults.make(options)
  return { ...requests, faults, faulty: faults.wrap(requests.send), calm: requests.send }
})

/** All items of a transaction are hidden sooner or later in one of these rounds, and some are not. */
const rounds = 30

layer(DynamoEmulator.layer)("a DynamoDB with faults", (it) => {
  it.effect("without rates is the DynamoDB that it wraps", () =>
    Effect.gen(function*() {
      const { calm, faults, faulty, ...requests } = yield* setup({})
      yield* requests.put(faulty, "a", 1)
      yield* requests.transact(faulty, "a", [2, 3])
      assert.deepStrictEqual(yield* requests.query(faulty, "a"), yield* requests.query(calm, "a"))
      const page = { Limit: 2, ScanIndexForward: false }
      assert.deepStrictEqual(yield* requests.query(faulty, "a", page), {
        versions: [3, 2],
        more: true,
        counted: [2, 2]
      })
      const taken = yield* Effect.flip(requests.put(faulty, "a", 1, "other"))
      assert.deepStrictEqual(taken.Item, { pk: { S: "a" }, sk: { N: "1" }, w: { S: "w" } })
      assert.deepStrictEqual(yield* faults.counts, { hide: 0, late: 0, lose: 0, retry: 0, throttle: 0, conflict: 0 })
    }))

  it.effect("shows a transaction item by item, in any order, and all of it when it is answered", () =>
    Effect.gen(function*() {
      const { faults, faulty, ...requests } = yield* setup({ hide: 1, hideFor: 1000 })
      const seen = new Set<string>()
      for (let round = 0; round < rounds; round++) {
        const partition = `p${round}`
        const writing = yield* Effect.forkChild(requests.transact(faulty, partition, [1, 2, 3]))
        // Somebody else waits for the condition that the transaction was applied, without a look at its items.
        while ((yield* requests.scan(requests.send)) < 3 * (round + 1)) yield* Effect.yieldNow
        const { versions } = yield* requests.query(faulty, partition)
        seen.add(versions.join())
        assert.isBelow(versions.length, 3)
        for (const version of [1, 2, 3]) {
          assert.strictEqual(yield* requests.get(faulty, partition, version), versions.includes(version))
        }
        assert.strictEqual(yield* requests.scan(faulty), 3 * round + versions.length)
        yield* TestClock.adjust(1000)
        yield* Fiber.join(writing)
        assert.deepStrictEqual((yield* requests.query(faulty, partition)).versions, [1, 2, 3])
      }
      // Also the second item without the first, and nothing at all.
      assert.deepStrictEqual([...seen].sort(), ["", "1", "1,2", "1,3", "2", "2,3", "3"])
      assert.isAbove((yield* faults.counts).hide, rounds)
    }).pipe(Random.withSeed("half a transaction")))

  it.effect("fills a page although it hides items, as if they weren't there yet", () =>
    Effect.gen(function*() {
      const { faulty, ...requests } = yield* setup({ hide: 1, hideFor: 1000, earlyAnswers: true })
      yield* requests.put(faulty, "a", 1)
      for (let round = 0; round < 5; round++) yield* requests.transact(faulty, "a", [2 * round + 2, 2 * round + 3])
      const { versions } = yield* requests.query(faulty, "a")
      assert.isBelow(versions.length, 11)
      const last = { Limit: 1, ScanIndexForward: false }
      assert.deepStrictEqual((yield* requests.query(faulty, "a", last)).versions, versions.slice(-1))
      const page = yield* requests.query(faulty, "a", { Limit: versions.length })
      assert.deepStrictEqual(page.versions, versions)
      assert.deepStrictEqual(page.counted, [versions.length, versions.length])
    }).pipe(Random.withSeed("pages")))

  it.effect("answers with a conflict what meets an item of a transaction that can't be seen", () =>
    Effect.gen(function*() {
      const { calm, faulty, ...requests } = yield* setup({ hide: 1, hideFor: 1000 })
      const writing = yield* Effect.forkChild(requests.transact(faulty, "a", [1]))
      while (!(yield* requests.get(calm, "a", 1))) yield* Effect.yieldNow
      const conflicts = ["TransactionConflict", "None"]
      for (
        const [codes, request] of [
          [conflicts, requests.transactGet(faulty, "a", [1, 2])],
          [conflicts, requests.transact(faulty, "a", [1, 2], "other")],
          [conflicts.toReversed(), requests.check(faulty, "a", 1)]
        ] as const
      ) {
        const error = yield* Effect.flip(request)
        assert.strictEqual(error.name, "TransactionCanceledException")
        assert.deepStrictEqual(error.CancellationReasons?.map(({ Code }) => Code), codes)
      }
      assert.strictEqual(
        (yield* Effect.flip(requests.put(faulty, "a", 1, "other"))).name,
        "TransactionConflictException"
      )
      yield* requests.transactGet(faulty, "a", [2])
      yield* TestClock.adjust(1000)
      yield* Fiber.join(writing)
      yield* requests.transactGet(faulty, "a", [1, 2])
      assert.strictEqual(
        (yield* Effect.flip(requests.put(faulty, "a", 1, "other"))).name,
        "ConditionalCheckFailedException"
      )
    }))

  it.effect("with early answers it may say what stands in the way before it can be seen", () =>
    Effect.gen(function*() {
      const { faulty, ...requests } = yield* setup({ hide: 1, hideFor: 1000, earlyAnswers: true })
      yield* requests.transact(faulty, "a", [1])
      assert.isFalse(yield* requests.get(faulty, "a", 1))
      const names = new Set<string>()
      for (let round = 0; round < rounds; round++) {
        names.add((yield* Effect.flip(requests.put(faulty, "a", 1, "other"))).name)
      }
      assert.deepStrictEqual([...names].sort(), ["ConditionalCheckFailedException", "TransactionConflictException"])
    }).pipe(Random.withSeed("early")))

  it.effect("hides an item from all its clients, but what was seen it never hides again", () =>
    Effect.gen(function*() {
      const { faults, faulty, ...requests } = yield* setup({ hide: 1, hideFor: 1000, earlyAnswers: true })
      const other = faults.wrap(raw((yield* DynamoEmulator.DynamoEmulator).endpoint))
      yield* requests.transact(faulty, "a", [1])
      assert.isFalse(yield* requests.get(other, "a", 1))
      yield* TestClock.adjust(1000)
      assert.isTrue(yield* requests.get(other, "a", 1))
      // The same write again, as after a lost answer.
      yield* requests.transact(other, "a", [1])
      assert.isTrue(yield* requests.get(faulty, "a", 1))
      // Another write to the same place, which is refused.
      yield* Effect.flip(requests.transact(faulty, "a", [1], "other"))
      assert.isTrue(yield* requests.get(faulty, "a", 1))
      assert.strictEqual((yield* faults.counts).hide, 1)
    }))

  it.effect("applies a request after its timeout, and drops a late read", () =>
    Effect.gen(function*() {
      const { calm, faults, faulty, ...requests } = yield* setup({ late: 1, lateBy: 1000 })
      for (const request of [requests.put(faulty, "a", 1), requests.transact(faulty, "b", [1])]) {
        const { code, name } = yield* Effect.flip(request)
        assert.deepStrictEqual([name, code], ["TimeoutError", "ETIMEDOUT"])
      }
      assert.strictEqual((yield* Effect.flip(requests.get(faulty, "a", 1))).name, "TimeoutError")
      assert.strictEqual(yield* requests.scan(calm), 0)
      yield* TestClock.adjust(1000)
      yield* faults.settle
      assert.strictEqual(yield* requests.scan(calm), 2)
      assert.strictEqual(yield* requests.scan(faulty), 2)
      assert.strictEqual((yield* faults.counts).late, 3)
    }))

  it.effect("applies a request and loses its answer", () =>
    Effect.gen(function*() {
      const { calm, faulty, ...requests } = yield* setup({ lose: 1 })
      const { code, name } = yield* Effect.flip(requests.put(faulty, "a", 1))
      assert.deepStrictEqual([name, code], ["TimeoutError", "ECONNRESET"])
      assert.isTrue(yield* requests.get(calm, "a", 1))
    }))

  it.effect("makes a request twice and gives the second answer", () =>
    Effect.gen(function*() {
      const { faulty, ...requests } = yield* setup({ retry: 1 })
      const { Item, name } = yield* Effect.flip(requests.put(faulty, "a", 1))
      assert.strictEqual(name, "ConditionalCheckFailedException")
      assert.deepStrictEqual(Item, { pk: { S: "a" }, sk: { N: "1" }, w: { S: "w" } })
      // Its token makes a transaction known.
      yield* requests.transact(faulty, "b", [1])
    }))

  it.effect("refuses for the rate and for conflicts, and then applies nothing", () =>
    Effect.gen(function*() {
      const { calm, faults, faulty, ...requests } = yield* setup({ throttle: 0.5, conflict: 0.5 })
      const met = new Set<string>()
      for (let round = 0; round < rounds; round++) {
        const { name } = yield* Effect.flip(requests.put(faulty, "a", 1))
        const canceled = yield* Effect.flip(requests.transact(faulty, "b", [1, 2, 3]))
        const codes = (canceled.CancellationReasons ?? []).map(({ Code }) => Code)
        met.add(`PutItem ${name}`).add(`Transact ${[canceled.name, ...codes].sort().join(" ")}`)
      }
      assert.deepStrictEqual([...met].sort(), [
        "PutItem ProvisionedThroughputExceededException",
        "PutItem TransactionConflictException",
        "Transact None None ThrottlingError TransactionCanceledException",
        "Transact None None TransactionCanceledException TransactionConflict",
        "Transact ProvisionedThroughputExceededException"
      ])
      assert.strictEqual(yield* requests.scan(calm), 0)
      const { conflict, throttle } = yield* faults.counts
      assert.strictEqual(conflict + throttle, 2 * rounds)
    }).pipe(Random.withSeed("refusals")))

  it.effect("lets the same requests meet the same faults with the same seed", () => {
    const rates = {
      hide: 0.5,
      late: 0.15,
      lose: 0.15,
      retry: 0.15,
      throttle: 0.15,
      conflict: 0.15,
      hideFor: 5,
      lateBy: 5
    }
    const run = Effect.gen(function*() {
      const { faults, faulty, ...requests } = yield* setup(rates)
      const names: Array<string> = []
      for (let round = 0; round < rounds; round++) {
        const outcome = yield* Effect.result(requests.transact(faulty, `p${round}`, [1, 2]))
        names.push(outcome._tag === "Success" ? "done" : outcome.failure.code ?? outcome.failure.name)
      }
      yield* faults.settle
      return [names, yield* faults.counts] as const
    })
    return Effect.gen(function*() {
      const [names, counts] = yield* Random.withSeed(run, "all faults")
      assert.deepStrictEqual(yield* Random.withSeed(run, "all faults"), [names, counts])
      assert.isAbove(new Set(names).size, 3)
      assert.isTrue(Object.values(counts).every((count) => count > 0), JSON.stringify(counts))
    }).pipe(TestClock.withLive)
  })
})
