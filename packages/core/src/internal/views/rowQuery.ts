import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { InvalidQuery, type ListOptions, type Range, ViewRebuilt } from "../../QueryEngine.ts"
import type * as View from "../../View.ts"
import type { FoundRow, RowQuery } from "../../ViewStore.ts"
import { opaque } from "../opaque.ts"
import { firstPresent, orderedText, prefixEnd } from "./orderedText.ts"

/** The name and the definition of the view that is asked. */
interface Asked {
  readonly name: string
  readonly spec: View.Spec
}

/** What to ask the view store for, but for the place to go on from. */
export type Bounds = Omit<RowQuery, "after">

const defaultLimit = 50
const maxLimit = 1000

interface Cursor {
  readonly generation: number
  /** Null when rows are listed by key. */
  readonly index: string | null
  readonly reverse: boolean
  readonly value: string
  readonly key: string
  readonly sort: string
}

const Cursor: Schema.Codec<Cursor, string> = opaque(
  "Cursor",
  "1",
  Schema.Struct({
    generation: Schema.Natural,
    index: Schema.NullOr(Schema.String),
    reverse: Schema.Boolean,
    value: Schema.String,
    key: Schema.String,
    sort: Schema.String
  }),
  "not a cursor of this version; start again without it"
)

const indexesOf = ({ indexes }: View.Spec): string =>
  indexes.size === 0
    ? "it has no indexes"
    : `it has ${[...indexes].map(([name, fields]) => `'${name}' by ${fields.join(", ")}`).join("; ")}`

/** Turns what was asked for into bounds on an index; what no index answers is refused with the way out. */
export const bounds = Effect.fnUntraced(function*(view: Asked, options: ListOptions | undefined) {
  const { name, spec } = view
  const refuse = (detail: string, field: string) => new InvalidQuery({ view: name, detail, field })
  const limit = options?.limit ?? defaultLimit
  if (!Number.isInteger(limit) || limit < 1 || limit > maxLimit) {
    return yield* refuse(`'limit' must be between 1 and ${maxLimit}`, "limit")
  }
  const index = options?.index as string | undefined
  const fields = index === undefined ? [spec.key] : spec.indexes.get(index)
  if (fields === undefined) {
    return yield* refuse(`it has no index '${index}'; ${indexesOf(spec)}`, "index")
  }
  const where = Object.entries(options?.where ?? {}).filter(([, value]) => value !== undefined)
  const equal = fields.slice(0, where.length)
  const unanswered = where.find(([field]) => !equal.includes(field))
  if (unanswered !== undefined) {
    return yield* refuse(
      `'where' names '${unanswered[0]}', but ${
        index === undefined ? "without an index" : `by the index '${index}'`
      } rows ` +
        `are found by ${fields.map((field) => `'${field}'`).join(", then ")}; ${indexesOf(spec)}`,
      "where"
    )
  }
  const range = options?.range
  if (range !== undefined && (index === undefined || fields.length === equal.length)) {
    return yield* refuse(`'range' needs an index with a field after those of 'where'; ${indexesOf(spec)}`, "range")
  }
  const values = equal.map((field) => Object.fromEntries(where)[field])
  const selected = index === undefined ? keyBounds(values) : indexBounds(orderedText(values), range)
  const query: Bounds = { index, ...selected, reverse: options?.order === "desc", limit }
  return query
})

/** Bounds that select one key, or all. */
const keyBounds = (values: ReadonlyArray<unknown>): Pick<RowQuery, "from" | "to"> => {
  if (values.length === 0) return { from: undefined, to: undefined }
  const [value] = values
  const key = typeof value === "string" ? value : orderedText([value])
  return { from: key, to: `${key}\u0000` }
}

/** Bounds of the entries that begin with `prefix` and go on within the range. */
const indexBounds = (prefix: string, range: Range | undefined): Pick<RowQuery, "from" | "to"> => {
  const at = (value: unknown) => prefix + orderedText([value])
  return {
    from: range?.gte !== undefined
      ? at(range.gte)
      : range?.gt !== undefined
      ? prefixEnd(at(range.gt))
      : range !== undefined
      ? prefix + firstPresent
      : prefix === ""
      ? undefined
      : prefix,
    to: range?.lt !== undefined
      ? at(range.lt)
      : range?.lte !== undefined
      ? prefixEnd(at(range.lte))
      : prefixEnd(prefix)
  }
}

export const decodeCursor = Effect.fnUntraced(function*(
  view: Asked,
  generation: number,
  query: Bounds,
  text: string | undefined
) {
  if (text === undefined) return undefined
  const cursor = yield* Effect.mapError(
    Schema.decodeUnknownEffect(Cursor)(text),
    (error) => new InvalidQuery({ view: view.name, detail: error.message, field: "cursor" })
  )
  if (cursor.generation !== generation) return yield* new ViewRebuilt({ view: view.name })
  if (cursor.index !== (query.index ?? null) || cursor.reverse !== query.reverse) {
    return yield* new InvalidQuery({
      view: view.name,
      detail: "the cursor belongs to another index or order",
      field: "cursor"
    })
  }
  return { value: cursor.value, id: { key: cursor.key, sort: cursor.sort } }
})

/** The cursor that goes on after a row. */
export const encodeCursor = (generation: number, query: Bounds, last: FoundRow): Effect.Effect<string> =>
  Effect.orDie(
    Schema.encodeEffect(Cursor)({
      generation,
      index: query.index ?? null,
      reverse: query.reverse,
      value: last.value,
      ...last.row.id
    })
  )
