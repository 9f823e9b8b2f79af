// #region keyed
import * as ReadModel from "@reventless/core/ReadModel"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as StateViewSliceStream from "@reventless/core/StateViewSliceStream"
import * as Schema from "effect/Schema"
import { AttendeeId, ReserveSeat, ReturnSeat, SeatReserved, SeatReturned } from "./reserveSeat.ts"
import { Workshop, WorkshopAnnounced, WorkshopId } from "./workshop.ts"

/** What is on offer: a row for each workshop, made of what happens to the workshop and to its seats. */
export class Programme extends ReadModel.make("Programme", {
  row: { workshopId: WorkshopId, title: Schema.String, seats: Schema.Int, taken: Schema.Int },
  key: "workshopId",
  sources: { Workshop, ReserveSeat, ReturnSeat },
  indexes: { byTitle: ["title"], byTaken: ["taken", "title"] }
}) {}

export const ProgrammeLive = Programme.projections((rows) => ({
  Workshop: {
    WorkshopAnnounced: ({ seats, title, workshopId }) => rows.set({ workshopId, title, seats, taken: 0 }),
    WorkshopRenamed: ({ title, workshopId }) => rows.update(workshopId, (row) => ({ ...row, title }))
  },
  ReserveSeat: {
    SeatReserved: ({ workshopId }) => rows.update(workshopId, (row) => ({ ...row, taken: row.taken + 1 }))
  },
  ReturnSeat: {
    SeatReturned: ({ workshopId }) => rows.update(workshopId, (row) => ({ ...row, taken: row.taken - 1 }))
  }
}))
// #endregion keyed

// #region sorted
/** Who comes: several rows for one workshop, told apart and listed by attendee. */
export class Attendance extends StateViewSliceStream.make("Attendance", {
  row: { workshopId: WorkshopId, attendeeId: AttendeeId },
  key: "workshopId",
  sort: "attendeeId",
  consumes: [SeatReserved, SeatReturned]
}) {}

export const AttendanceLive = Attendance.projection((rows) => ({
  SeatReserved: ({ attendeeId, workshopId }) => rows.set({ workshopId, attendeeId }),
  SeatReturned: ({ attendeeId, workshopId }) => rows.remove([workshopId, attendeeId])
}))
// #endregion sorted

// #region unordered
/** How many workshops there are of each size: no id orders these rows, so only actions that commute are allowed. */
export class Sizes extends StateViewSlice.make("Sizes", {
  row: { seats: Schema.Int, workshops: Schema.Int, longestTitle: Schema.Int },
  id: "seats",
  initial: { workshops: 0, longestTitle: 0 },
  consumes: [WorkshopAnnounced]
}) {}

export const SizesLive = Sizes.projection((rows) => ({
  WorkshopAnnounced: ({ seats, title }) => [
    rows.add(seats, { workshops: 1 }),
    rows.max(seats, { longestTitle: title.length })
  ]
}))
// #endregion unordered
