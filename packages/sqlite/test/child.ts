/** Another process on the same file: `node child.ts <filename> <command>`. Says what it did line by line. */
import { EventStores } from "@reventless/core/EventStores"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Query from "@reventless/core/Query"
import { ViewStores } from "@reventless/core/ViewStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { event } from "./support.ts"

const [filename = "", command = ""] = process.argv.slice(2)

const openStore = Effect.gen(function*() {
  const { store } = yield* (yield* EventStores).of({ name: "Shop", plan: IndexPlan.open })
  return store
})

const commands: Record<string, Effect.Effect<void, unknown, EventStores | ViewStores | import("effect/Scope").Scope>> =
  {
    /** One append; says when it is done. */
    append: Effect.gen(function*() {
      yield* (yield* openStore).append([event("Added", ["cart:1"])])
      yield* Console.log("appended")
    }),
    /** Appends from many fibers without end; says the position of each that was acknowledged. */
    hammer: Effect.gen(function*() {
      const store = yield* openStore
      yield* Effect.forEach(Array.from({ length: 16 }), (_, fiber) =>
        Effect.gen(function*() {
          for (let count = 0;; count++) {
            const tags = [`fiber:${fiber}`]
            const { events } = yield* store.append([event("First", tags, count), event("Second", tags, count)])
            yield* Console.log(events.map(({ position }) => position).join())
          }
        }), { concurrency: "unbounded" })
    }),
    /** Counts up to 200 on one boundary, deciding anew after each conflict. */
    count: Effect.gen(function*() {
      const store = yield* openStore
      const query = Query.make({ types: ["Counted"], tags: ["counter:1"] })
      let { boundary, events } = yield* store.readBoundary(query)
      let next = events.length
      for (let done = 0; done < 200;) {
        const written = yield* Effect.result(store.append([event("Counted", ["counter:1"], next)], { boundary }))
        if (written._tag === "Success") done++
        else if (written.failure._tag !== "AppendConflict") return yield* written.failure
        const delta = yield* store.readBoundary(query, { since: boundary })
        boundary = delta.boundary
        next += delta.events.length
      }
      yield* Console.log("counted")
    }),
    /** Becomes the owner of a view, says so, and stays it. */
    own: Effect.gen(function*() {
      const views = yield* (yield* ViewStores).of("Shop")
      yield* views.own("carts")
      yield* Console.log("owner")
      return yield* Effect.never
    })
  }

await Effect.runPromise(Effect.scoped(Effect.provide(commands[command]!, SqlitePlatform.layer({ filename }))))
