// The change without its new version number: the platform refuses to start with it.
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const WorkshopId = Id.make("workshop")

const reserve = { workshopId: WorkshopId, guest: Schema.String }

class SeatReserved extends Event.make("SeatReserved", reserve) {}

class ReserveSeat extends StateChangeSlice.make("ReserveSeat", {
  command: reserve,
  consumes: [SeatReserved],
  produces: [SeatReserved]
}) {}

const ReserveSeatLive = ReserveSeat.behavior({
  initial: 0,
  evolve: { SeatReserved: (taken) => taken + 1 },
  decide: (command) => Effect.succeed([SeatReserved.make(command)])
})

export const Seats = Plugin.make("Seats", { version: "2.0.0", stateChangeSlices: [ReserveSeatLive] })
