import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Rows from "../../Rows.ts"
import type * as View from "../../View.ts"
import type { IndexEntry, RowId } from "../../ViewStore.ts"
import { orderedText } from "./orderedText.ts"

/** How a view's rows are stored: their ids, their encoding and their index entries. */
export interface RowCodec {
  /** The id of the row that an action touches. */
  readonly idOf: (action: Rows.RowAction<any>) => RowId
  /** The stored id of a key, and of a sort key where the view has one. */
  readonly rowId: (id: Rows.RowIdentity) => RowId
  readonly decode: (row: Schema.Json) => Result.Result<any, string>
  readonly encode: (row: any) => Result.Result<Schema.Json, string>
  readonly entries: (row: any) => ReadonlyArray<IndexEntry>
}

/** The value at a dotted path. */
const valueAt = (row: any, path: string): unknown =>
  path.split(".").reduce((value: any, field) => value === null || value === undefined ? undefined : value[field], row)

const idText = (value: unknown): string => typeof value === "string" ? value : orderedText([value])

/** Makes the codec of a view's rows. */
export const make = (spec: View.Spec): RowCodec => {
  const json = Schema.toCodecJson(spec.row)
  const decode = Schema.decodeUnknownResult(json)
  const encode = Schema.encodeUnknownResult(json)
  const rowId = ([key, sort]: Rows.RowIdentity): RowId => ({
    key: idText(key),
    sort: spec.sort === undefined ? "" : idText(sort)
  })
  return {
    rowId,
    idOf: (action) =>
      rowId(
        action._tag === "Set" || action._tag === "Insert"
          ? [action.row[spec.key], spec.sort === undefined ? undefined : action.row[spec.sort]]
          : action.id
      ),
    decode: (row) => Result.mapError(decode(row), (error) => error.message),
    encode: (row) =>
      Result.mapError(encode(row) as Result.Result<Schema.Json, Schema.SchemaError>, (error) => error.message),
    entries: (row) =>
      [...spec.indexes].map(([index, fields]) => ({
        index,
        value: orderedText(fields.map((field) => valueAt(row, field)))
      }))
  }
}
