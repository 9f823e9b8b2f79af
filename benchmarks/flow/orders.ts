/** What work that is done later is measured on: one decision, as a slice that answers at once and as an async one. */
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as path from "node:path"
import { now } from "../lib/progress.ts"
import * as Temporary from "../lib/temporary.ts"

const OrderId = Id.make("order")
const fields = { orderId: OrderId, item: Schema.String, due: Schema.Finite }

class ItemOrdered extends Event.make("ItemOrdered", fields) {}

const slice = { command: fields, consumes: [ItemOrdered], produces: [ItemOrdered] } as const

export class Order extends StateChangeSlice.make("Order", slice) {}
export class OrderLater extends StateChangeSlice.make("OrderLater", { ...slice, async: true }) {}

const initial = 0
const evolve = { ItemOrdered: (ordered: number) => ordered + 1 }

/** Its command says when it was to be decided; `decided` is told by how many milliseconds it was later. */
export const plugin = (decided: (late: number) => void) =>
  Plugin.make("Orders", {
    version: "1.0.0",
    stateChangeSlices: [
      Order.behavior({
        initial,
        evolve,
        decide: (command) => {
          if (command.due > 0) decided(now() - command.due)
          return Effect.succeed([ItemOrdered.make(command)])
        }
      }),
      OrderLater.behavior({ initial, evolve, decide: (command) => Effect.succeed([ItemOrdered.make(command)]) })
    ]
  })

/** A command's payload. */
export const item = (order: string, item: string, due = 0) => ({ orderId: OrderId.make(order), item, due })

/** The plugin on a file of its own, gone with the scope. */
export const open = Effect.fnUntraced(function*(decided: (late: number) => void = () => {}) {
  const filename = path.join(yield* Temporary.folder, "orders.db")
  const context = yield* Effect.orDie(Layer.build(
    Platform.layer({ version: "1.0.0", plugins: [plugin(decided)] }).pipe(
      Layer.provide(SqlitePlatform.layer({ filename }))
    )
  ))
  return { filename, bus: Context.get(context, CommandBus), scheduler: Context.get(context, Scheduler) }
})
