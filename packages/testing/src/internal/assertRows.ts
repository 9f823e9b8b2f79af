import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import { failure, under } from "./difference.ts"
import type { Tagged } from "./eventDifference.ts"
import { asRow, idOf, type Row, rowDifference, rowDifferences, tellId } from "./rowDifference.ts"
import { runProjection, type ViewBehavior } from "./runProjection.ts"

/** Projects the history and checks that it gives exactly these rows. */
export const assertRows = Effect.fnUntraced(
  function*(behavior: ViewBehavior, given: ReadonlyArray<Tagged>, rows: ReadonlyArray<Row>) {
    const { spec } = behavior.definition
    const expected = rows.map((row) => asRow(spec, row))
    const ids = expected.map((row) => tellId(idOf(spec, row)))
    const twice = ids.find((id, index) => ids.indexOf(id) !== index)
    if (twice !== undefined) return yield* failure(spec.name, [`${twice} is expected twice`])
    const found = rowDifferences(spec, expected, yield* runProjection(behavior, given))
    if (found.length > 0) return yield* failure(spec.name, under("the rows differ", found))
  }
)

/** Projects the history and checks one row; that there is none when no row is expected. */
export const assertRow = Effect.fnUntraced(
  function*(behavior: ViewBehavior, given: ReadonlyArray<Tagged>, id: unknown, expected: Row | undefined) {
    const { spec } = behavior.definition
    const rows = yield* runProjection(behavior, given)
    const received = rows.find((row) => Equal.equals(idOf(spec, row), id))
    const found = rowDifference(id, expected === undefined ? undefined : asRow(spec, expected), received)
    if (found.length === 0) return
    const others = rows.map((row) => tellId(idOf(spec, row))).join(", ")
    const hint = received === undefined ? [`there is  ${others === "" ? "no row" : others}`] : []
    return yield* failure(spec.name, under("the row differs", [...found, ...hint]))
  }
)
