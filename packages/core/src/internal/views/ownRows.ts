import * as Effect from "effect/Effect"
import * as Access from "../../Access.ts"
import type * as Principal from "../../Principal.ts"
import type { ListOptions } from "../../QueryEngine.ts"
import type * as View from "../../View.ts"
import type { FoundRow, RowId, RowQuery } from "../../ViewStore.ts"

/** The rows of a caller that may see its own only. Nothing that it is told depends on the rows of others. */
export interface OwnRows {
  readonly has: (row: unknown) => boolean
  /** Asks for the caller's rows only, where the index can. */
  readonly narrow: (spec: View.Spec, options: ListOptions | undefined) => ListOptions
  /** Reads on until there are `limit` rows of the caller's, or no more. */
  readonly collect: <E1, E2>(
    read: (query: RowQuery) => Effect.Effect<ReadonlyArray<FoundRow>, E1>,
    decode: (found: FoundRow) => Effect.Effect<unknown, E2>,
    query: RowQuery
  ) => Effect.Effect<ReadonlyArray<FoundRow>, E1 | E2>
  /** What a watch tells of each change: only rows that it has shown can be gone, also to another owner. */
  readonly shown: () => (id: RowId, row: unknown) => "there" | "gone" | "nothing"
}

/** How many rows are read at least once the first page wasn't enough. */
const scanned = 256

/** The rows that are the principal's by a rule of owners. */
export const of = (rule: Access.Access, principal: Principal.Principal): OwnRows => {
  const has = (row: unknown): boolean => Access.allows(rule, principal, row)
  return {
    has,
    narrow: (spec, options = {}) => {
      if (rule._tag !== "Owner" || principal._tag !== "User" || options.range !== undefined) return options
      const where = Object.fromEntries(Object.entries(options.where ?? {}).filter(([, value]) => value !== undefined))
      const index = options.index as string | undefined
      const next = (index === undefined ? [spec.key] : spec.indexes.get(index))?.[Object.keys(where).length]
      return next === rule.field
        ? { ...options, where: { ...where, [rule.field]: principal.id } as ListOptions["where"] }
        : options
    },
    collect: Effect.fnUntraced(function*(read, decode, query) {
      const own: Array<FoundRow> = []
      let { after, limit } = query
      while (true) {
        const found = yield* read({ ...query, after, limit })
        for (const one of found) {
          if (has(yield* decode(one))) own.push(one)
        }
        const last = found.at(-1)
        if (own.length >= query.limit || found.length < limit || last === undefined) return own
        after = { value: last.value, id: last.row.id }
        limit = Math.max(query.limit, scanned)
      }
    }),
    shown: () => {
      const known = new Set<string>()
      return ({ key, sort }, row) => {
        const name = JSON.stringify([key, sort])
        if (row !== undefined && has(row)) {
          known.add(name)
          return "there"
        }
        return known.delete(name) ? "gone" : "nothing"
      }
    }
  }
}
