import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { ParkedFilter, ParkedPage } from "../../Operations.ts"
import { InvalidQuery } from "../../QueryEngine.ts"
import type { ParkedPlace, ViewStoreShape } from "../../ViewStore.ts"
import { opaque } from "../opaque.ts"

/** The place of a parked event is the same in every generation, so a page may go on in a view that was rebuilt. */
const Cursor: Schema.Codec<ParkedPlace, string> = opaque(
  "ParkedCursor",
  "1",
  Schema.Struct({ lane: Schema.String, position: Schema.Natural }),
  "not a cursor of this version; start again without it"
)

/** A page of the parked events of a generation, by lane and position. */
export const parkedPage = Effect.fnUntraced(function*(
  of: { readonly store: ViewStoreShape; readonly view: string; readonly generation: number; readonly name: string },
  { cursor, lane }: ParkedFilter,
  limit: number
) {
  const after = cursor === undefined ? undefined : yield* Effect.mapError(
    Schema.decodeUnknownEffect(Cursor)(cursor),
    (error) => new InvalidQuery({ view: of.name, detail: error.message, field: "cursor" })
  )
  if (after !== undefined && lane !== undefined && after.lane !== lane) {
    return yield* new InvalidQuery({ view: of.name, detail: "the cursor belongs to another lane", field: "cursor" })
  }
  const found = yield* of.store.parked(of.view, of.generation, lane, { after, limit: limit + 1 })
  const parked = found.slice(0, limit)
  const last = parked.at(-1)
  const page: ParkedPage = {
    parked,
    cursor: found.length > limit && last !== undefined
      ? yield* Effect.orDie(Schema.encodeEffect(Cursor)({ lane: last.lane, position: last.position }))
      : undefined
  }
  return page
})
