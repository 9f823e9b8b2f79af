import { assert, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as HttpServer from "@reventless/http/HttpServer"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { reserve, SeatsAt } from "../http/client.ts"
import { Seats, WorkshopFull, WorkshopId } from "../tutorial/seats.ts"

it.live("a client sends and asks what the definitions say, and gets their errors", () =>
  Effect.gen(function*() {
    const { url } = yield* HttpServer.HttpServer
    const workshopId = WorkshopId.make("clay")
    yield* Effect.gen(function*() {
      assert.deepStrictEqual(yield* reserve("clay", "ada"), Option.some({ workshopId, taken: 1 }))
      yield* reserve("clay", "bob")
      yield* reserve("clay", "cyd")
      assert.deepStrictEqual(yield* Effect.flip(reserve("clay", "dan")), new WorkshopFull({ workshopId }))
    }).pipe(Effect.provide(SeatsAt(url)))
  }).pipe(
    Effect.provide(
      HttpServer.layer({ port: 0 }).pipe(
        Layer.provide(TestPlatform.layer({ plugins: [Seats], defaultAccess: Access.anyone }))
      )
    )
  ))
