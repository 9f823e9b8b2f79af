// #region imports
import { assert, layer } from "@effect/vitest"
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoReindex from "@reventless/aws/DynamoReindex"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import { CommandBus } from "@reventless/core/CommandBus"
import { EventStore, type NewEvent } from "@reventless/core/EventStore"
import * as Message from "@reventless/core/Message"
import * as Platform from "@reventless/core/Platform"
import * as Query from "@reventless/core/Query"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as DynamoPlatform from "../dynamodb/platform.ts"
import { ReserveSeat, Seats, WorkshopId, Workshops } from "../tutorial/seats.ts"
// #endregion imports

// #region emulator
/** An emulator for this file, and a table for each test. */
const newTable = Effect.gen(function*() {
  const { client } = yield* DynamoEmulator.DynamoEmulator
  const table = yield* DynamoEmulator.tableName
  yield* Effect.provide(DynamoTable.create({ table }), Dynamo.layer(client))
  return { client, table }
})

layer(DynamoEmulator.layer, { excludeTestServices: true })("seats on DynamoDB", (it) => {
  it.effect("the last seat goes to one of two processes that want it at once", () =>
    Effect.gen(function*() {
      const { client, table } = yield* newTable
      const process = Layer.build(
        Platform.layer({ version: "1.0.0", plugins: [Seats] }).pipe(
          Layer.provide(DynamoPlatform.layer(table, client))
        )
      )
      const [one, other] = yield* Effect.all([process, process])
      const workshopId = WorkshopId.make("clay")
      const reserve = (context: typeof one, attendee: string) =>
        Context.get(context, CommandBus).send(ReserveSeat, { workshopId, attendee })

      yield* reserve(one, "ada")
      yield* reserve(other, "bob")
      const racers = yield* Effect.all(
        [Effect.result(reserve(one, "cyd")), Effect.result(reserve(other, "dan"))],
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(racers.map(({ _tag }) => _tag).sort(), ["Failure", "Success"])

      const { token } = yield* reserve(one, "ada")
      const row = yield* Context.get(other, QueryEngine).get(Workshops, workshopId, { after: token })
      assert.deepStrictEqual(row, Option.some({ workshopId, taken: 3 }))
    }))
})
// #endregion emulator

layer(DynamoEmulator.layer, { excludeTestServices: true })("a store on DynamoDB", (it) => {
  it.effect("refuses what was decided on what is no longer so", () =>
    Effect.gen(function*() {
      const { client, table } = yield* newTable
      // #region store
      const Store = EventStoreDynamo.layer({ table, plan: Seats.plan }).pipe(
        Layer.provide(Doorbells.layerNone),
        Layer.provide(Dynamo.layer(client))
      )
      const program = Effect.gen(function*() {
        const store = yield* EventStore
        const query = Query.make({ types: ["SeatReserved"], tags: ["workshop:clay"] })
        const { boundary, events } = yield* store.readBoundary(query)
        assert.strictEqual(events.length, 0)

        const reserved: NewEvent = {
          type: "SeatReserved",
          tags: ["workshop:clay"],
          data: { workshopId: "clay", attendee: "ada" },
          meta: yield* Message.root("Seats", 1)
        }
        yield* store.append([reserved], { boundary })
        // Nobody may decide on the same boundary again: something that matches was added.
        const refused = yield* Effect.flip(store.append([reserved], { boundary }))
        assert.strictEqual(refused._tag, "AppendConflict")
      })
      // #endregion store
      yield* Effect.provide(program, Store)
    }))

  it.effect("has the same events in a table for another plan", () =>
    Effect.gen(function*() {
      const { client, table } = yield* newTable
      const { table: newer } = yield* newTable
      const open = (table: string) => Effect.provide(EventStoreDynamo.make({ table }), Doorbells.layerNone)
      yield* Effect.gen(function*() {
        const tagged = (tag: string, meta: NewEvent["meta"]): NewEvent => ({
          type: "SeatReserved",
          tags: [tag],
          data: { workshopId: "clay", attendee: "ada" },
          meta
        })
        const before = yield* open(table)
        yield* before.append([tagged("workshop:clay", yield* Message.root("Seats", 1))])
        // #region reindex
        yield* DynamoReindex.copy({ from: { table }, to: { table: newer }, plan: Seats.plan })
        // #endregion reindex
        const store = yield* Effect.provide(
          EventStoreDynamo.make({ table: newer, plan: Seats.plan }),
          Doorbells.layerNone
        )
        const events = yield* Stream.runCollect(
          store.read(Query.make({ types: ["SeatReserved"], tags: ["workshop:clay"] }))
        )
        assert.lengthOf(events, 1)
      }).pipe(Effect.provide(Dynamo.layer(client)))
    }))
})
