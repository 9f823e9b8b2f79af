import * as Event from "@reventless/core/Event"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { RegistrationClosed, RequestSeat, SeatAssigned } from "../later/registration.ts"

const { workshopId } = RequestSeat.fields
const badge = { workshopId, attendee: Schema.String }

class BadgePrinted extends Event.make("BadgePrinted", badge) {}
class BadgeMissing extends Event.make("BadgeMissing", { ...badge, reason: Schema.String }) {}
export class NameTooLong extends Schema.TaggedError<NameTooLong>()("NameTooLong", badge) {}

export class PrintBadge extends StateChangeSlice.make("PrintBadge", {
  command: badge,
  consumes: [BadgePrinted],
  produces: [BadgePrinted],
  errors: [NameTooLong]
}) {}
export const PrintBadgeLive = PrintBadge.behavior({
  initial: [] as ReadonlyArray<string>,
  evolve: { BadgePrinted: (printed, { attendee }) => [...printed, attendee] },
  decide: (command, printed) =>
    command.attendee.length > 20
      ? Effect.fail(new NameTooLong(command))
      : Effect.succeed(printed.includes(command.attendee) ? [] : [BadgePrinted.make(command)])
})

export class ReportBadge extends StateChangeSlice.make("ReportBadge", {
  command: { ...badge, reason: Schema.String },
  consumes: [BadgeMissing],
  produces: [BadgeMissing]
}) {}
export const ReportBadgeLive = ReportBadge.behavior({
  initial: null,
  evolve: { BadgeMissing: () => null },
  decide: (command) => Effect.succeed([BadgeMissing.make(command)])
})

// #region definition
import * as AutomationSlice from "@reventless/core/AutomationSlice"

export class PrintBadges extends AutomationSlice.make("PrintBadges", {
  item: { workshopId, attendee: Schema.String },
  key: "workshopId",
  collects: [SeatAssigned],
  resolves: [RegistrationClosed],
  sends: [PrintBadge, ReportBadge],
  attempts: 3
}) {}
// #endregion definition

// #region behavior
import { publishCommand } from "@reventless/core/Action"

export const PrintBadgesLive = PrintBadges.automation({
  collect: { SeatAssigned: ({ attendee, workshopId }) => ({ workshopId, attendee }) },
  process: (item) => Effect.succeed(publishCommand(PrintBadge, item)),
  onExhausted: (item, { reason }) => Effect.succeed(publishCommand(ReportBadge, { ...item, reason }))
})
// #endregion behavior
