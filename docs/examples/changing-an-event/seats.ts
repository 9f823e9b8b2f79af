// The application of the tutorial after its change: `attendee` is called `guest`, and the view shows who comes.
// #region event
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const WorkshopId = Id.make("workshop")

export class SeatReserved extends Event.make("SeatReserved", { workshopId: WorkshopId, guest: Schema.String }, {
  version: 2,
  upcasts: {
    1: Event.upcast(
      { workshopId: WorkshopId, attendee: Schema.String },
      ({ attendee, workshopId }) => ({ workshopId, guest: attendee })
    )
  }
}) {}
// #endregion event

export class WorkshopFull extends Schema.TaggedError<WorkshopFull>()("WorkshopFull", { workshopId: WorkshopId }) {}

export class ReserveSeat extends StateChangeSlice.make("ReserveSeat", {
  command: { workshopId: WorkshopId, guest: Schema.NonEmptyString },
  consumes: [SeatReserved],
  produces: [SeatReserved],
  errors: [WorkshopFull]
}) {}

export const ReserveSeatLive = ReserveSeat.behavior({
  initial: [] as ReadonlyArray<string>,
  evolve: { SeatReserved: (guests, { guest }) => [...guests, guest] },
  decide: (command, guests) => {
    if (guests.includes(command.guest)) return Effect.succeed([])
    if (guests.length === 3) return Effect.fail(new WorkshopFull(command))
    return Effect.succeed([SeatReserved.make(command)])
  }
})

// #region view
export class Workshops extends StateViewSlice.make("Workshops", {
  row: { workshopId: WorkshopId, guests: Schema.Array(Schema.String) },
  key: "workshopId",
  consumes: [SeatReserved]
}) {}

export const WorkshopsLive = Workshops.projection((rows) => ({
  SeatReserved: ({ guest, workshopId }) =>
    rows.update(workshopId, (row) => ({ ...row, guests: [...row.guests, guest] }), {
      initial: { workshopId, guests: [] }
    })
}))
// #endregion view

export const Seats = Plugin.make("Seats", {
  version: "2.0.0",
  stateChangeSlices: [ReserveSeatLive],
  stateViewSlices: [WorkshopsLive]
})
