import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Plugin from "@reventless/core/Plugin"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { RegistrationClosed, RequestSeat, RequestSeatLive, SeatAssigned } from "../later/registration.ts"
import { PrintBadge, PrintBadgeLive, PrintBadgesLive, ReportBadge, ReportBadgeLive } from "../todo-lists/badges.ts"
import { ConfirmSeatsLive, Mail, MailFailed } from "../todo-lists/confirmations.ts"
import { expiry, Voucher, VoucherIssued, VoucherLive } from "../todo-lists/vouchers.ts"

const workshopId = RequestSeat.fields.workshopId.make("clay")
const ada = { workshopId, attendee: "ada" }
const bob = { workshopId, attendee: "bob" }
const voucherId = Voucher.commands.Issue.fields.voucherId.make("1")

const Registration = Plugin.make("Registration", {
  version: "1.0.0",
  aggregates: [VoucherLive],
  stateChangeSlices: [RequestSeatLive, PrintBadgeLive, ReportBadgeLive],
  automationSlices: [PrintBadgesLive],
  outboundTranslationSlices: [ConfirmSeatsLive]
})

describe("an automation", () => {
  // #region automation
  it.effect("prints a badge for each seat, until the registration is closed", () =>
    Effect.gen(function*() {
      const given = Spec.given(PrintBadgesLive, [SeatAssigned.make(ada), SeatAssigned.make(bob)])
      yield* given.thenItems([ada, bob])
      yield* given.whenProcessed().thenSends([publishCommand(PrintBadge, ada), publishCommand(PrintBadge, bob)])
      yield* Spec.given(PrintBadgesLive, [SeatAssigned.make(ada), RegistrationClosed.make({ workshopId })]).thenNoItems
    }))

  it.effect("reports a badge that can't be printed", () =>
    Spec.given(PrintBadgesLive, [SeatAssigned.make(ada)]).whenExhausted("no paper").thenSends([
      publishCommand(ReportBadge, { ...ada, reason: "no paper" })
    ]))
  // #endregion automation
})

describe("an outbound translation", () => {
  // #region outbound
  it.effect("confirms a seat, and says when the mail service is away", () =>
    Effect.gen(function*() {
      const given = Spec.given(ConfirmSeatsLive, [SeatAssigned.make(ada)])
      const sent: Array<string> = []
      const works = { send: (to: string) => Effect.sync(() => void sent.push(to)) }
      yield* given.whenProcessed().thenNothing.pipe(Effect.provideService(Mail, works))
      assert.deepStrictEqual(sent, ["ada"])
      const away = { send: () => Effect.fail(new MailFailed({ status: 503 })) }
      yield* given.whenProcessed().thenFails(MailFailed).pipe(Effect.provideService(Mail, away))
    }))
  // #endregion outbound
})

describe("an event mapping", () => {
  // #region mapping
  it.effect("has a voucher expire after two hours", () =>
    Spec.mapping(expiry).when(VoucherIssued.make({ voucherId })).thenSends([
      publishCommandDelayed("2 hours", Voucher.commands.Expire, { voucherId })
    ]))
  // #endregion mapping
})

describe("on a platform", () => {
  it.effect("a seat has its badge and its mail, and a voucher expires", () => {
    const sent: Array<string> = []
    const mail = Layer.succeed(Mail, { send: (to) => Effect.sync(() => void sent.push(to)) })
    const Test = TestPlatform.layer({ plugins: [Registration] }).pipe(Layer.provide(mail))
    return Effect.gen(function*() {
      // #region settled
      const bus = yield* CommandBus
      yield* bus.send(RequestSeat, ada)
      yield* bus.send(Voucher.commands.Issue, { voucherId })
      yield* TestPlatform.settled
      yield* TestClock.adjust("2 hours")
      yield* TestPlatform.settled
      const events = yield* TestPlatform.events(Registration)
      // #endregion settled
      assert.deepStrictEqual(events.map(({ _tag }) => _tag).toSorted(), [
        "BadgePrinted",
        "SeatAssigned",
        "VoucherExpired",
        "VoucherIssued"
      ])
      assert.deepStrictEqual(sent, ["ada"])
    }).pipe(Effect.provide(Test))
  })
})
