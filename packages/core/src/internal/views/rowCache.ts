import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import type * as View from "../../View.ts"
import type { RowId, RowWrite, StoredRow } from "../../ViewStore.ts"
import type { Projected, Touch } from "./laneProjection.ts"
import * as RowAction from "./rowAction.ts"
import type { RowCodec } from "./rowCodec.ts"

/** A row in memory. */
interface CachedRow {
  readonly id: RowId
  /** The version that the store has, undefined where it has none. */
  stored: number | undefined
  /** The event that changed it last, 0 when none did. */
  version: number
  /** Its encoding; undefined for a row that isn't there. */
  encoded: Schema.Json | undefined
  /** About how many bytes the encoding has as text. */
  size: number
  /** The row; undefined also while it isn't decoded yet. */
  current: any
  isDecoded: boolean
  isChanged: boolean
}

/** The rows of a generation that are in memory. Actions change them there; `writes` says what is to be stored. */
export interface RowCache {
  /** Of the rows that are touched those that are to be loaded first. */
  readonly missing: (projected: ReadonlyArray<Projected>) => ReadonlyArray<RowId>
  /** Takes rows that were missing, as they are stored; those that the store doesn't have aren't there. */
  readonly load: (ids: ReadonlyArray<RowId>, rows: ReadonlyArray<StoredRow>) => void
  /** Applies the actions of one event in one lane, all or none; a failure says why the event can't be applied. */
  readonly apply: (touches: ReadonlyArray<Touch>, version: number) => Result.Result<void, string>
  /** What is to be stored, at most `limit` rows; `stored` takes note that it is. */
  readonly writes: (limit: number) => { readonly writes: ReadonlyArray<RowWrite>; readonly stored: () => void }
  /** How many rows are to be stored. */
  readonly changed: () => number
  readonly count: () => number
  /** About how many bytes the rows have as text. */
  readonly size: () => number
  /** Forgets all rows; they must be stored. */
  readonly clear: () => void
}

/** About how many bytes a value has as text. */
const sizeOf = (value: Schema.Json | undefined): number => {
  if (typeof value === "string") return value.length
  if (value === undefined || value === null || typeof value !== "object") return 8
  let size = 8
  for (const key in value) size += key.length + sizeOf((value as Readonly<Record<string, Schema.Json>>)[key])
  return size
}

/** Makes the cache. `isNew` says that nothing is stored yet, so that nothing need be looked for. */
export const make = (spec: View.Spec, codec: RowCodec, isNew: boolean): RowCache => {
  const rows = new Map<string, CachedRow>()
  const changed = new Set<CachedRow>()
  let isComplete = isNew
  let size = 0

  const nameOf: (id: RowId) => string = spec.sort === undefined
    ? ({ key }) => key
    : ({ key, sort }) => `${key.length}:${key}${sort}`

  const add = (id: RowId, stored: StoredRow | undefined): CachedRow => {
    const row: CachedRow = {
      id,
      stored: stored?.version,
      version: stored?.version ?? 0,
      encoded: stored?.row,
      size: sizeOf(stored?.row),
      current: undefined,
      isDecoded: stored?.row === undefined,
      isChanged: false
    }
    size += row.size
    rows.set(nameOf(id), row)
    return row
  }

  const find = (id: RowId): Result.Result<CachedRow, string> => {
    const row = rows.get(nameOf(id)) ?? add(id, undefined)
    if (!row.isDecoded) {
      const current = codec.decode(row.encoded!)
      if (Result.isFailure(current)) {
        return Result.fail(`the stored row '${id.key}' can't be decoded: ${current.failure}`)
      }
      row.current = current.success
      row.isDecoded = true
    }
    return Result.succeed(row)
  }

  const change = (row: CachedRow, next: Omit<CachedRow, "id" | "stored" | "isDecoded">): void => {
    size += next.size - row.size
    if (next.isChanged && !row.isChanged) changed.add(row)
    if (!next.isChanged && row.isChanged) changed.delete(row)
    row.version = next.version
    row.encoded = next.encoded
    row.size = next.size
    row.current = next.current
    row.isChanged = next.isChanged
  }

  const applyOne = (
    { action, id }: Touch,
    version: number,
    before: Array<readonly [CachedRow, CachedRow]> | undefined
  ): Result.Result<void, string> => {
    const found = find(id)
    if (Result.isFailure(found)) return Result.fail(found.failure)
    const row = found.success
    // A row that has this event already, and not by another action of it, was changed by an earlier delivery of it.
    if (spec.lane._tag === "Keyed" && version <= row.version && !before?.some(([changed]) => changed === row)) {
      return Result.void
    }
    const after = RowAction.after(spec, action, row.current)
    if (Result.isFailure(after)) return Result.fail(after.failure)
    const current = after.success
    if (current === row.current) return Result.void
    const encoded = current === undefined ? Result.succeed(undefined) : codec.encode(current)
    if (Result.isFailure(encoded)) return Result.fail(encoded.failure)
    before?.push([row, { ...row }])
    change(row, { version, encoded: encoded.success, size: sizeOf(encoded.success), current, isChanged: true })
    return Result.void
  }

  return {
    missing: (projected) => {
      if (isComplete) return []
      const missing = new Map<string, RowId>()
      for (const { touches } of projected) {
        if (Result.isFailure(touches)) continue
        for (const { id } of touches.success) {
          const name = nameOf(id)
          if (!rows.has(name)) missing.set(name, id)
        }
      }
      return [...missing.values()]
    },
    load: (ids, stored) => {
      for (const row of stored) add(row.id, row)
      for (const id of ids) {
        if (!rows.has(nameOf(id))) add(id, undefined)
      }
    },
    apply: (touches, version) => {
      const before = touches.length > 1 ? [] as Array<readonly [CachedRow, CachedRow]> : undefined
      for (const touch of touches) {
        const applied = applyOne(touch, version, before)
        if (Result.isSuccess(applied)) continue
        for (const [row, former] of (before ?? []).reverse()) change(row, former)
        return applied
      }
      return Result.void
    },
    writes: (limit) => {
      const written: Array<CachedRow> = []
      for (const row of changed) {
        if (written.length >= limit) break
        written.push(row)
      }
      return {
        writes: written.map(({ current, encoded, id, stored, version }): RowWrite => ({
          id,
          row: encoded,
          version,
          previous: stored,
          entries: current === undefined ? [] : codec.entries(current)
        })),
        stored: () => {
          for (const row of written) {
            row.stored = row.version
            row.isChanged = false
            changed.delete(row)
          }
        }
      }
    },
    changed: () => changed.size,
    count: () => rows.size,
    size: () => size,
    clear: () => {
      rows.clear()
      isComplete = false
      size = 0
    }
  }
}
