import { describe, expect, it } from "@effect/vitest"
import * as path from "node:path"
import * as Links from "../scripts/docs-links.ts"
import * as Promises from "../scripts/docs-promises.ts"
import * as Regions from "../scripts/docs-regions.ts"
import { root } from "../scripts/packages.ts"

const block = (marker: string, code: string) => `<!-- source: ${marker} -->\n\n\`\`\`ts\n${code}\n\`\`\`\n`
const seats = "docs/examples/tutorial/seats.ts"

describe("the docs check", () => {
  it("fills a block with the region that its marker names", () => {
    const { problems, text } = Regions.fill(block(`${seats}#plugin`, "old"))
    expect(problems).toEqual([])
    expect(text).toContain("export const Seats = Plugin.make(\"Seats\", {")
    expect(text).not.toContain("old")
    expect(Regions.fill(text).text).toBe(text)
  })

  it("finds a region, a file and a block that aren't there", () => {
    expect(Regions.fill(block(`${seats}#nothing`, "")).problems).toEqual([`${seats} has no region 'nothing'`])
    expect(Regions.fill(block("docs/examples/nothing.ts", "")).problems[0]).toContain("no such file")
    expect(Regions.fill(`<!-- source: ${seats} -->\n\nNo code.`).problems).toHaveLength(1)
  })

  it("finds code without a source", () => {
    expect(Regions.unmarked(`${block(seats, "const a = 1")}\n\`\`\`ts\nconst b = 2\n\`\`\`\n`)).toEqual(["const b = 2"])
  })

  it("finds links to files and headings that aren't there, and leaves code and other sites alone", () => {
    const markdown = "# A b\n[x](nothing.md) [y](docs/README.md#nothing) [z](#a-b) [w](https://effect.website) `[v](u)`"
    expect(Links.broken(path.join(root, "README.md"), markdown)).toEqual([
      "the link 'nothing.md' leads nowhere",
      "the link 'docs/README.md#nothing' names no heading of docs/README.md"
    ])
  })

  it("finds tests that are named and don't exist, also over a line's end", () => {
    const file = "packages/core/test/views.test.ts"
    expect(Promises.missing(`\`${file}\`:\n"never moves its\n  checkpoint back"`)).toEqual([])
    expect(Promises.missing(`\`${file}\`: "flies"`)).toEqual([`names the test "flies", which ${file} doesn't have`])
    expect(Promises.missing("`packages/core/test/no.test.ts`: \"flies\"")).toHaveLength(1)
  })
})
