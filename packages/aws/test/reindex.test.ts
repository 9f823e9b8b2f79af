import { assert, describe, it } from "@effect/vitest"
import * as DynamoReindex from "@reventless/aws/DynamoReindex"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import type { EventStoreShape, NewEvent } from "@reventless/core/EventStore"
import type { IndexPlan, TypePlan } from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { dynamoLayer, newTable, sharedRaw } from "./support.ts"

const plan = (partitions: ReadonlyArray<string>): IndexPlan => {
  const type: TypePlan = {
    partitions,
    references: ["course", "student"].filter((key) => !partitions.includes(key)),
    home: partitions[0],
    byType: false
  }
  return { _tag: "Planned", types: { Subscribed: type }, all: false }
}

const byCourse = plan(["course"])
const byStudentToo = plan(["course", "student"])

const subscribed = (course: number, student: number): NewEvent => ({
  type: "Subscribed",
  tags: [`course:${course}`, `student:${student}`],
  data: { course, student },
  meta: { messageId: `${course}.${student}`, correlationId: "c", time: 0, service: "Test", schemaVersion: 1 }
})

const of = (tag: string) => Query.make({ types: ["Subscribed"], tags: [tag] })

const read = (store: EventStoreShape, tag: string) => Stream.runCollect(store.read(of(tag)))

const services = dynamoLayer.pipe(Layer.provide(sharedRaw()))

const filled = Effect.gen(function*() {
  const [from, to] = [yield* newTable, yield* newTable]
  const store = yield* EventStoreDynamo.make({ table: from, plan: byCourse })
  for (let course = 0; course < 4; course++) {
    for (let student = 0; student < 5; student++) {
      yield* store.append([subscribed(course, student)], { commandId: `${course}.${student}` })
    }
  }
  return { from, to, store, copy: DynamoReindex.copy({ from: { table: from }, to: { table: to }, plan: byStudentToo }) }
})

describe("a copy for another plan", () => {
  it.live("finds the same events by the new tags, in the same order and at their positions", () =>
    Effect.gen(function*() {
      const { copy, from, store, to } = yield* filled
      const refused = yield* Effect.flip(EventStoreDynamo.make({ table: from, plan: byStudentToo }))
      assert.strictEqual(refused.reason._tag, "PlanChanged")
      assert.include(refused.message, "DynamoReindex.copy")

      assert.deepStrictEqual(yield* copy, { events: 20, commandIds: 20 })
      const copied = yield* EventStoreDynamo.make({ table: to, plan: byStudentToo })
      assert.deepStrictEqual(yield* read(copied, "course:2"), yield* read(store, "course:2"))
      const ofStudent = yield* read(copied, "student:3")
      assert.deepStrictEqual(ofStudent.map(({ meta }) => meta.messageId), ["0.3", "1.3", "2.3", "3.3"])

      const { boundary } = yield* copied.readBoundary(of("student:3"))
      yield* copied.append([subscribed(9, 3)], { boundary })
      const again = yield* Effect.flip(copied.append([subscribed(8, 3)], { boundary }))
      assert.strictEqual(again._tag, "AppendConflict")
    }).pipe(Effect.scoped, Effect.provide(services)))

  it.live("remembers the commands that were remembered", () =>
    Effect.gen(function*() {
      const { copy, store, to } = yield* filled
      yield* copy
      const copied = yield* EventStoreDynamo.make({ table: to, plan: byStudentToo })
      const replayed = yield* copied.append([subscribed(1, 1)], { commandId: "1.1" })
      assert.isTrue(replayed.replayed)
      assert.deepStrictEqual(
        replayed.events,
        (yield* read(store, "course:1")).filter(({ meta }) => meta.messageId === "1.1")
      )
    }).pipe(Effect.scoped, Effect.provide(services)))

  it.live("that didn't come to its end opens for nobody, and comes to the same when it is made again", () =>
    Effect.gen(function*() {
      const { from, store, to } = yield* filled
      const copy = (onProgress: () => Effect.Effect<void>) =>
        DynamoReindex.copy({ from: { table: from }, to: { table: to }, plan: byStudentToo, onProgress })
      yield* Effect.flip(Effect.sandbox(copy(() => Effect.die("killed"))))
      const closed = yield* Effect.flip(EventStoreDynamo.make({ table: to, plan: byStudentToo }))
      assert.strictEqual(closed.reason._tag, "PlanChanged")
      assert.include(closed.message, "hasn't come to its end")

      yield* copy(() => Effect.void)
      const copied = yield* EventStoreDynamo.make({ table: to, plan: byStudentToo })
      assert.deepStrictEqual(yield* read(copied, "course:2"), yield* read(store, "course:2"))
    }).pipe(Effect.scoped, Effect.provide(services)))

  it.live("into a place that holds a store is refused", () =>
    Effect.gen(function*() {
      const { copy, to } = yield* filled
      yield* EventStoreDynamo.make({ table: to, plan: byCourse })
      assert.include((yield* Effect.flip(copy)).message, "holds a store already")
    }).pipe(Effect.scoped, Effect.provide(services)))
})
