import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type * as Rows from "../Rows.ts"
import type * as View from "../View.ts"
import type { IndexEntry, RowId, RowWrite, StoredRow } from "../ViewStore.ts"
import { orderedText } from "./orderedText.ts"

/** A row in the working set of a step. */
interface WorkingRow {
  readonly id: RowId
  readonly stored: StoredRow | undefined
  current: any
  version: number
  changed: boolean
}

/** The rows that a step works on. Actions change them in memory; `writes` says what came of it. */
export interface WorkingSet {
  /** Applies the actions of one event in one lane, all or none; a failure says why the event can't be applied. */
  readonly apply: (actions: ReadonlyArray<Rows.RowAction<any>>, version: number) => Result.Result<void, string>
  readonly writes: () => ReadonlyArray<RowWrite>
}

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
export const codec = (spec: View.Spec): RowCodec => {
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

const rowKey = (id: RowId): string => `${id.key.length}:${id.key}${id.sort}`

/** Makes the working set of a step from the rows that its actions touch. */
export const workingSet = (spec: View.Spec, rows: RowCodec, loaded: ReadonlyArray<StoredRow>): WorkingSet => {
  const working = new Map<string, WorkingRow>()
  for (const stored of loaded) {
    working.set(rowKey(stored.id), {
      id: stored.id,
      stored,
      current: undefined,
      version: stored.version,
      changed: false
    })
  }
  const decoded = new Set<WorkingRow>()

  const find = (id: RowId): Result.Result<WorkingRow, string> => {
    const key = rowKey(id)
    let row = working.get(key)
    if (row === undefined) {
      row = { id, stored: undefined, current: undefined, version: 0, changed: false }
      working.set(key, row)
    }
    if (!decoded.has(row)) {
      if (row.stored?.row !== undefined) {
        const current = rows.decode(row.stored.row)
        if (Result.isFailure(current)) {
          return Result.fail(`the stored row '${id.key}' can't be decoded: ${current.failure}`)
        }
        row.current = current.success
      }
      decoded.add(row)
    }
    return Result.succeed(row)
  }

  return {
    apply: (actions, version) => {
      const before: Array<readonly [WorkingRow, WorkingRow]> = []
      for (const action of actions) {
        const next = Result.flatMap(find(rows.idOf(action)), (row) =>
          // A row that has this event already was written by an earlier delivery of it.
          spec.lane._tag === "Keyed" && row.stored !== undefined && version <= row.stored.version
            ? Result.succeed(undefined)
            : Result.map(
              Result.flatMap(changed(spec, action, row.current), (after) =>
                after === undefined ? Result.succeed(after) : Result.map(rows.encode(after), () => after)),
              (after) => {
                if (after === row.current) {
                  return
                }
                before.push([row, { ...row }])
                row.current = after
                row.version = version
                row.changed = true
              }
            ))
        if (Result.isFailure(next)) {
          for (const [row, former] of before.reverse()) Object.assign(row, former)
          return Result.fail(next.failure)
        }
      }
      return Result.succeed(undefined)
    },
    writes: () =>
      [...working.values()].filter((row) => row.changed).map((row): RowWrite => ({
        id: row.id,
        row: row.current === undefined ? undefined : Result.getOrThrow(rows.encode(row.current)),
        version: row.version,
        previous: row.stored?.version,
        entries: row.current === undefined ? [] : rows.entries(row.current)
      }))
  }
}

/** What an action makes of a row; undefined where the row is missing afterwards. */
const changed = (spec: View.Spec, action: Rows.RowAction<any>, row: any): Result.Result<any, string> => {
  switch (action._tag) {
    case "Set":
      return Result.succeed(action.row)
    case "Remove":
      return Result.succeed(undefined)
    case "Update": {
      const from = row ?? action.initial
      return from === undefined ? Result.succeed(undefined) : Result.try({
        try: () => action.update(from),
        catch: (error) => `its update threw: ${error instanceof Error ? error.message : String(error)}`
      })
    }
    case "Insert": {
      if (row === undefined) return Result.succeed(action.row)
      return JSON.stringify(row) === JSON.stringify(action.row)
        ? Result.succeed(row)
        : Result.fail("it inserts a row whose key another event has inserted with other content")
    }
    default:
      return combine(spec, action, row)
  }
}

const combine = (
  spec: View.Spec,
  { _tag, amounts, id }: Extract<Rows.RowAction<any>, { readonly _tag: "Add" | "Max" | "Min" }>,
  row: any
): Result.Result<any, string> => {
  if (row === undefined && spec.initial === undefined) {
    return Result.fail("it touches a row that isn't there, and the view has no 'initial'")
  }
  const from = row ?? {
    ...spec.initial,
    [spec.key]: id[0],
    ...(spec.sort === undefined ? {} : { [spec.sort]: id[1] })
  }
  const next = { ...from }
  for (const [field, amount] of Object.entries(amounts)) {
    if (amount === undefined) continue
    const current = from[field]
    next[field] = current === undefined
      ? amount
      : _tag === "Add"
      ? current + amount
      : _tag === "Max"
      ? Math.max(current, amount)
      : Math.min(current, amount)
  }
  return Result.succeed(next)
}
