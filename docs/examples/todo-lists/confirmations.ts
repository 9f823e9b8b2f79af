// #region translation
import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { RequestSeat, SeatAssigned } from "../later/registration.ts"

export class MailFailed extends Schema.TaggedError<MailFailed>()("MailFailed", { status: Schema.Int }) {}

/** The mail service. It sends one mail for each idempotency key. */
export class Mail extends Context.Service<Mail, {
  readonly send: (to: string, text: string, idempotencyKey: string) => Effect.Effect<void, MailFailed>
}>()("registration/Mail") {}

export class ConfirmSeats extends OutboundTranslationSlice.make("ConfirmSeats", {
  item: { workshopId: RequestSeat.fields.workshopId, attendee: Schema.String },
  key: "workshopId",
  collects: [SeatAssigned],
  timeout: "10 seconds"
}) {}

export const ConfirmSeatsLive = ConfirmSeats.translation({
  collect: { SeatAssigned: ({ attendee, workshopId }) => ({ workshopId, attendee }) },
  translate: ({ attendee, workshopId }, { idempotencyKey }) =>
    Effect.gen(function*() {
      const mail = yield* Mail
      yield* mail.send(attendee, `You have a seat in ${workshopId}.`, idempotencyKey)
    })
})
// #endregion translation
