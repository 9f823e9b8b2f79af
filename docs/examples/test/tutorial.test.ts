// #region imports
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import {
  ReserveSeat,
  ReserveSeatLive,
  SeatReserved,
  Seats,
  WorkshopFull,
  WorkshopId,
  Workshops
} from "../tutorial/seats.ts"

const workshopId = WorkshopId.make("clay")
const seat = (attendee: string) => SeatReserved.make({ workshopId, attendee })
// #endregion imports

// #region specs
describe("reserving a seat", () => {
  it.effect("takes one while there are some", () =>
    Spec.given(ReserveSeatLive, [seat("ada"), seat("bob")])
      .when({ workshopId, attendee: "cyd" })
      .then([seat("cyd")]))

  it.effect("is refused when the workshop is full", () =>
    Spec.given(ReserveSeatLive, [seat("ada"), seat("bob"), seat("cyd")])
      .when({ workshopId, attendee: "dan" })
      .thenFails(new WorkshopFull({ workshopId })))

  it.effect("twice for one attendee takes one seat", () =>
    Spec.given(ReserveSeatLive, [seat("ada")])
      .when({ workshopId, attendee: "ada" })
      .thenNothing)
})
// #endregion specs

// #region platform
describe("the seats plugin", () => {
  it.effect("gives the last seat to one of two who want it at once", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const reserve = (attendee: string) => bus.send(ReserveSeat, { workshopId, attendee })
      yield* reserve("ada")
      yield* reserve("bob")
      const racers = yield* Effect.all([Effect.result(reserve("cyd")), Effect.result(reserve("dan"))], {
        concurrency: "unbounded"
      })
      assert.deepStrictEqual(racers.map(({ _tag }) => _tag).sort(), ["Failure", "Success"])

      const { token } = yield* reserve("ada")
      const row = yield* queries.get(Workshops, workshopId, { after: token })
      assert.deepStrictEqual(row, Option.some({ workshopId, taken: 3 }))
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Seats] }))))
})
// #endregion platform
