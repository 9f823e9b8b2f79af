import * as Effect from "effect/Effect"
import { equal } from "../conformance/Check.ts"
import { chapter, done, finishAll, hour, ids, item, queue, start } from "./Fixture.ts"

const check = chapter("listing")

export const listing = [
  check("items are listed backwards in pages, each once, whatever their state", (store) =>
    Effect.gen(function*() {
      const names = ["a", "b", "c", "d", "e", "f", "g"]
      yield* store.add(queue, names.map((id, index) => item(id, { due: start + (index % 2) * hour })), start)
      yield* equal(ids(yield* store.list(queue, { backwards: true, limit: 3 })), ["g", "f", "e"], "the first page")
      const { sequence } = (yield* store.get(queue, "e"))!
      const page = { backwards: true, after: sequence, limit: 3 }
      yield* equal(ids(yield* store.list(queue, page)), ["d", "c", "b"], "the second page")
      yield* finishAll(store, start, done())
      yield* equal(ids(yield* store.list(queue, { ...page, state: "Done" })), ["c", "a"], "what is done")
      yield* equal(ids(yield* store.list(queue, page)), ["d", "b"], "what isn't")
      yield* equal(ids(yield* store.list(queue, { ...page, lane: "b" })), ["b"], "of one lane")
    }))
]
