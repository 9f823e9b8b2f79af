// #region imports
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Platform from "@reventless/core/Platform"
import * as Principal from "@reventless/core/Principal"
import * as Query from "@reventless/core/Query"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { ReserveSeat, Seats, WorkshopId, Workshops } from "../tutorial/seats.ts"
// #endregion imports

describe("an event from command to view", () => {
  it.effect("is stored with its tags and the meta of its command, and seen in the row", () =>
    Effect.gen(function*() {
      // #region send
      const bus = yield* CommandBus
      const workshopId = WorkshopId.make("clay")
      const accepted = yield* bus.send(ReserveSeat, { workshopId, attendee: "ada" })
      // #endregion send

      // #region stored
      const { runtimes: [seats] } = yield* Platform.Platform
      const clay = Query.make({ types: ["SeatReserved"], tags: ["workshop:clay"] })
      const [stored] = yield* Stream.runCollect(seats!.events.read(clay))
      assert.deepStrictEqual(stored!.type, "SeatReserved")
      assert.deepStrictEqual(stored!.tags, ["workshop:clay"])
      assert.deepStrictEqual(stored!.data, { workshopId: "clay", attendee: "ada" })
      assert.deepStrictEqual(stored!.meta.causationId, accepted.messageId)
      assert.deepStrictEqual(stored!.meta.correlationId, accepted.messageId)
      assert.deepStrictEqual(stored!.meta.principal, Principal.system)
      assert.deepStrictEqual(stored!.meta.schemaVersion, 1)
      // #endregion stored

      // #region row
      const queries = yield* QueryEngine
      const row = yield* queries.get(Workshops, workshopId, { after: accepted.token })
      assert.deepStrictEqual(row, Option.some({ workshopId, taken: 1 }))
      // #endregion row
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Seats] }))))
})
