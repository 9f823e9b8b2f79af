// #region imports
import { assert, describe, it } from "@effect/vitest"
import { AccessDenied } from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Principal from "@reventless/core/Principal"
import { Scheduler } from "@reventless/core/Scheduler"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/testing/TestClock"
import * as fs from "node:fs"
import { NoteId, TakeNoteLive } from "../access/notes.ts"
import { ArriveLive, DoorsClosed, GuestArrived, GuestId } from "../testing/evening.ts"
import { Workshops } from "../workshops/plugin.ts"
import {
  AttendeeId,
  ReserveSeat,
  ReserveSeatLive,
  ReturnSeat,
  SeatReserved,
  SeatReturned
} from "../workshops/reserveSeat.ts"
import { AttendanceLive } from "../workshops/views.ts"
import { Workshop, WorkshopAnnounced, WorkshopId } from "../workshops/workshop.ts"

const clay = WorkshopId.make("clay")
const ada = AttendeeId.make("ada")
const seat = { workshopId: clay, attendeeId: ada }
// #endregion imports

describe("specifications", () => {
  // #region principal
  it.effect("a note is taken in one's own name", () =>
    Spec.given(TakeNoteLive, [])
      .when({ noteId: NoteId.make("n"), author: "bob", text: "Hi" }, { principal: Principal.user("ada") })
      .thenFails(AccessDenied))
  // #endregion principal

  // #region time
  it.effect("doors open at 18:00 UTC", () =>
    Effect.gen(function*() {
      const guest = { guestId: GuestId.make("ada") }
      const arrives = Spec.given(ArriveLive, [])
      yield* arrives.when(guest, { time: "2026-05-01T17:59:59Z" }).thenFails(DoorsClosed)
      yield* arrives.when(guest, { time: "2026-05-01T18:00:00Z" }).then([GuestArrived.make(guest)])
    }))
  // #endregion time

  // #region rows
  it.effect("who returned a seat doesn't come", () =>
    Spec.given(AttendanceLive, [SeatReserved.make(seat), SeatReturned.make(seat)])
      .thenNoRow([clay, ada]))
  // #endregion rows

  it.effect("a wrong expectation says what differs", () =>
    Effect.gen(function*() {
      const wrong =
        // #region wrong
        Spec.given(ReserveSeatLive, [WorkshopAnnounced.make({ workshopId: clay, title: "Clay", seats: 8 })])
          .when(seat)
          .then([SeatReserved.make({ ...seat, attendeeId: AttendeeId.make("bob") })])
      // #endregion wrong
      const failure = yield* Effect.flip(wrong)
      const shown = fs.readFileSync(new URL("../testing/failure.txt", import.meta.url), "utf8").trimEnd()
      assert.strictEqual(failure.message, shown)
    }))
})

describe("a platform in a test", () => {
  // #region clock
  it.effect("a seat is returned an hour after it was reserved", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const scheduler = yield* Scheduler
      yield* bus.send(Workshop.commands.Announce, { workshopId: clay, title: "Clay", seats: 8 })
      yield* bus.send(ReserveSeat, seat)
      yield* scheduler.create({ name: "return ada's seat", when: { every: "1 hour" }, to: ReturnSeat, command: seat })

      yield* TestClock.adjust("1 hour")
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* TestPlatform.events(Workshops), [
        WorkshopAnnounced.make({ workshopId: clay, title: "Clay", seats: 8 }),
        SeatReserved.make(seat),
        SeatReturned.make(seat)
      ])
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Workshops] }))))
  // #endregion clock
})
