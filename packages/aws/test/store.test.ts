import { assert, describe, layer } from "@effect/vitest"
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as SnapshotStoreDynamo from "@reventless/aws/SnapshotStoreDynamo"
import * as Boundary from "@reventless/core/Boundary"
import type { EventStoreError, EventStoreShape } from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import type { Snapshot } from "@reventless/core/SnapshotStore"
import { event, labels } from "@reventless/testing/conformance/Fixture"
import type { Item } from "@reventless/testing/dynamodb/Wire"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/testing/TestClock"
import * as Layout from "./layout.ts"
import { dynamoLayer, newTable, sharedRaw } from "./support.ts"
import * as TableDouble from "./tableDouble.ts"

const plan: IndexPlan.IndexPlan = {
  _tag: "Planned",
  all: true,
  types: { Added: { partitions: ["order"], references: [], home: "order", byType: false } }
}

const added = (label: string, order: number | string = 1) => event(label, "Added", [`order:${order}`])

const everything = (store: EventStoreShape) => Effect.map(Stream.runCollect(store.read(Query.all)), labels)

/** What a lane without order gives, until the scope ends. */
const follow = Effect.fnUntraced(function*(store: EventStoreShape) {
  const seen: Array<string> = []
  yield* Effect.forkScoped(Stream.runForEach(
    store.subscribe({ lane: Lane.unordered(["Added"]) }),
    ({ events }) => Effect.sync(() => seen.push(...labels(events)))
  ))
  return seen
})

/** What the store says of a failure. */
const failure = <A, R>(effect: Effect.Effect<A, { readonly _tag: string }, R>) =>
  Effect.map(Effect.flip(effect), (error) => {
    assert.strictEqual(error._tag, "EventStoreError")
    const { isRetryable, message, reason } = error as EventStoreError
    return { isRetryable, message, reason: reason._tag }
  })

layer(Layer.provide(dynamoLayer, sharedRaw()), { excludeTestServices: true })("the store of a table", (it) => {
  it.effect("refuses who would find events otherwise than they were written, and names what to do", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const store = yield* EventStoreDynamo.make({ table, plan })
      const { isRetryable, message, reason } = yield* failure(EventStoreDynamo.make({ table }))
      assert.deepStrictEqual([isRetryable, reason], [false, "PlanChanged"])
      assert.include(message, table)
      assert.include(message, "DynamoReindex.copy")
      yield* EventStoreDynamo.make({ table, plan })
      yield* store.append([added("1")])
    }))

  it.effect("opens for a plan that has more types of events, or fewer, and reads those of all", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const planOf = (types: Readonly<Record<string, ReadonlyArray<string>>>): IndexPlan.IndexPlan => ({
        _tag: "Planned",
        all: false,
        types: Object.fromEntries(
          Object.entries(types).map(([type, partitions]) =>
            [type, { partitions, references: [], home: partitions[0], byType: false }] as const
          )
        )
      })
      const open = (types: Readonly<Record<string, ReadonlyArray<string>>>) =>
        EventStoreDynamo.make({ table, plan: planOf(types) })
      const of = (...types: ReadonlyArray<string>) => Query.make({ types, tags: ["order:1"] })

      const first = yield* open({ Added: ["order"] })
      yield* first.append([added("1")])
      const [second, third] = yield* Effect.all(
        [open({ Added: ["order"], Removed: ["order"] }), open({ Added: ["order"], Paid: ["order", "payer"] })],
        { concurrency: 2 }
      )
      yield* second!.append([event("2", "Removed", ["order:1"])])
      yield* third!.append([event("3", "Paid", ["order:1", "payer:1"])])
      yield* first.append([added("4")])
      const all = yield* open({ Added: ["order"], Removed: ["order"], Paid: ["order", "payer"] })
      assert.deepStrictEqual(
        labels(yield* Stream.runCollect(all.read(of("Added", "Removed", "Paid")))),
        ["1", "2", "3", "4"]
      )
      // Who came first, and who goes back to it, decides among what it knows.
      const again = yield* open({ Added: ["order"] })
      const { boundary, events } = yield* again.readBoundary(of("Added"))
      assert.deepStrictEqual(labels(events), ["1", "4"])
      yield* all.append([event("5", "Removed", ["order:1"])])
      yield* again.append([added("6")], { boundary })
      assert.deepStrictEqual(labels((yield* all.readBoundary(of("Removed"))).events), ["2", "5"])
      // A type that is there is found as it was stored, also where it was left out meanwhile.
      const { message, reason } = yield* failure(open({ Added: ["order"], Paid: ["payer"] }))
      assert.strictEqual(reason, "PlanChanged")
      assert.include(message, "events 'Paid' are found by order, payer, and would be by payer")
    }))

  it.effect("remembers the shapes of events, and refuses one that changed under its version", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const open = (type: string, ...names: ReadonlyArray<string>) => {
        const fields = Object.fromEntries(names.map((name) => [name, { optional: name !== "id", shape: type }]))
        return EventStoreDynamo.make({
          table,
          plan,
          shapes: [{ type: "Added", version: 1, shape: JSON.stringify({ fields }) }]
        })
      }
      yield* open("string", "id")
      yield* open("string", "id", "note")
      // Optional fields may come and go; what was once stored is remembered.
      yield* open("string", "id")
      const { isRetryable, message, reason } = yield* failure(open("number", "id", "note"))
      assert.deepStrictEqual([isRetryable, reason], [false, "EventChanged"])
      assert.include(message, "The fields of the event 'Added' changed under its version 1")
    }))

  it.effect("that it shares with another plugin is as if it had it alone", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const prefixes = ["Shop", "Sale", "Shop/t#order:1", undefined]
      const stores = yield* Effect.forEach(
        prefixes,
        (keyPrefix, index) => EventStoreDynamo.make({ table, keyPrefix, plan: index === 0 ? plan : undefined })
      )
      const query = Query.make({ tags: ["order:1"] })
      const lanes = yield* Effect.forEach(stores, follow)
      for (const [index, store] of stores.entries()) {
        const options = { boundary: Boundary.absent(query), commandId: "command" }
        const { replayed } = yield* store.append([added(`${index}a`), added(`${index}b`, 2)], options)
        assert.isFalse(replayed)
      }
      for (const [index, store] of stores.entries()) {
        assert.deepStrictEqual(yield* everything(store), [`${index}a`, `${index}b`])
        assert.deepStrictEqual(labels((yield* store.readBoundary(query)).events), [`${index}a`])
      }
      while (lanes.some((seen) => seen.length < 2)) yield* Effect.sleep(5)
      yield* Effect.sleep(50)
      const { length } = stores
      assert.deepStrictEqual(
        lanes.map((seen) => seen.toSorted().join()),
        Array.from({ length }, (_, index) => `${index}a,${index}b`)
      )
      const items = yield* Layout.itemsOf(table)
      assert.deepStrictEqual(Layout.violations(plan, items, "Shop/"), [])
      assert.deepStrictEqual(Layout.violations(IndexPlan.open, items, "Sale/"), [])
    }))

  it.effect("refuses a partition's name of more than 1,024 bytes, the prefix included", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const long = (prefix: number) =>
        Effect.flatMap(
          EventStoreDynamo.make({ table, keyPrefix: "x".repeat(prefix) }),
          (store) => store.append([added("1", "ü€𝄞".repeat(70))])
        )
      // 't#order:' and 70 times 2, 3 and 4 bytes are 638.
      yield* long(1024 - 638 - 1)
      const { message, reason } = yield* failure(long(1024 - 638))
      assert.strictEqual(reason, "InvalidRequest")
      assert.include(message, "is longer than 1024 bytes. Nothing was written")
    }))

  it.effect("that isn't there is named, with how to create it", () =>
    Effect.gen(function*() {
      const table = yield* DynamoEmulator.tableName
      const { isRetryable, message, reason } = yield* failure(EventStoreDynamo.make({ table }))
      assert.deepStrictEqual([isRetryable, reason], [false, "StoreUnreadable"])
      assert.include(message, `there is no table '${table}'; create it with DynamoTable.create`)
    }))

  it.effect("keeps snapshots beside the events: the last one of each aggregate and id, of each plugin its own", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const snapshot = (state: number): Snapshot => ({ version: 1, state: { "ü": [state, null] }, boundary: "text" })
      const shop = yield* SnapshotStoreDynamo.make({ table, keyPrefix: "Shop" })
      const sale = yield* SnapshotStoreDynamo.make({ table, keyPrefix: "Sale" })
      assert.isUndefined(yield* shop.load("Cart", "1"))
      yield* shop.save("Cart", "1", snapshot(1))
      yield* shop.save("Cart", "1", snapshot(2))
      yield* shop.save("Cart", "2", snapshot(3))
      yield* shop.save("Cart#2", "", snapshot(4))
      yield* sale.save("Cart", "1", snapshot(5))
      const loaded = yield* Effect.all([
        shop.load("Cart", "1"),
        shop.load("Cart", "2"),
        shop.load("Cart#2", ""),
        shop.load("Order", "1"),
        sale.load("Cart", "1")
      ])
      assert.deepStrictEqual(loaded, [snapshot(2), snapshot(3), snapshot(4), undefined, snapshot(5)])
      // They are no events.
      const store = yield* EventStoreDynamo.make({ table, keyPrefix: "Shop" })
      const seen = yield* follow(store)
      yield* store.append([added("1")])
      while (seen.length === 0) yield* Effect.sleep(5)
      assert.deepStrictEqual(seen, ["1"])
    }))

  it.effect("has no snapshot where a damaged one is", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const dynamo = yield* Dynamo.Dynamo
      const snapshots = yield* SnapshotStoreDynamo.make({ table })
      yield* snapshots.save("Cart", "1", { version: 1, state: 1, boundary: "text" })
      const [item] = yield* Layout.itemsOf(table)
      for (const damaged of ["", "{\"version\":1,", "null", "[]", "7", "{}", "{\"version\":1,\"boundary\":\"text\"}"]) {
        yield* dynamo.send("PutItem", { TableName: table, Item: { ...item as Dynamo.Item, e: { S: damaged } } })
        assert.isUndefined(yield* snapshots.load("Cart", "1"), damaged)
      }
    }))

  it.effect("leaves a layout in which a missing, moved or forged item is found", () =>
    Effect.gen(function*() {
      const table = yield* newTable
      const store = yield* EventStoreDynamo.make({ table, plan })
      const write = (label: string) => store.append([added(label), added(`${label}+`, 2)], { commandId: label })
      for (const label of ["1", "2", "3"]) yield* write(label)
      const items = yield* Layout.itemsOf(table)
      assert.deepStrictEqual(Layout.violations(plan, items), [])
      const found = (change: (item: Item) => ReadonlyArray<Item>, [pk, sk]: readonly [string, string]) =>
        Layout.violations(
          plan,
          items.flatMap((item) => item["pk"]?.S === pk && item["sk"]?.N === sk ? change(item) : [item])
        ).join("; ")
      const second = ["t#order:1", "2"] as const
      assert.include(found(() => [], second), "versions: t#order:1 3")
      assert.include(found(() => [], ["a#", "6"]), "3+ is in t#order:2 3, and says")
      assert.include(found((item) => [{ ...item, h: { N: "3" } }], second), "home-sequence: t#order:1 2")
      assert.include(found((item) => [{ ...item, u: { N: "3" } }], second), "through: t#order:1 2")
      assert.include(found((item) => [{ ...item, p: { N: "1" } }], second), "position-order: t#order:1 2")
      assert.include(found((item) => [{ ...item, home: { BOOL: false } }], second), "2 hasn't one home")
      assert.include(found((item) => [{ ...item, w: { S: "other" } }], second), "r#2 names t#order:1 2")
    }))
})

const refused = (name: string, properties: object = {}): Effect.Effect<never, Dynamo.SendFailed> =>
  Effect.fail({ cause: Object.assign(new Error(name), { name, ...properties }) })

const timedOut = refused("TimeoutError")

/** A store of which a test decides what becomes of each request; what is undefined goes its way. */
const withDouble = (
  meets: (operation: Dynamo.Operation, count: number) => "lost" | Effect.Effect<unknown, Dynamo.SendFailed> | undefined
) =>
  Effect.gen(function*() {
    const double = TableDouble.make()
    const made: Array<Dynamo.Operation> = []
    const send: Dynamo.RawSend = (operation, request) =>
      Effect.suspend(() => {
        made.push(operation)
        const fault = meets(operation, made.filter((one) => one === operation).length)
        return fault === "lost"
          ? Effect.andThen(Effect.exit(double.send(operation, request)), timedOut)
          : fault ?? double.send(operation, request)
      })
    const open = EventStoreDynamo.make({ table: "events", plan }).pipe(
      Effect.provide(Layer.merge(Dynamo.layerRaw(send), Doorbells.layerNone))
    )
    return { made, open, double }
  })

/** Does it, and lets the time pass that it waits. */
const withTime = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function*() {
    const fiber = yield* Effect.forkChild(effect)
    while (fiber.pollUnsafe() === undefined) yield* TestClock.adjust("1 second")
    return yield* Fiber.join(fiber)
  })

const count = (made: ReadonlyArray<string>, operation: string) => made.filter((one) => one === operation).length

describe("a store whose requests fail", () => {
  layer(Layer.empty)((it) => {
    it.effect("that reaches nobody says that nothing was written and that a retry can help", () =>
      Effect.gen(function*() {
        let isDown = true
        const down = refused("Error", { code: "ECONNREFUSED" })
        const { made, open } = yield* withDouble(() => isDown ? down : undefined)
        const { isRetryable, message, reason } = yield* failure(withTime(open))
        assert.deepStrictEqual([isRetryable, reason], [true, "StoreUnavailable"])
        assert.include(message, "table 'events': UpdateItem: Error: Error")
        assert.deepStrictEqual(made.length, 16)

        isDown = false
        const store = yield* open
        isDown = true
        for (const operation of [Effect.asVoid(store.append([added("1")])), Effect.asVoid(everything(store))]) {
          const said = yield* failure(withTime(operation))
          assert.deepStrictEqual([said.isRetryable, said.reason], [true, "StoreUnavailable"])
          assert.include(said.message, "Nothing was written; a retry can help")
        }
        isDown = false
        yield* store.append([added("2")])
        assert.deepStrictEqual(yield* everything(store), ["2"])
      }))

    it.effect("that is never answered says that the outcome is unknown, and not before it has tried", () =>
      Effect.gen(function*() {
        let isDown = false
        const { double, made, open } = yield* withDouble((operation) =>
          isDown && operation === "TransactWriteItems" ? timedOut : undefined
        )
        const store = yield* open
        isDown = true
        const { isRetryable, message, reason } = yield* failure(
          withTime(store.append([added("1")], { commandId: "c" }))
        )
        assert.deepStrictEqual([isRetryable, reason], [true, "OutcomeUnknown"])
        assert.include(message, "It is unknown whether the events were written: table 'events', after 16 tries")
        assert.strictEqual(count(made, "TransactWriteItems"), 16)
        // Here it never was: the same command is done now.
        isDown = false
        assert.isFalse((yield* store.append([added("1")], { commandId: "c" })).replayed)
        assert.deepStrictEqual(Layout.violations(plan, double.items()), [])
      }))

    it.effect("that was once not answered and is refused ever since is still unknown", () =>
      Effect.gen(function*() {
        const throttled = refused("ThrottlingException", { $fault: "client" })
        const { open } = yield* withDouble((operation, count) =>
          operation !== "TransactWriteItems" ? undefined : count === 1 ? timedOut : throttled
        )
        const store = yield* open
        assert.strictEqual((yield* failure(withTime(store.append([added("1")])))).reason, "OutcomeUnknown")
      }))

    it.effect("whose answer is lost finds its own events, and answers as if nothing had been", () =>
      Effect.gen(function*() {
        const { double, made, open } = yield* withDouble((operation, count) =>
          operation === "TransactWriteItems" && count <= 3 ? "lost" : undefined
        )
        const store = yield* open
        const { events, replayed } = yield* withTime(store.append([added("1"), added("2", 2)]))
        assert.isFalse(replayed)
        assert.deepStrictEqual(yield* Stream.runCollect(store.read(Query.all)), [...events])
        assert.strictEqual(count(made, "TransactWriteItems"), 4)
        assert.deepStrictEqual(Layout.violations(plan, double.items()), [])
      }))

    it.effect("whose answers are all lost has done the command, and the same command later answers what it did", () =>
      Effect.gen(function*() {
        let isDown = false
        const { double, open } = yield* withDouble((operation) =>
          isDown && operation === "TransactWriteItems" ? "lost" : undefined
        )
        const store = yield* open
        isDown = true
        const append = (store: EventStoreShape, events = [added("1"), added("2", 2)]) =>
          store.append(events, { boundary: Boundary.absent(Query.make({ tags: ["order:1"] })), commandId: "command" })
        assert.strictEqual((yield* failure(withTime(append(store)))).reason, "OutcomeUnknown")
        isDown = false
        const elsewhere = yield* open
        const again = yield* append(elsewhere, [added("other", 3)])
        assert.isTrue(again.replayed)
        assert.deepStrictEqual(labels(again.events), ["1", "2"])
        assert.deepStrictEqual(yield* everything(store), ["1", "2"])
        assert.deepStrictEqual(Layout.violations(plan, double.items()), [])
      }))

    it.effect("that is told again and again of a next page without ever seeing one gives up", () =>
      Effect.gen(function*() {
        let isDown = false
        const { made, open } = yield* withDouble((operation) =>
          isDown && operation === "Query"
            ? Effect.succeed({ Items: [], LastEvaluatedKey: { pk: { S: "a#" }, sk: { N: "1" } } })
            : undefined
        )
        const store = yield* open
        yield* store.append([added("1")])
        isDown = true
        const before = made.length
        const { isRetryable, reason } = yield* failure(withTime(everything(store)))
        assert.deepStrictEqual([isRetryable, reason], [true, "StoreUnavailable"])
        assert.isBelow(made.length - before, 20)
      }))
  })
})

describe("a request that reaches nobody", () => {
  layer(Layer.empty)((it) => {
    it.effect("is known not to have been applied", () =>
      Effect.gen(function*() {
        const dynamo = Dynamo.fromRaw(
          yield* Dynamo.makeRaw({
            endpoint: "http://127.0.0.1:1",
            region: "us-east-1",
            credentials: { accessKeyId: "test", secretAccessKey: "test" }
          })
        )
        const { reason } = yield* Effect.flip(dynamo.send("GetItem", { TableName: "events", Key: {} }))
        assert.strictEqual(reason._tag, "Unreachable")
      }))
  })
})
