// #region events
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const WorkshopId = Id.make("workshop")

export class SeatReserved extends Event.make("SeatReserved", {
  workshopId: WorkshopId,
  attendee: Schema.String
}) {}
// #endregion events

// #region slice
export class WorkshopFull extends Schema.TaggedError<WorkshopFull>()("WorkshopFull", { workshopId: WorkshopId }) {}

export class ReserveSeat extends StateChangeSlice.make("ReserveSeat", {
  command: { workshopId: WorkshopId, attendee: Schema.NonEmptyString },
  consumes: [SeatReserved],
  produces: [SeatReserved],
  errors: [WorkshopFull]
}) {}
// #endregion slice

// #region behaviour
export const ReserveSeatLive = ReserveSeat.behavior({
  initial: [] as ReadonlyArray<string>,
  evolve: { SeatReserved: (attendees, { attendee }) => [...attendees, attendee] },
  decide: (command, attendees) => {
    if (attendees.includes(command.attendee)) return Effect.succeed([])
    if (attendees.length === 3) return Effect.fail(new WorkshopFull(command))
    return Effect.succeed([SeatReserved.make(command)])
  }
})
// #endregion behaviour

// #region view
export class Workshops extends StateViewSlice.make("Workshops", {
  row: { workshopId: WorkshopId, taken: Schema.Int },
  key: "workshopId",
  consumes: [SeatReserved],
  indexes: { byTaken: ["taken"] }
}) {}

export const WorkshopsLive = Workshops.projection((rows) => ({
  SeatReserved: ({ workshopId }) =>
    rows.update(workshopId, (row) => ({ ...row, taken: row.taken + 1 }), { initial: { workshopId, taken: 0 } })
}))
// #endregion view

// #region plugin
export const Seats = Plugin.make("Seats", {
  version: "1.0.0",
  stateChangeSlices: [ReserveSeatLive],
  stateViewSlices: [WorkshopsLive]
})
// #endregion plugin
