// #region imports
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Workshops } from "../workshops/plugin.ts"
import { AttendeeId, ReserveSeat, ReturnSeat } from "../workshops/reserveSeat.ts"
import { Titles, TitlesLive } from "../workshops/titles.ts"
import { Attendance, Programme, SizesLive } from "../workshops/views.ts"
import { Workshop, WorkshopAnnounced, WorkshopId, WorkshopLive } from "../workshops/workshop.ts"

const clay = WorkshopId.make("clay")
const glass = WorkshopId.make("glass")
const wood = WorkshopId.make("wood")
const ada = AttendeeId.make("ada")
const bob = AttendeeId.make("bob")
// #endregion imports

const announce = Effect.gen(function*() {
  const bus = yield* CommandBus
  yield* bus.send(Workshop.commands.Announce, { workshopId: clay, title: "Clay", seats: 8 })
  yield* bus.send(Workshop.commands.Announce, { workshopId: glass, title: "Glass", seats: 4 })
  yield* bus.send(Workshop.commands.Announce, { workshopId: wood, title: "Wood", seats: 8 })
  return yield* bus.send(ReserveSeat, { workshopId: wood, attendeeId: ada })
})

describe("views", () => {
  it.effect("are listed by an index, a page at a time", () =>
    Effect.gen(function*() {
      const { token } = yield* announce
      // #region list
      const queries = yield* QueryEngine
      const first = yield* queries.list(Programme, { index: "byTitle", limit: 2, after: token })
      assert.deepStrictEqual(first.rows.map(({ title }) => title), ["Clay", "Glass"])

      const second = yield* queries.list(Programme, { index: "byTitle", limit: 2, cursor: first.cursor })
      assert.deepStrictEqual(second.rows.map(({ title }) => title), ["Wood"])
      assert.isUndefined(second.cursor)

      const untaken = yield* queries.list(Programme, { index: "byTaken", where: { taken: 0 }, order: "desc" })
      assert.deepStrictEqual(untaken.rows.map(({ title }) => title), ["Glass", "Clay"])

      const taken = yield* queries.list(Programme, { index: "byTaken", range: { gte: 1 } })
      assert.deepStrictEqual(taken.rows, [{ workshopId: wood, title: "Wood", seats: 8, taken: 1 }])
      // #endregion list
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Workshops] }))))

  it.effect("order text by code point, or as people expect by a field of their own", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      for (const title of ["apple", "Title", "9", "Émile", "Zebra", "10"]) {
        yield* bus.send(Workshop.commands.Announce, { workshopId: WorkshopId.make(title), title, seats: 8 })
      }
      yield* TestPlatform.settled
      const listed = (index: "byTitle" | "byTitleKey") =>
        Effect.map(queries.list(Titles, { index }), ({ rows }) => rows.map(({ title }) => title))
      assert.deepStrictEqual(yield* listed("byTitle"), ["10", "9", "Title", "Zebra", "apple", "Émile"])
      assert.deepStrictEqual(yield* listed("byTitleKey"), ["10", "9", "apple", "Émile", "Title", "Zebra"])
    }).pipe(Effect.provide(TestPlatform.layer({
      plugins: [
        Plugin.make("Listed", { version: "1.0.0", aggregates: [WorkshopLive], stateViewSlices: [TitlesLive] })
      ]
    }))))

  it.effect("with a sort key have several rows for one key", () =>
    Effect.gen(function*() {
      yield* announce
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const { token } = yield* bus.send(ReserveSeat, { workshopId: wood, attendeeId: bob })
      // #region sort
      const coming = yield* queries.list(Attendance, { where: { workshopId: wood }, after: token })
      assert.deepStrictEqual(coming.rows.map(({ attendeeId }) => attendeeId), [ada, bob])
      const one = yield* queries.get(Attendance, [wood, ada])
      assert.deepStrictEqual(one, Option.some({ workshopId: wood, attendeeId: ada }))
      // #endregion sort
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Workshops] }))))

  it.effect("are watched: the rows there are, then every change", () =>
    Effect.gen(function*() {
      const { token } = yield* announce
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      // #region watch
      const changes = yield* queries.watch(Attendance, { key: [wood, ada], after: token }).pipe(
        Stream.tap((change) =>
          change._tag === "RowSet" ? bus.send(ReturnSeat, { workshopId: wood, attendeeId: ada }) : Effect.void
        ),
        Stream.take(2),
        Stream.runCollect
      )
      assert.deepStrictEqual(changes, [
        { _tag: "RowSet", row: { workshopId: wood, attendeeId: ada } },
        { _tag: "RowRemoved", key: "wood", sort: "ada" }
      ])
      // #endregion watch
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Workshops] }))))

  // #region projection
  it.effect("without an order come to the same rows in whatever order", () =>
    Spec.given(SizesLive, [
      WorkshopAnnounced.make({ workshopId: clay, title: "Clay", seats: 8 }),
      WorkshopAnnounced.make({ workshopId: glass, title: "Glass", seats: 4 }),
      WorkshopAnnounced.make({ workshopId: wood, title: "Woodwork", seats: 8 })
    ]).thenRows([
      { seats: 4, workshops: 1, longestTitle: 5 },
      { seats: 8, workshops: 2, longestTitle: 8 }
    ]))
  // #endregion projection
})

describe("an event that a projection can't take", () => {
  class Names extends StateViewSlice.make("Titles", {
    row: { workshopId: WorkshopId, title: Programme.row.title },
    key: "workshopId",
    consumes: [WorkshopAnnounced]
  }) {}
  let mended = false
  const NamesLive = Names.projection((rows) => ({
    WorkshopAnnounced: ({ title, workshopId }) => {
      if (title === "Glass" && !mended) throw new Error("no glass")
      return rows.set({ workshopId, title })
    }
  }))
  const Fragile = Plugin.make("Fragile", {
    version: "1.0.0",
    aggregates: [WorkshopLive],
    stateViewSlices: [NamesLive]
  })

  const Memory = Platform.layer({ version: "1.0.0", plugins: [Fragile] }).pipe(Layer.provide(Platform.layerMemory))

  it.effect("is parked with the reason, and replayed once the projection is mended", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      yield* bus.send(Workshop.commands.Announce, { workshopId: glass, title: "Glass", seats: 4 })
      const { token } = yield* bus.send(Workshop.commands.Announce, { workshopId: clay, title: "Clay", seats: 8 })
      assert.deepStrictEqual((yield* queries.list(Names, { after: token })).rows.map(({ title }) => title), ["Clay"])

      // #region parked
      const operations = yield* Operations
      const { parked: [first] } = yield* operations.parked("Fragile.Titles")
      assert.strictEqual(first!.lane, "glass")
      assert.strictEqual(first!.reason, "its projection threw: no glass")

      mended = true
      const [outcome] = yield* operations.replay("Fragile.Titles", "glass")
      assert.strictEqual(outcome!._tag, "Applied")
      // #endregion parked
      assert.deepStrictEqual((yield* queries.list(Names)).rows.map(({ title }) => title), ["Clay", "Glass"])
    }).pipe(Effect.provide(Memory)))
})
