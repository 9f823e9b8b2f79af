import * as Plugin from "@reventless/core/Plugin"
import { ReserveSeatLive, ReturnSeatLive } from "./reserveSeat.ts"
import { AttendanceLive, ProgrammeLive, SizesLive } from "./views.ts"
import { WorkshopLive } from "./workshop.ts"

export const Workshops = Plugin.make("Workshops", {
  version: "1.0.0",
  aggregates: [WorkshopLive],
  stateChangeSlices: [ReserveSeatLive, ReturnSeatLive],
  stateViewSlices: [AttendanceLive, SizesLive],
  readModels: [ProgrammeLive]
})
