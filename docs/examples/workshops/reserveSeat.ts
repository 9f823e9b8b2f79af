// #region definition
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { WorkshopAnnounced, WorkshopId, WorkshopUnknown } from "./workshop.ts"

export const AttendeeId = Id.make("attendee")
const seat = { workshopId: WorkshopId, attendeeId: AttendeeId }

export class SeatReserved extends Event.make("SeatReserved", seat) {}
export class SeatReturned extends Event.make("SeatReturned", seat) {}

export class WorkshopFull extends Schema.TaggedError<WorkshopFull>()("WorkshopFull", { workshopId: WorkshopId }) {}
export class TooManySeats extends Schema.TaggedError<TooManySeats>()("TooManySeats", { attendeeId: AttendeeId }) {}

export class ReserveSeat extends StateChangeSlice.make("ReserveSeat", {
  command: seat,
  consumes: [WorkshopAnnounced, SeatReserved, SeatReturned],
  query: [
    { types: [WorkshopAnnounced, SeatReserved, SeatReturned], by: ["workshopId"] },
    { types: [SeatReserved, SeatReturned], by: ["attendeeId"] }
  ],
  produces: [SeatReserved],
  errors: [WorkshopUnknown, WorkshopFull, TooManySeats]
}) {}

export class ReturnSeat extends StateChangeSlice.make("ReturnSeat", {
  command: seat,
  consumes: [SeatReserved, SeatReturned],
  query: [{ types: [SeatReserved, SeatReturned], by: ["workshopId", "attendeeId"] }],
  produces: [SeatReturned]
}) {}
// #endregion definition

// #region behaviour
type Reservation = { readonly workshopId: string; readonly attendeeId: string }
interface State {
  readonly seats: number | undefined
  readonly reserved: ReadonlyArray<Reservation>
}

const isSame = (a: Reservation) => (b: Reservation) => a.workshopId === b.workshopId && a.attendeeId === b.attendeeId

export const ReserveSeatLive = ReserveSeat.behavior({
  initial: { seats: undefined, reserved: [] } as State,
  evolve: {
    WorkshopAnnounced: (state, { seats }) => ({ ...state, seats }),
    SeatReserved: (state, event) => ({ ...state, reserved: [...state.reserved, event] }),
    SeatReturned: (state, event) => ({ ...state, reserved: state.reserved.filter((one) => !isSame(event)(one)) })
  },
  decide: Effect.fn("ReserveSeat.decide")(function*(command, { reserved, seats }) {
    if (seats === undefined) return yield* new WorkshopUnknown(command)
    if (reserved.some(isSame(command))) return []
    if (reserved.filter((one) => one.workshopId === command.workshopId).length >= seats) {
      return yield* new WorkshopFull(command)
    }
    if (reserved.filter((one) => one.attendeeId === command.attendeeId).length >= 2) {
      return yield* new TooManySeats(command)
    }
    return [SeatReserved.make(command)]
  })
})
// #endregion behaviour

export const ReturnSeatLive = ReturnSeat.behavior({
  initial: false,
  evolve: { SeatReserved: () => true, SeatReturned: () => false },
  decide: (command, reserved) => Effect.succeed(reserved ? [SeatReturned.make(command)] : [])
})
