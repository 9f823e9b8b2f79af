import { CommandBus } from "@reventless/core/CommandBus"
// #region scheduled
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as Plugin from "@reventless/core/Plugin"
import * as Task from "@reventless/core/Task"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { CloseRegistration, CloseRegistrationLive, RequestSeat, RequestSeatLive } from "../later/registration.ts"
import { ImportAttendeesLive } from "./importing.ts"

export class CloseAtNight extends Task.make("CloseAtNight", {
  trigger: Task.cron("0 3 * * *", "Europe/Berlin"),
  sends: [CloseRegistration],
  attempts: 3,
  timeout: "1 minute"
}) {}

/** Closes the workshops that somebody has asked to be closed by a file. */
export const CloseAtNightLive = CloseAtNight.run((_, { commandId }) =>
  Effect.gen(function*() {
    const objects = yield* ObjectStore
    const bus = yield* CommandBus
    for (const { key } of yield* Stream.runCollect(objects.list("close/"))) {
      const workshopId = RequestSeat.fields.workshopId.make(key.slice("close/".length))
      yield* bus.send(CloseRegistration, { workshopId }, { commandId: commandId(key) })
    }
  })
)

export const Registration = Plugin.make("Registration", {
  version: "1.0.0",
  stateChangeSlices: [RequestSeatLive, CloseRegistrationLive],
  tasks: [ImportAttendeesLive, CloseAtNightLive]
})
// #endregion scheduled
