import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AccessDenied } from "../../Access.ts"
import type { InboundFilter, InboundPage, Operations } from "../../Operations.ts"
import { InvalidQuery } from "../../QueryEngine.ts"
import { opaque } from "../opaque.ts"
import * as Records from "./inboundRecords.ts"
import type { InboundSlice } from "./inboundTranslations.ts"

/** The place of a record among those of its slice. */
interface Place {
  readonly slice: string
  readonly place: number
}

const Cursor: Schema.Codec<Place, string> = opaque(
  "InboundCursor",
  "1",
  Schema.Struct({ slice: Schema.String, place: Schema.Finite }),
  "not a cursor of this version; start again without it"
)

const decodeCursor = Schema.decodeUnknownEffect(Cursor)
const encodeCursor = Schema.encodeEffect(Cursor)

const asked = "inbound"

/** Makes the operation that shows what came in. */
export const make = (options: {
  readonly slices: ReadonlyArray<InboundSlice>
  /** Who asks, if they may. */
  readonly operator: Effect.Effect<string, AccessDenied>
  readonly limitOf: (asked: string, filter: InboundFilter) => Effect.Effect<number, InvalidQuery>
}): Pick<Operations["Service"], "inbound"> => ({
  inbound: Effect.fn("Operations.inbound")(function*(name: string, filter: InboundFilter = {}) {
    yield* options.operator
    const refuse = (detail: string, field: string) => new InvalidQuery({ view: asked, detail, field })
    const limit = yield* options.limitOf(asked, filter)
    const found = options.slices.find((one) => one.name === name)
    if (found === undefined) {
      const there = options.slices.map((one) => one.name).join(", ")
      return yield* refuse(
        there === "" ? "there is no inbound translation slice" : `there is no such slice; there is ${there}`,
        "slice"
      )
    }
    const before = filter.cursor === undefined
      ? undefined
      : yield* Effect.mapError(decodeCursor(filter.cursor), ({ message }) => refuse(message, "cursor"))
    if (before !== undefined && before.slice !== name) {
      return yield* refuse("the cursor belongs to another slice", "cursor")
    }
    const { slice, store } = found
    const records = yield* Records.list(store, { slice, name, before: before?.place, limit: limit + 1 })
    const shown = records.slice(0, limit)
    const last = shown.at(-1)
    const page: InboundPage = {
      inbound: shown.map(({ status }) => status),
      cursor: records.length > limit && last !== undefined
        ? yield* Effect.orDie(encodeCursor({ slice: name, place: last.place }))
        : undefined
    }
    return page
  })
})
