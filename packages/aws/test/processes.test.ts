import { assert, layer } from "@effect/vitest"
import type { Doorbells } from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoStream from "@reventless/aws/DynamoStream"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import { EventStore, type SequencedEvent } from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Lane from "@reventless/core/Lane"
import * as Query from "@reventless/core/Query"
import { event, labels } from "@reventless/testing/conformance/Fixture"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as DynamoFaults from "@reventless/testing/DynamoFaults"
import * as DynamoStreamFaults from "@reventless/testing/DynamoStreamFaults"
import * as EventStoreHistory from "@reventless/testing/EventStoreHistory"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import * as Layout from "./layout.ts"
import { start } from "./processes/support.ts"

/** Three of ten requests are disturbed, and of three of ten transactions some items are seen late. */
const rates: DynamoFaults.Rates = { hide: 0.3, late: 0.06, lose: 0.06, retry: 0.06, throttle: 0.06, conflict: 0.06 }

const streamRates: DynamoStreamFaults.Rates = {
  repeat: 0.2,
  delay: 0.2,
  shuffle: 0.5,
  expire: 0.05,
  trim: 0.02,
  lose: 0.05
}

/** What the workload needs: events are found by their entities and by their types. */
const byEntity: Extract<IndexPlan.IndexPlan, { readonly _tag: "Planned" }> = {
  _tag: "Planned",
  all: false,
  types: {
    T: { partitions: ["a", "b"], references: [], home: "a", byType: true },
    U: { partitions: ["a", "b"], references: [], home: "b", byType: true }
  }
}

/** As above, and by their types they aren't found: those who write to different entities don't meet. */
const byEntityAlone: IndexPlan.IndexPlan = {
  _tag: "Planned",
  all: false,
  types: { T: { ...byEntity.types["T"]!, byType: false }, U: { ...byEntity.types["U"]!, byType: false } }
}

const dynamo = Layer.unwrap(Effect.map(DynamoEmulator.DynamoEmulator, ({ client }) => Dynamo.layer(client)))
const emulator = dynamo.pipe(Layer.provideMerge(DynamoEmulator.layer))

const newTable = Effect.tap(DynamoEmulator.tableName, (table) => DynamoTable.create({ table }))

/** A store in this process, with faults of its own. */
const open = Effect.fnUntraced(
  function*(table: string, plan: IndexPlan.IndexPlan, faults: DynamoFaults.Rates, onStream: DynamoStreamFaults.Rates) {
    const { client } = yield* DynamoEmulator.DynamoEmulator
    const { wrap } = yield* DynamoFaults.make(faults)
    const stream = yield* DynamoStreamFaults.make(onStream)
    const services: Layer.Layer<Doorbells | Dynamo.Dynamo> = DynamoStream.layerRaw(
      stream.wrap(yield* DynamoStream.makeRaw(client)),
      { pollInterval: 50 }
    ).pipe(Layer.provideMerge(Dynamo.layerRaw(wrap(yield* Dynamo.makeRaw(client)))))
    const context = yield* Layer.build(EventStoreDynamo.layer({ table, plan }).pipe(Layer.provide(services)))
    return yield* Effect.provide(EventStore, context)
  }
)

/** Everything that a lane gives until the scope ends. */
const follow = Effect.fnUntraced(function*(store: EventStore["Service"], lane: Lane.Lane) {
  const events: Array<SequencedEvent> = []
  yield* Effect.forkScoped(
    Stream.runForEach(store.subscribe({ lane }), (batch) => Effect.sync(() => events.push(...batch.events))),
    { startImmediately: true }
  )
  return events
})

type Child = Effect.Success<ReturnType<typeof start>>

/** What a process says that appends without end. */
type Said = readonly [what: "begun" | "done", id: string]

const names = ["p0", "p1", "p2", "p3"]

/** Four processes work at once while a fifth follows; then everything that they did, saw and left behind is judged. */
const history = Effect.fnUntraced(
  function*(plan: IndexPlan.IndexPlan, faults: DynamoFaults.Rates, onStream: DynamoStreamFaults.Rates) {
    const { client } = yield* DynamoEmulator.DynamoEmulator
    const table = yield* newTable
    const seed = String(yield* Random.nextIntBetween(0, 2 ** 31))
    const size = { fibers: 4, turns: 40 }
    const children = yield* Effect.forEach(
      names,
      (name) => start("history", { client, table, plan, rates: faults, name, seed, size })
    )
    for (const child of children) assert.strictEqual(yield* child.next, "ready")
    const here = yield* open(table, plan, faults, onStream)
    const keyed = yield* follow(here, Lane.keyed(["T", "U"], "a"))
    const unordered = yield* follow(here, Lane.unordered(["T", "U"]))
    for (const child of children) yield* child.tell
    const said = (yield* Effect.forEach(children, ({ next }) => next)) as ReadonlyArray<{
      readonly operations: ReadonlyArray<EventStoreHistory.Operation>
      readonly counts: DynamoFaults.Counts
    }>
    for (const child of children) assert.strictEqual(yield* child.ended, 0)

    const plain = yield* open(table, plan, {}, {})
    const read = (query: Query.Query) => Stream.runCollect(plain.read(query))
    const log = yield* read(Query.make({ types: ["T"] }, { types: ["U"] }))
    const operations = said.flatMap(({ operations }) => operations)
    assert.deepStrictEqual(EventStoreHistory.violations({ operations, log }, { reads: "unproven" }), [], `seed ${seed}`)
    assert.deepStrictEqual(Layout.violations(plan, yield* Layout.itemsOf(table)), [], `seed ${seed}`)
    assert.strictEqual(new Set(log.map(({ position }) => position)).size, log.length)

    const ofLane = log.filter(({ tags }) => tags.some((tag) => tag.startsWith("a:")))
    // What doesn't come at all is told by what came, and not by the end of the test's time.
    for (let looks = 0; looks < 1500 && keyed.length + unordered.length < ofLane.length + log.length; looks++) {
      yield* Effect.sleep(20)
    }
    yield* Effect.sleep(200)
    assert.deepStrictEqual(labels(unordered).toSorted(), labels(log).toSorted())
    assert.deepStrictEqual(labels(keyed).toSorted(), labels(ofLane).toSorted())
    for (const tag of ["a:0", "a:1", "a:2"]) {
      const own = keyed.filter(({ tags }) => tags.includes(tag))
      assert.deepStrictEqual(labels(own), labels(yield* read(Query.make({ tags: [tag] }))), `${tag}, seed ${seed}`)
    }

    const counts = said.map(({ counts }) => counts)
    const conflicts = operations.filter(({ accepted }) => !accepted).length
    yield* Console.log(
      `${names.length} processes: ${operations.length} operations, ${conflicts} conflicts, ${log.length} events`
    )
    assert.isAtLeast(operations.length, 1000)
    assert.isAbove(conflicts, 50)
    for (const fault of Object.keys(faults) as ReadonlyArray<keyof DynamoFaults.Counts>) {
      assert.isAbove(counts.reduce((sum, counts) => sum + counts[fault], 0), 20, fault)
    }
  }
)

layer(emulator, { excludeTestServices: true })("several processes on one table", (it) => {
  it.effect(
    "four that decide on overlapping boundaries leave a history that happened as if one by one, and a fifth follows it",
    () => history(IndexPlan.open, {}, {})
  )

  it.effect(
    "so they do when three in ten of their requests are disturbed, each process by faults of its own",
    () => history(byEntity, rates, streamRates)
  )

  it.effect(
    "of appends whose process is killed each is there whole or not at all, none that was acknowledged is lost, and " +
      "others go on",
    () =>
      Effect.gen(function*() {
        const { client } = yield* DynamoEmulator.DynamoEmulator
        const table = yield* newTable
        const plan = byEntityAlone
        const hammer = (name: string) =>
          start("hammer", { client, table, plan, rates: {}, name, seed: name, size: { fibers: 4, turns: 0 } })
        const survivor = yield* hammer("survivor")
        const begun: Array<string> = []
        const done: Array<string> = []
        let inFlight = 0
        const acknowledged = ({ said }: Child) => said.filter((line) => (line as Said)[0] === "done").length
        const kill = Effect.fnUntraced(function*(child: Child) {
          yield* child.kill
          yield* child.ended
          for (const [what, id] of child.said as ReadonlyArray<Said>) (what === "begun" ? begun : done).push(id)
          inFlight += child.said.length - 2 * acknowledged(child)
        })
        for (const round of [1, 2]) {
          const victims = yield* Effect.forEach(["a", "b", "c", "d", "e"], (name) => hammer(`victim-${round}${name}`))
          for (const victim of victims) {
            while (acknowledged(victim) < 5) yield* Effect.sleep(5)
            yield* Effect.sleep(yield* Random.nextIntBetween(0, 30))
            const before = acknowledged(survivor)
            yield* kill(victim)
            while (acknowledged(survivor) < before + 3) yield* Effect.sleep(5)
          }
        }
        yield* kill(survivor)

        const store = yield* open(table, plan, {}, {})
        const entities = Array.from({ length: 6 }, (_, index) => [`a:${index}`, `b:${index}`]).flat()
        for (const tag of entities) yield* store.append([event(`after ${tag}`, "U", [tag])])
        const query = { items: entities.map((tag) => ({ types: ["T"], tags: [tag] })) }
        const log = yield* Stream.runCollect(store.read(query))
        const appends = Map.groupBy(labels(log), (label) => label.split(".")[0]!)
        const torn = [...appends].filter(([id, parts]) => parts.join() !== `${id}.0,${id}.1,${id}.2`)
        assert.deepStrictEqual(torn, [])
        assert.deepStrictEqual(done.filter((id) => !appends.has(id)), [])
        assert.deepStrictEqual([...appends.keys()].filter((id) => !begun.includes(id)), [])
        assert.deepStrictEqual(Layout.violations(plan, yield* Layout.itemsOf(table)), [])
        yield* Console.log(`10 processes killed: ${done.length} appends acknowledged, ${inFlight} on their way`)
        assert.isAtLeast(inFlight, 20)
      })
  )
})
