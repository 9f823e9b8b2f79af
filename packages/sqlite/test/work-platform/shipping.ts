/** A plugin whose commands are decided later: a slice and an aggregate. */
import * as Access from "@reventless/core/Access"
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const OrderId = Id.make("order")
export const DepotId = Id.make("depot")

export class Shipped extends Event.make("Shipped", { order: OrderId, number: Schema.Int, by: Schema.Int }) {}
export class Stored extends Event.make("Stored", { depot: DepotId, number: Schema.Int, by: Schema.Int }) {}

export class Ship extends StateChangeSlice.make("Ship", {
  command: { order: OrderId, number: Schema.Int },
  consumes: [Shipped],
  produces: [Shipped],
  async: true,
  access: Access.anyone
}) {}

export class Depot extends Aggregate.make("Depot", {
  id: DepotId,
  commands: [Command.make("Store", { depot: DepotId, number: Schema.Int }, { access: Access.anyone })],
  events: [Stored],
  async: true
}) {}

/** Makes the plugin; `onDecide` is told of each decision, and says for how many milliseconds it takes. */
export const make = (onDecide: (number: number) => number) => {
  const by = process.pid
  const think = (number: number) => Effect.suspend(() => Effect.sleep(onDecide(number)))
  return Plugin.make("Shipping", {
    version: "1.0.0",
    stateChangeSlices: [Ship.behavior({
      initial: 0,
      evolve: { Shipped: (count) => count + 1 },
      decide: (command) => Effect.as(think(command.number), [Shipped.make({ ...command, by })])
    })],
    aggregates: [Depot.behavior({
      initial: 0,
      evolve: { Stored: (count) => count + 1 },
      decide: {
        Store: (command) => Effect.as(think(command.number), [Stored.make({ ...command, by })])
      }
    })]
  })
}

/** The names of the entities that commands are sent to; those with an even number are orders, the others depots. */
export const entities = [0, 1, 2, 3, 4, 5, 6, 7] as const

/** The tag of an entity. */
export const tagOf = (entity: number): string => `${entity % 2 === 0 ? "order" : "depot"}:${entity}`
