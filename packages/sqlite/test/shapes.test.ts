import { assert, describe, it } from "@effect/vitest"
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Effect from "effect/Effect"
import { newFile } from "./support.ts"

const shape = (field: string) => JSON.stringify({ fields: { [field]: { optional: false, shape: "text" } }, index: [] })

/** Opens the store of a plugin in a process of its own, as far as the file can tell. */
const open = (filename: string, name: string, field: string, version = 1) =>
  Effect.scoped(Effect.provide(
    Effect.flatMap(EventStores, (stores) =>
      stores.of({ name, plan: IndexPlan.open, shapes: [{ type: "Added", version, shape: shape(field) }] })),
    SqlitePlatform.layer({ filename })
  ))

describe("the shapes of events on a file", () => {
  it.live("are remembered between processes, for each plugin and version by itself", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      yield* open(filename, "Shop", "name")
      yield* open(filename, "Shop", "name")
      const refused = yield* Effect.flip(open(filename, "Shop", "title"))
      assert.include(refused.message, "The fields of the event 'Added' changed under its version 1: 'name' is gone")
      yield* open(filename, "Shop", "title", 2)
      yield* open(filename, "Depot", "title")
      yield* open(filename, "Shop", "name")
    }).pipe(Effect.scoped))
})
