import { describe, expect, it } from "@effect/vitest"
import * as path from "node:path"
import * as Examples from "../../../scripts/docs-examples.ts"

describe("every example of a docstring runs", () => {
  const names = Examples.extract()

  it("and there are some", () => {
    expect(names.length).toBeGreaterThan(10)
  })

  for (const name of names) {
    it(name, () => import(path.join(Examples.folder, name)))
  }
})
