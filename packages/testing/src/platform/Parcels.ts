/** The plugin that the checks of todo lists run: paid parcels are shipped by an automation, until they are called back. */
import { publishCommand } from "@reventless/core/Action"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const OrderId = Id.make("order")
const parcel = { order: OrderId, parcel: Schema.Int }

export class Paid extends Event.make("Paid", parcel) {}
export class Shipped extends Event.make("Shipped", parcel) {}
export class GivenUp extends Event.make("GivenUp", { ...parcel, reason: Schema.String }) {}
export class CalledBack extends Event.make("CalledBack", { order: OrderId }) {}

/** A parcel of this number is accepted by no ship. */
export const unshippable = 13

export class NoShip extends Schema.TaggedError<NoShip>()("NoShip", parcel) {}

/** Each of these makes its event as often as it is told to, so that what is done twice shows. */
const slice = <const Name extends string, const F extends Schema.Struct.Fields, E extends Event.Any>(
  name: Name,
  command: F,
  event: E
) => StateChangeSlice.make(name, { command, consumes: [event], produces: [event], errors: [NoShip] })

export class Pay extends slice("Pay", parcel, Paid) {}
export class Ship extends slice("Ship", parcel, Shipped) {}
export class GiveUp extends slice("GiveUp", { ...parcel, reason: Schema.String }, GivenUp) {}
export class CallBack extends slice("CallBack", { order: OrderId }, CalledBack) {}

const behaviors = [
  Pay.behavior({
    initial: null,
    evolve: { Paid: () => null },
    decide: (command) => Effect.succeed([Paid.make(command)])
  }),
  Ship.behavior({
    initial: null,
    evolve: { Shipped: () => null },
    decide: (command) =>
      command.parcel === unshippable ? Effect.fail(new NoShip(command)) : Effect.succeed([Shipped.make(command)])
  }),
  GiveUp.behavior({
    initial: null,
    evolve: { GivenUp: () => null },
    decide: (command) => Effect.succeed([GivenUp.make(command)])
  }),
  CallBack.behavior({
    initial: null,
    evolve: { CalledBack: () => null },
    decide: (command) => Effect.succeed([CalledBack.make(command)])
  })
]

export class ShipPaid extends AutomationSlice.make("ShipPaid", {
  item: parcel,
  key: "order",
  collects: [Paid],
  resolves: [CalledBack],
  sends: [Ship, GiveUp],
  attempts: 2
}) {}

/** The list, as operators name it. */
export const list = "Parcels.ShipPaid"

/** What a check may say about the plugin. */
export interface Options {
  /** What an item waits for before it is processed. */
  readonly before?: Effect.Effect<void>
}

/** Makes the plugin. */
export const make = ({ before = Effect.void }: Options = {}) =>
  Plugin.make("Parcels", {
    version: "1.0.0",
    stateChangeSlices: behaviors,
    automationSlices: [ShipPaid.automation({
      collect: { Paid: ({ order, parcel }) => ({ order, parcel }) },
      process: (item) => Effect.as(before, publishCommand(Ship, item)),
      onExhausted: (item, { reason }) => Effect.succeed(publishCommand(GiveUp, { ...item, reason }))
    })]
  })
