// #region slice
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const workshop = { workshopId: Id.make("workshop") }

export class SeatAssigned extends Event.make("SeatAssigned", { ...workshop, attendee: Schema.String }) {}
export class RegistrationClosed extends Event.make("RegistrationClosed", workshop) {}
export class NoSeatLeft extends Schema.TaggedError<NoSeatLeft>()("NoSeatLeft", workshop) {}

export class RequestSeat extends StateChangeSlice.make("RequestSeat", {
  command: { ...workshop, attendee: Schema.NonEmptyString },
  consumes: [SeatAssigned, RegistrationClosed],
  produces: [SeatAssigned],
  errors: [NoSeatLeft],
  async: true
}) {}
// #endregion slice

export const RequestSeatLive = RequestSeat.behavior({
  initial: { closed: false, taken: 0 },
  evolve: {
    SeatAssigned: (state) => ({ ...state, taken: state.taken + 1 }),
    RegistrationClosed: (state) => ({ ...state, closed: true })
  },
  decide: (command, { closed, taken }) =>
    closed || taken === 3
      ? Effect.fail(new NoSeatLeft(command))
      : Effect.succeed([SeatAssigned.make(command)])
})

export class CloseRegistration extends StateChangeSlice.make("CloseRegistration", {
  command: workshop,
  consumes: [RegistrationClosed],
  produces: [RegistrationClosed]
}) {}

export const CloseRegistrationLive = CloseRegistration.behavior({
  initial: false,
  evolve: { RegistrationClosed: () => true },
  decide: (command, closed) => Effect.succeed(closed ? [] : [RegistrationClosed.make(command)])
})

export const Registration = Plugin.make("Registration", {
  version: "1.0.0",
  stateChangeSlices: [RequestSeatLive, CloseRegistrationLive]
})
