import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as HttpServer from "@reventless/http/HttpServer"
import { PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

const PotId = Id.make("pot")
class Filled extends Event.make("Filled", { pot: PotId, litres: Schema.Int }) {}
class Fill extends StateChangeSlice.make("Fill", {
  command: { pot: PotId, litres: Schema.Int },
  consumes: [],
  produces: [Filled]
}) {}
const FillLive = Fill.behavior({
  initial: 0,
  evolve: {},
  decide: (command) => Effect.succeed([Filled.make(command)])
})
class Pots extends StateViewSlice.make("Pots", {
  row: { pot: PotId, litres: Schema.Int },
  key: "pot",
  consumes: [Filled]
}) {}

/** Whoever says `Bearer ada` is an operator. */
export const resolver = Layer.succeed(PrincipalResolver, {
  challenge: "Bearer",
  resolve: ({ headers }) => {
    const [, id] = /^Bearer (\w+)$/.exec(headers["authorization"] ?? headers["x-who"] ?? "") ?? []
    return Effect.succeed(
      id === undefined ? Principal.anonymous : Principal.user(id, id === "ada" ? ["operators"] : [])
    )
  }
})

/** A kitchen whose view can't take 13 litres until it is mended, with a server on a free port. */
export const kitchen = (mended: { done: boolean } = { done: false }) =>
  HttpServer.layer({ port: 0 }).pipe(
    Layer.provideMerge(
      Platform.layer({
        version: "1.0.0",
        operators: Access.groups("operators"),
        plugins: [
          Plugin.make("Kitchen", {
            version: "1.0.0",
            stateChangeSlices: [FillLive],
            stateViewSlices: [
              Pots.projection((rows) => ({
                Filled: ({ litres, pot }) =>
                  rows.update(pot, (row) => {
                    if (litres === 13 && !mended.done) throw new Error("unlucky")
                    return { pot, litres: row.litres + litres }
                  }, { initial: { pot, litres: 0 } })
              }))
            ]
          })
        ]
      })
    ),
    Layer.provideMerge(Platform.layerMemory),
    Layer.provide(resolver)
  )

/** Fills pots, and waits until the view has seen it. */
export const fill = Effect.fnUntraced(function*(...given: ReadonlyArray<readonly [pot: string, litres: number]>) {
  const bus = yield* CommandBus
  const queries = yield* QueryEngine
  for (const [pot, litres] of given) {
    const { token } = yield* bus.send(Fill, { pot: PotId.make(pot), litres })
    yield* queries.list(Pots, { after: token })
  }
})
