// #region objects
import { CommandBus } from "@reventless/core/CommandBus"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as Task from "@reventless/core/Task"
import * as Effect from "effect/Effect"
import { RequestSeat } from "../later/registration.ts"

export class ImportAttendees extends Task.make("ImportAttendees", {
  trigger: Task.objectCreated({ prefix: "attendees/", suffix: ".csv" }),
  sends: [RequestSeat]
}) {}

export const ImportAttendeesLive = ImportAttendees.run(({ key }, { commandId }) =>
  Effect.gen(function*() {
    const objects = yield* ObjectStore
    const bus = yield* CommandBus
    for (const line of (yield* objects.text(key)).split("\n").filter((line) => line !== "")) {
      const [workshop = "", attendee = ""] = line.split(",")
      const workshopId = RequestSeat.fields.workshopId.make(workshop)
      yield* bus.send(RequestSeat, { workshopId, attendee }, { commandId: commandId(line) })
    }
  })
)
// #endregion objects
