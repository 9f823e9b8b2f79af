// #region imports
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { EventUndecodable } from "@reventless/core/Event"
import * as Platform from "@reventless/core/Platform"
import * as Query from "@reventless/core/Query"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Spec from "@reventless/testing/Spec"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"
import * as After from "../changing-an-event/seats.ts"
import * as WithoutVersion from "../changing-an-event/withoutVersion.ts"
import * as Before from "../tutorial/seats.ts"

const workshopId = After.WorkshopId.make("clay")
// #endregion imports

const storedEvents = Effect.gen(function*() {
  const { runtimes: [seats] } = yield* Platform.Platform
  const events = yield* Stream.runCollect(
    seats!.events.read(Query.make({ types: ["SeatReserved"], tags: ["workshop:clay"] }))
  )
  return events.map(({ data, meta }) => ({ version: meta.schemaVersion, data }))
})

describe("an event whose field was renamed", () => {
  // #region upcast
  it.effect("is read as the current one", () =>
    Spec.stored(After.SeatReserved, { version: 1, data: { workshopId: "clay", attendee: "ada" } })
      .becomes(After.SeatReserved.make({ workshopId, guest: "ada" })))
  // #endregion upcast

  it.live("is read by the new definition from the file that the old one wrote", () =>
    Effect.gen(function*() {
      const fs = yield* FileSystem.FileSystem
      const filename = `${yield* fs.makeTempDirectoryScoped()}/seats.db`
      // #region before
      const V1 = Platform.layer({ version: "1.0.0", plugins: [Before.Seats] }).pipe(
        Layer.provide(SqlitePlatform.layer({ filename }))
      )
      yield* Effect.gen(function*() {
        const bus = yield* CommandBus
        yield* bus.send(Before.ReserveSeat, { workshopId, attendee: "ada" })
        yield* bus.send(Before.ReserveSeat, { workshopId, attendee: "bob" })
      }).pipe(Effect.provide(V1))
      // #endregion before

      const start = Platform.layer({ version: "2.0.0", plugins: [WithoutVersion.Seats] }).pipe(
        Layer.provide(SqlitePlatform.layer({ filename }))
      )
      const changed = yield* Effect.flip(Effect.scoped(Layer.build(start)))
      const shown = yield* fs.readFileString(
        fileURLToPath(new URL("../changing-an-event/refused.txt", import.meta.url))
      )
      assert.strictEqual(changed.message, shown.trim().replaceAll("\n", " "))

      const V2 = Platform.layer({ version: "2.0.0", plugins: [After.Seats] }).pipe(
        Layer.provide(SqlitePlatform.layer({ filename }))
      )
      yield* Effect.gen(function*() {
        const bus = yield* CommandBus
        const queries = yield* QueryEngine
        // #region rule
        const again = yield* bus.send(After.ReserveSeat, { workshopId, guest: "ada" })
        assert.strictEqual(again.eventCount, 0)
        const third = yield* bus.send(After.ReserveSeat, { workshopId, guest: "cyd" })
        const full = yield* Effect.flip(bus.send(After.ReserveSeat, { workshopId, guest: "dan" }))
        assert.strictEqual(full._tag, "WorkshopFull")
        // #endregion rule

        // #region rebuilt
        yield* rebuilt
        const row = yield* queries.get(After.Workshops, workshopId, { after: third.token })
        assert.deepStrictEqual(row, Option.some({ workshopId, guests: ["ada", "bob", "cyd"] }))
        // #endregion rebuilt

        // #region stored
        assert.deepStrictEqual(yield* storedEvents, [
          { version: 1, data: { workshopId: "clay", attendee: "ada" } },
          { version: 1, data: { workshopId: "clay", attendee: "bob" } },
          { version: 2, data: { workshopId: "clay", guest: "cyd" } }
        ])
        // #endregion stored
      }).pipe(Effect.provide(V2))

      // #region backwards
      const V1Again = Platform.layer({ version: "1.0.1", plugins: [Before.Seats] }).pipe(
        Layer.provide(SqlitePlatform.layer({ filename }))
      )
      const refused = yield* Effect.flip(
        Effect.flatMap(CommandBus, (bus) => bus.send(Before.ReserveSeat, { workshopId, attendee: "eve" })).pipe(
          Effect.provide(V1Again)
        )
      )
      assert.deepStrictEqual(
        refused,
        new EventUndecodable({
          event: "SeatReserved",
          version: 2,
          detail: "the definition knows the versions 1 to 1 only"
        })
      )
      // #endregion backwards
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
})

/** Waits until the rows of the new definition have taken the place of the old ones. */
const rebuilt = Effect.gen(function*() {
  const { runtimes: [seats] } = yield* Platform.Platform
  while ((yield* seats!.rows.active("Workshops"))?.fingerprint !== After.Workshops.spec.fingerprint) {
    yield* Effect.sleep("5 millis")
  }
})
