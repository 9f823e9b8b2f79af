import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { rows, run } from "./costs/rows.ts"
import { Raw, sharedRaw } from "./support.ts"

const described = (row: (typeof rows)[number]) => {
  const { calls, read, serial, write } = row.expected
  return `${read} read and ${write} write units, ${calls} calls, ${serial} after each other`
}

layer(sharedRaw())("what a command costs", (it) => {
  for (const row of rows) {
    const tags = `${row.reads.length} tags read, ${row.writes.length} written${row.receipt ? ", with a receipt" : ""}`
    it.effect(`${row.command} (${tags}): ${described(row)}`, () =>
      Effect.gen(function*() {
        const { send } = yield* Raw
        const { cost, refused, reported } = yield* run(row, send)
        assert.deepStrictEqual(cost, row.expected)
        // What was refused was charged, and the refusal doesn't say so.
        if (!refused) assert.deepStrictEqual(reported, { read: cost.read, write: cost.write })
      }))
  }
})
