import { assert, describe, it } from "@effect/vitest"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import * as Aggregate from "@reventless/core/Aggregate"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as EventMapping from "@reventless/core/EventMapping"
import * as Id from "@reventless/core/Id"
import * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Spec from "@reventless/testing/Spec"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const OrderId = Id.make("order")
class Paid extends Event.make("Paid", { order: OrderId, parcels: Schema.Array(Schema.String) }) {}
class Shipped extends Event.make("Shipped", { order: OrderId }) {}
class Ship extends StateChangeSlice.make("Ship", {
  command: { order: OrderId, parcel: Schema.String },
  consumes: [],
  produces: [Shipped]
}) {}
class Flag extends StateChangeSlice.make("Flag", {
  command: { order: OrderId, reason: Schema.String },
  consumes: [],
  produces: []
}) {}

class ShipPaid extends AutomationSlice.make("ShipPaid", {
  item: { order: OrderId, parcel: Schema.String },
  key: "order",
  collects: [Paid],
  resolves: [Shipped],
  sends: [Ship, Flag]
}) {}
const ShipPaidLive = ShipPaid.automation({
  collect: {
    Paid: ({ order, parcels }) =>
      parcels.map((parcel) => {
        if (parcel === "bomb") throw new Error("it ticks")
        return { order, parcel }
      })
  },
  process: (item, { attempt }) =>
    Effect.succeed(
      item.parcel === ""
        ? undefined
        : attempt < 3
        ? publishCommand(Ship, item)
        : publishCommandDelayed("1 hour", Ship, item)
    ),
  onExhausted: ({ order }, { reason }) => Effect.succeed(publishCommand(Flag, { order, reason }))
})

class MailFailed extends Schema.TaggedError<MailFailed>()("MailFailed", { status: Schema.Int }) {}
class Mail extends Context.Service<Mail, (key: string) => Effect.Effect<void, MailFailed>>()("test/Mail") {}
class Confirm
  extends OutboundTranslationSlice.make("Confirm", { item: { order: OrderId }, key: "order", collects: [Paid] })
{}
const ConfirmLive = Confirm.translation({
  collect: { Paid: ({ order }) => ({ order }) },
  translate: (_, { idempotencyKey }) => Effect.flatMap(Mail, (send) => send(idempotencyKey))
})

const [one, two] = [OrderId.make("1"), OrderId.make("2")]
const paid = (order: typeof OrderId.Type, ...parcels: ReadonlyArray<string>) => Paid.make({ order, parcels })
const a = { order: one, parcel: "a" }
const b = { order: one, parcel: "b" }
const message = <R>(verdict: Spec.Verdict<R>) => Effect.map(Effect.flip(verdict), (failure) => failure.message)
const equal = (verdict: Spec.Verdict<never>, expected: string) =>
  Effect.map(message(verdict), (actual) => assert.strictEqual(actual, expected))

describe("a todo list", () => {
  it.effect("has the items that its events add", () =>
    Spec.given(ShipPaidLive, [paid(one, "a", "b"), paid(two, "c")]).thenItems([a, b, { order: two, parcel: "c" }]))

  it.effect("has none that a later event of their entity closes", () =>
    Spec.given(ShipPaidLive, [paid(one, "a"), Shipped.make({ order: one })]).thenNoItems)

  it.effect("has those that come after what closed the first", () =>
    Spec.given(ShipPaidLive, [paid(one, "a"), Shipped.make({ order: one }), paid(one, "b")]).thenItems([b]))

  it.effect("sends what its items come to", () =>
    Spec.given(ShipPaidLive, [paid(one, "a", "b")]).whenProcessed().thenSends([
      publishCommand(Ship, a),
      publishCommand(Ship, b)
    ]))

  it.effect("sends nothing", () => Spec.given(ShipPaidLive, [paid(one, "")]).whenProcessed().thenNothing)

  it.effect("tells its program which attempt it is, and compares delays", () =>
    Spec.given(ShipPaidLive, [paid(one, "a")]).whenProcessed({ attempt: 3 }).thenSends([
      publishCommandDelayed("60 minutes", Ship, a)
    ]))

  it.effect("says what it does when the attempts are used up", () =>
    Spec.given(ShipPaidLive, [paid(one, "a")]).whenExhausted("no street").thenSends([
      publishCommand(Flag, { order: one, reason: "no street" })
    ]))

  it.effect("succeeds or fails by what the services say", () =>
    Effect.gen(function*() {
      const keys: Array<string> = []
      const given = Spec.given(ConfirmLive, [paid(one), paid(two)])
      yield* given.whenProcessed().thenNothing.pipe(
        Effect.provideService(Mail, (key) => Effect.sync(() => void keys.push(key)))
      )
      assert.strictEqual(new Set(keys).size, 2)
      yield* given.whenProcessed().thenFails(MailFailed).pipe(
        Effect.provideService(Mail, () => Effect.fail(new MailFailed({ status: 503 })))
      )
    }))

  it.effect("says what differs", () =>
    Effect.gen(function*() {
      const given = Spec.given(ShipPaidLive, [paid(one, "a")])
      yield* equal(
        given.thenItems([b]),
        "ShipPaid: the items differ\n  item 1\n    parcel  expected \"b\"  received \"a\""
      )
      yield* equal(
        given.thenNoItems,
        "ShipPaid: the items differ\n  item 1  there, but not expected  { order: \"1\", parcel: \"a\" }"
      )
      yield* equal(
        given.whenProcessed().thenSends([publishCommandDelayed("1 hour", Ship, a)]),
        "ShipPaid: the commands differ\n  command 1  expected Ship { order: \"1\", parcel: \"a\" } after 1h  " +
          "received Ship { order: \"1\", parcel: \"a\" }"
      )
      yield* equal(
        given.whenProcessed().thenFails(MailFailed),
        "ShipPaid: expected MailFailed, but it succeeded and asked for 1 command"
      )
      yield* equal(
        Spec.given(ShipPaidLive, []).whenProcessed().thenNothing,
        "ShipPaid: there is nothing to do: no item is left by the given events"
      )
      yield* equal(
        Spec.given(ShipPaidLive, [paid(one, "a"), paid(two, "bomb")]).thenNoItems,
        "ShipPaid: event 2 Paid can't be collected\n  its collect threw: it ticks"
      )
    }))
})

describe("an event mapping", () => {
  const flags = EventMapping.make({
    name: "flags",
    from: [Shipped],
    map: {
      Shipped: ({ order }) => order === "1" ? publishCommandDelayed("1 day", Flag, { order, reason: "" }) : undefined
    }
  })

  it.live("isn't run when a command of its aggregate is specified", () => {
    const BellId = Id.make("bell")
    class Rung extends Event.make("Rung", { bell: BellId }) {}
    class Bell extends Aggregate.make("Bell", {
      id: BellId,
      commands: [Command.make("Ring", { bell: BellId })],
      events: [Rung]
    }) {}
    const BellLive = Bell.behavior({
      initial: 0,
      evolve: { Rung: (times) => times + 1 },
      decide: {
        Ring: (command) => Effect.as(command.bell === "1" ? Effect.sleep(50) : Effect.void, [Rung.make(command)])
      },
      eventMappings: [EventMapping.make({
        from: [Rung],
        map: { Rung: ({ bell }) => bell === "1" ? publishCommand(Bell.commands.Ring, { bell: two }) : undefined }
      })]
    })
    const [one, two] = [{ bell: BellId.make("1") }, BellId.make("2")]
    return Spec.given(BellLive, [Rung.make(one)]).when(Bell.commands.Ring, one).then([Rung.make(one)])
  })

  it.effect("comes to these commands, or to none", () =>
    Effect.gen(function*() {
      yield* Spec.mapping(flags).when(Shipped.make({ order: one })).thenSends([
        publishCommandDelayed("24 hours", Flag, { order: one, reason: "" })
      ])
      yield* Spec.mapping(flags).when(Shipped.make({ order: two })).thenNothing
      yield* equal(
        Spec.mapping(flags).when(Shipped.make({ order: one })).thenNothing,
        "flags: the commands differ\n  command 1  received Flag { order: \"1\", reason: \"\" } after 1d  expected nothing"
      )
    }))
})
