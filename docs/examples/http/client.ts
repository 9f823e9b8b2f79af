import { CommandBus } from "@reventless/core/CommandBus"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as HttpClient from "@reventless/http/HttpClient"
import * as PluginApi from "@reventless/http/PluginApi"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import { ReserveSeat, WorkshopId, Workshops } from "../tutorial/seats.ts"

export const SeatsAt = (baseUrl: string) =>
  HttpClient.layer({
    baseUrl,
    plugins: [PluginApi.make("Seats", { commands: [ReserveSeat], views: [Workshops] })]
  }).pipe(Layer.provide(FetchHttpClient.layer))

export const reserve = Effect.fn("reserve")(function*(workshop: string, attendee: string) {
  const bus = yield* CommandBus
  const queries = yield* QueryEngine
  const workshopId = WorkshopId.make(workshop)
  const { token } = yield* bus.send(ReserveSeat, { workshopId, attendee })
  return yield* queries.get(Workshops, workshopId, { after: token })
})
