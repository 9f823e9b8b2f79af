import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const GuestId = Id.make("guest")
const guest = { guestId: GuestId }

export class GuestArrived extends Event.make("GuestArrived", guest) {}
export class DoorsClosed extends Schema.TaggedError<DoorsClosed>()("DoorsClosed", guest) {}

export class Arrive extends StateChangeSlice.make("Arrive", {
  command: guest,
  consumes: [GuestArrived],
  produces: [GuestArrived],
  errors: [DoorsClosed]
}) {}

export const ArriveLive = Arrive.behavior({
  initial: false,
  evolve: { GuestArrived: () => true },
  decide: Effect.fn("Arrive.decide")(function*(command, arrived) {
    const now = yield* DateTime.now
    if (DateTime.getPartUtc(now, "hour") < 18) return yield* new DoorsClosed(command)
    return arrived ? [] : [GuestArrived.make(command)]
  })
})
