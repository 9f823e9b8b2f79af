import * as Result from "effect/Result"
import type * as Rows from "../../Rows.ts"
import type * as View from "../../View.ts"

/** What an action makes of a row; undefined where the row is missing afterwards. */
export const after = (spec: View.Spec, action: Rows.RowAction<any>, row: any): Result.Result<any, string> => {
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
