import { assertRow, assertRows } from "../assertRows.ts"
import type { Tagged } from "../eventDifference.ts"
import type { Row } from "../rowDifference.ts"
import type { ViewBehavior } from "../runProjection.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { Verdict } from "./verdict.ts"

/** A view with the history that it is projected from. */
export interface GivenView<Row, Id> {
  /** The view has exactly these rows, in any order. An event counts as the row that `rows.set` makes of it. */
  readonly thenRows: (rows: ReadonlyArray<Row>) => Verdict<never>
  /** The view has this row. An event counts as the row that `rows.set` makes of it. */
  readonly thenRow: (id: Id, row: Row) => Verdict<never>
  /** The view has no row with this key. */
  readonly thenNoRow: (id: Id) => Verdict<never>
}

/** A view after these events, erased. */
export const givenView = (behavior: ViewBehavior, events: ReadonlyArray<Tagged>): GivenView<Row, unknown> => ({
  thenRows: (rows) => withCallerStack(assertRows(behavior, events, rows)),
  thenRow: (id, row) => withCallerStack(assertRow(behavior, events, id, row)),
  thenNoRow: (id) => withCallerStack(assertRow(behavior, events, id, undefined))
})
