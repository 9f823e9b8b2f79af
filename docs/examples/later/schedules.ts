import { Scheduler } from "@reventless/core/Scheduler"
import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import { CloseRegistration, RequestSeat } from "./registration.ts"

// #region schedules
export const schedules = Effect.fn("schedules")(function*(workshopId: typeof RequestSeat.fields.workshopId.Type) {
  const scheduler = yield* Scheduler
  const close = { to: CloseRegistration, command: { workshopId } }
  const request = { to: RequestSeat, command: { workshopId, attendee: "ada" } }
  yield* scheduler.create({ name: "close", when: { at: DateTime.makeUnsafe("2027-03-01T18:00:00Z") }, ...close })
  yield* scheduler.create({ name: "ask again", when: { every: "1 hour" }, ...request })
  yield* scheduler.create({
    name: "at nine",
    when: { cron: Cron.parseUnsafe("0 9 * * *", "Europe/Berlin") },
    ...request
  })
})
// #endregion schedules
