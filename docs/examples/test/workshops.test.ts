// #region imports
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import { Workshops } from "../workshops/plugin.ts"
import {
  AttendeeId,
  ReserveSeat,
  ReserveSeatLive,
  ReturnSeat,
  ReturnSeatLive,
  SeatReserved,
  SeatReturned,
  TooManySeats,
  WorkshopFull
} from "../workshops/reserveSeat.ts"
import {
  Workshop,
  WorkshopAnnounced,
  WorkshopExists,
  WorkshopId,
  WorkshopLive,
  WorkshopRenamed,
  WorkshopUnknown
} from "../workshops/workshop.ts"

const clay = WorkshopId.make("clay")
const glass = WorkshopId.make("glass")
const wood = WorkshopId.make("wood")
const ada = AttendeeId.make("ada")
const bob = AttendeeId.make("bob")
const announced = (workshopId: typeof clay, seats = 1) => WorkshopAnnounced.make({ workshopId, title: "Clay", seats })
// #endregion imports

describe("a workshop", () => {
  // #region aggregate
  it.effect("is announced once", () =>
    Spec.given(WorkshopLive, [announced(clay)])
      .when(Workshop.commands.Announce, { workshopId: clay, title: "Clay", seats: 8 })
      .thenFails(new WorkshopExists({ workshopId: clay })))
  // #endregion aggregate

  it.effect("is renamed", () =>
    Spec.given(WorkshopLive, [announced(clay)])
      .when(Workshop.commands.Rename, { workshopId: clay, title: "Stoneware" })
      .then([WorkshopRenamed.make({ workshopId: clay, title: "Stoneware" })]))

  it.effect("that nobody announced can't be renamed", () =>
    Spec.given(WorkshopLive, [])
      .when(Workshop.commands.Rename, { workshopId: clay, title: "Stoneware" })
      .thenFails(WorkshopUnknown))
})

describe("a seat", () => {
  // #region slice
  it.effect("is refused in a full workshop", () =>
    Spec.given(ReserveSeatLive, [announced(clay), SeatReserved.make({ workshopId: clay, attendeeId: bob })])
      .when({ workshopId: clay, attendeeId: ada })
      .thenFails(new WorkshopFull({ workshopId: clay })))

  it.effect("is refused to whoever has two elsewhere", () =>
    Spec.given(ReserveSeatLive, [
      announced(clay),
      SeatReserved.make({ workshopId: glass, attendeeId: ada }),
      SeatReserved.make({ workshopId: wood, attendeeId: ada })
    ])
      .when({ workshopId: clay, attendeeId: ada })
      .thenFails(new TooManySeats({ attendeeId: ada })))
  // #endregion slice

  it.effect("is free again when it was returned", () =>
    Spec.given(ReserveSeatLive, [
      announced(clay),
      SeatReserved.make({ workshopId: clay, attendeeId: bob }),
      SeatReturned.make({ workshopId: clay, attendeeId: bob })
    ])
      .when({ workshopId: clay, attendeeId: ada })
      .then([SeatReserved.make({ workshopId: clay, attendeeId: ada })]))

  it.effect("that nobody has is not returned", () =>
    Spec.given(ReturnSeatLive, [])
      .when({ workshopId: clay, attendeeId: ada })
      .thenNothing)

  // #region race
  it.effect("is not given a third time to one who asks in three workshops at once", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      for (const workshopId of [clay, glass, wood]) {
        yield* bus.send(Workshop.commands.Announce, { workshopId, title: workshopId, seats: 8 })
      }
      const answers = yield* Effect.forEach(
        [clay, glass, wood],
        (workshopId) => Effect.result(bus.send(ReserveSeat, { workshopId, attendeeId: ada })),
        { concurrency: "unbounded" }
      )
      assert.deepStrictEqual(answers.map(({ _tag }) => _tag).sort(), ["Failure", "Success", "Success"])
      yield* bus.send(ReturnSeat, { workshopId: clay, attendeeId: ada })
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Workshops] }))))
  // #endregion race
})
