/** The cost table: what each kind of command is promised to cost, and how it comes about. */
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as Boundary from "@reventless/core/Boundary"
import { EventStore, type EventStoreShape, type NewEvent } from "@reventless/core/EventStore"
import type * as IndexPlan from "@reventless/core/IndexPlan"
import type * as Query from "@reventless/core/Query"
import * as Tag from "@reventless/core/Tag"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { type Cost, make, type Measured } from "./meter.ts"

/** A tag key that is a partition: of the events that the command writes, or of others. */
type Key = "course" | "student" | "room"

/** A command, as the table names it, with what it reads and writes. */
export interface Row {
  readonly command: string
  readonly reads: ReadonlyArray<Key>
  readonly writes: ReadonlyArray<Key>
  /** Whether the command has an id by which it is remembered. */
  readonly receipt: boolean
  readonly how: (run: Run) => Effect.Effect<Measured, unknown>
  readonly expected: Cost
}

/** What a row works with. */
interface Run {
  /** A store of the row's table, and one that another process would have. Neither knows anything yet. */
  readonly store: EventStoreShape
  readonly other: EventStoreShape
  readonly query: Query.Query
  readonly commandId: string | undefined
  /** What one event in each partition takes that is read: so that there is something to read. */
  readonly seed: Effect.Effect<void, unknown>
  readonly measure: <E>(effect: Effect.Effect<unknown, E>) => Effect.Effect<Measured, E>
}

const written = "StudentSubscribed"
const looked = "Noted"

/** Data and meta are of the usual size; an item has less than 1 KB. */
const event = (type: string, keys: ReadonlyArray<Key>): NewEvent => ({
  type,
  tags: keys.map((key) => Tag.make(key, "1")),
  data: { courseId: "1", studentId: "1", roomId: "1", since: "2026-11-22T10:00:00.000Z", channel: "web" },
  meta: {
    messageId: "b2d4c1de-3cf0-3c53-8d36-2c44f1d1a3b7",
    correlationId: "0199a0c8-2f6e-7cc1-9f0e-0d4f5b2c8e11",
    causationId: "0199a0c8-2f6e-7cc1-9f0e-0d4f5b2c8e11",
    time: 1_795_000_000_000,
    service: "Courses.Subscribe",
    schemaVersion: 1
  }
})

const subscribed = event(written, ["course", "student", "room"])

const planOf = ({ reads, writes }: Row): IndexPlan.IndexPlan => {
  const all: ReadonlyArray<Key> = ["course", "student", "room"]
  const planned = (partitions: ReadonlyArray<Key>): IndexPlan.TypePlan => ({
    partitions: [...partitions].sort(),
    references: all.filter((key) => !partitions.includes(key)).sort(),
    home: partitions[0],
    byType: false
  })
  const types = { [written]: planned(writes), [looked]: planned(reads.filter((key) => !writes.includes(key))) }
  return { _tag: "Planned", types, all: false }
}

const queryOf = ({ reads, writes }: Row): Query.Query => ({
  items: reads.map((key) => ({ types: [writes.includes(key) ? written : looked], tags: [Tag.make(key, "1")] }))
})

/** The state is in memory: its boundary was read before. */
const cached: Row["how"] = Effect.fnUntraced(function*({ commandId, measure, query, seed, store }) {
  yield* seed
  const { boundary } = yield* store.readBoundary(query)
  return yield* measure(store.append([subscribed], { boundary, commandId }))
})

/** The state is read first. */
const readFirst: Row["how"] = Effect.fnUntraced(function*({ commandId, measure, query, seed, store }) {
  yield* seed
  return yield* measure(
    Effect.flatMap(store.readBoundary(query), ({ boundary }) => store.append([subscribed], { boundary, commandId }))
  )
})

/** The state is in memory, and the decision made no event. */
const rejected: Row["how"] = Effect.fnUntraced(function*({ commandId, measure, query, seed, store }) {
  yield* seed
  const { boundary } = yield* store.readBoundary(query)
  return yield* measure(store.confirm(boundary, { commandId }))
})

/** The state is in memory and old: another process has added to it. What was added is read, and decided anew. */
const lostRace: Row["how"] = Effect.fnUntraced(function*({ commandId, measure, other, query, seed, store }) {
  yield* seed
  const { boundary } = yield* store.readBoundary(query)
  yield* other.append([subscribed], { boundary: (yield* other.readBoundary(query)).boundary })
  return yield* measure(Effect.gen(function*() {
    const error = yield* Effect.flip(store.append([subscribed], { boundary, commandId }))
    if (error._tag !== "AppendConflict") return yield* error
    const next = yield* store.readBoundary(query, { since: boundary })
    yield* store.append([subscribed], { boundary: next.boundary, commandId })
  }))
})

/** No event was there, and none was looked for. */
const absent: Row["how"] = ({ commandId, measure, query, store }) =>
  measure(store.append([subscribed], { boundary: Boundary.absent(query), commandId }))

const row = (
  command: string,
  how: Row["how"],
  [reads, writes]: readonly [ReadonlyArray<Key>, ReadonlyArray<Key>],
  [read, write, calls, serial]: readonly [read: number, write: number, calls: number, serial: number],
  receipt = false
): Row => ({ command, how, reads, writes, receipt, expected: { read, write, calls, serial } })

const one: ReadonlyArray<Key> = ["course"]
const two: ReadonlyArray<Key> = ["course", "student"]
const three: ReadonlyArray<Key> = ["course", "student", "room"]

/** Every row that is about commands. An aggregate is a boundary of one tag, as a slice with one tag is. */
export const rows: ReadonlyArray<Row> = [
  row("aggregate or slice of one tag, state cached, 1 event", cached, [one, one], [0, 1, 1, 1]),
  row("aggregate or slice of one tag, state cached, receipt", cached, [one, one], [0, 4, 1, 1], true),
  row("slice, two tags read and written, 1 event", readFirst, [two, two], [2, 4, 3, 2]),
  row("slice, two tags read and written, receipt", readFirst, [two, two], [2, 6, 3, 2], true),
  row("slice, two tags, state cached", cached, [two, two], [0, 4, 1, 1]),
  row("slice, reads 2 tags, writes 1", readFirst, [two, one], [2, 4, 3, 2]),
  row("slice, reads 2 tags, writes 1, receipt", readFirst, [two, one], [2, 6, 3, 2], true),
  row("a further partition: three tags read and written", readFirst, [three, three], [3, 6, 4, 2]),
  row("a further check: reads 3 tags, writes 1", readFirst, [three, one], [3, 6, 4, 2]),
  row("a confirmed rejection, one partition", rejected, [one, one], [2, 0, 1, 1]),
  row("a confirmed rejection, two partitions", rejected, [two, two], [4, 0, 1, 1]),
  row("a confirmed rejection, one partition, receipt", rejected, [one, one], [4, 0, 1, 1], true),
  row("a lost race, one tag", lostRace, [one, one], [1, 2, 3, 3]),
  row("a lost race, two tags read and written", lostRace, [two, two], [2, 8, 4, 3]),
  row("absent, one tag", absent, [one, one], [0, 1, 1, 1]),
  row("absent, two tags", absent, [two, two], [0, 4, 1, 1]),
  row("absent, one tag, receipt", absent, [one, one], [0, 4, 1, 1], true)
]

/** What a row costs, on a table of its own. */
export const run = Effect.fnUntraced(function*(row: Row, send: Dynamo.RawSend) {
  const table = yield* DynamoEmulator.tableName
  const meter = make()
  const dynamo = Dynamo.layerRaw(meter.wrap(send))
  yield* Effect.provide(DynamoTable.create({ table }), dynamo)
  const open = EventStoreDynamo.layer({ table, plan: planOf(row) }).pipe(Layer.provide([Doorbells.layerNone, dynamo]))
  const opened = Effect.map(Layer.build(open), (context) => Context.get(context, EventStore))
  const [store, other, seeder] = yield* Effect.all([opened, opened, opened])
  const seed = Effect.gen(function*() {
    yield* seeder.append([subscribed])
    for (const key of row.reads) if (!row.writes.includes(key)) yield* seeder.append([event(looked, [key])])
  })
  const commandId = row.receipt ? "b2d4c1de-3cf0-3c53-8d36-2c44f1d1a3b7" : undefined
  return yield* row.how({ store, other, query: queryOf(row), commandId, seed, measure: meter.measure })
}, Effect.scoped)
