import { assert, layer } from "@effect/vitest"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import { AppendTooLarge, EventStoreError, type NewEvent } from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import { event } from "@reventless/testing/conformance/Fixture"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { dynamoLayer, newTable, sharedRaw } from "./support.ts"

/** Found by two tags, and by nothing else. */
const plan: IndexPlan.IndexPlan = {
  _tag: "Planned",
  all: false,
  types: {
    Subscribed: { partitions: ["course", "student"], references: [], home: "course", byType: false },
    Noted: { partitions: ["course"], references: [], home: "course", byType: false }
  }
}

const subscribed = (index: number) => event(`${index}`, "Subscribed", ["course:1", `student:${index}`])

/** A note of so many characters. */
const note = (course: string, length: number): NewEvent => ({
  ...event("note", "Noted", [`course:${course}`]),
  data: { text: "x".repeat(length) }
})

const events = (count: number) => Array.from({ length: count }, (_, index) => subscribed(index))

/** What an append is refused for; fails when it isn't, or when something was written. */
const refusal = Effect.fnUntraced(function*(all: ReadonlyArray<NewEvent>, commandId?: string) {
  const store = yield* EventStoreDynamo.make({ table: yield* newTable, plan })
  const error = yield* Effect.flip(store.append(all, { commandId }))
  assert.instanceOf(error, EventStoreError)
  assert.deepStrictEqual(yield* Stream.runCollect(store.read(Query.make({ tags: ["course:1"], types: ["Noted"] }))), [])
  return (error as EventStoreError).reason
})

layer(Layer.provide(dynamoLayer, sharedRaw()))("the limits of the store on DynamoDB", (it) => {
  it.effect("an append of more than 100 items is refused, and says what counted", () =>
    Effect.gen(function*() {
      const reason = yield* refusal(events(50), "command")
      assert.instanceOf(reason, AppendTooLarge)
      assert.include(
        reason.message,
        "101 items of one transaction (100 for 50 events in each of their partitions, 0 for partitions that were only " +
          "read, 1 for the command id), at most 100"
      )
    }))

  it.effect("an append of 100 items is taken", () =>
    Effect.gen(function*() {
      const store = yield* EventStoreDynamo.make({ table: yield* newTable, plan })
      const { events: stored } = yield* store.append(events(50))
      assert.lengthOf(stored, 50)
    }))

  it.effect("an event of more than 400 KiB is refused", () =>
    Effect.gen(function*() {
      const reason = yield* refusal([note("1", 400 * 1024)])
      assert.instanceOf(reason, AppendTooLarge)
      assert.include(reason.message, "bytes in one event, at most 409600")
    }))

  it.effect("an append of more than 4 MiB is refused", () =>
    Effect.gen(function*() {
      const reason = yield* refusal(Array.from({ length: 11 }, () => note("1", 390 * 1024)))
      assert.instanceOf(reason, AppendTooLarge)
      assert.include(reason.message, "bytes in all copies of the events, at most 4194304")
    }))

  it.effect("a command id of more than 1,024 bytes is refused", () =>
    Effect.gen(function*() {
      const reason = yield* refusal([note("1", 1)], "x".repeat(1100))
      assert.strictEqual(reason._tag, "InvalidRequest")
    }))
})
