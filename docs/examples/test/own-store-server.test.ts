import { assert, it } from "@effect/vitest"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as StoreServer from "@reventless/testing/StoreServer"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import { key } from "../own-store/key.ts"
import * as SealedStore from "../own-store/SealedStore.ts"

it.live("a store of one's own answers over HTTP", () =>
  Effect.gen(function*() {
    const url = yield* HttpServer.addressFormattedWith(Effect.succeed)
    const opened = { type: "CourseOpened", tags: ["course:c1"], data: "{\"seats\":3}" }
    const body = JSON.stringify({ events: [opened] })
    yield* Effect.promise(() => fetch(`${url}/append`, { method: "POST", body }))
    const read = yield* Effect.promise(async () => (await fetch(`${url}/read?query={"items":[]}`)).json())
    assert.deepStrictEqual(read, [{ position: 1, ...opened }])
  }).pipe(
    Effect.provide(
      StoreServer.layer({ port: 0 }).pipe(
        Layer.provide(SealedStore.layer(key)),
        Layer.provide(EventStoreMemory.layer())
      )
    )
  ))
