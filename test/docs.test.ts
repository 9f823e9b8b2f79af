import { describe, expect, it } from "@effect/vitest"
import * as fs from "node:fs"
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
    const page = path.join(root, "docs/page.md")
    const link = (title: string, file = "views") => `["${title}"](../packages/core/test/${file}.test.ts)`
    expect(Promises.missing(page, link("never moves its\n  checkpoint back"))).toEqual([])
    expect(Promises.missing(page, `${link("flies")}, ${link("an event that no view can apply")}`)).toEqual([
      "names the test \"flies\", which ../packages/core/test/views.test.ts doesn't have",
      "names the test \"an event that no view can apply\", which ../packages/core/test/views.test.ts doesn't have"
    ])
    expect(Promises.missing(page, link("flies", "no"))).toEqual([
      "names a test of ../packages/core/test/no.test.ts, which doesn't exist"
    ])
    // A text that merely stands in the file is the title of no test.
    expect(Promises.missing(page, "[\"vitest\"](../test/docs.test.ts)")).toHaveLength(1)
  })

  it("finds promises that name no test", () => {
    const table = "| Promise | Limit | Shown by |\n| --- | --- | --- |\n| It flies | | [x](y.md) |\n"
    expect(Promises.unproven(table)).toEqual(["It flies"])
    expect(Promises.unproven(`${table.replace("[x](y.md)", "[\"flies\"](y.ts)")}\nText | text\n`)).toEqual([])
  })
})

describe("the promises", () => {
  const file = path.join(root, "docs/promises.md")
  const page = fs.readFileSync(file, "utf8")

  it("each name a test, and every test, file and figure that is named is there", () => {
    expect(Promises.unproven(page)).toEqual([])
    expect(Promises.missing(file, page)).toEqual([])
    expect(Links.broken(file, page)).toEqual([])
    expect(Promises.count(page)).toBeGreaterThan(100)
  })

  it("lead to every suite and to the figures", () => {
    for (
      const target of [
        "testing/src/conformance/",
        "testing/src/platform/",
        "sqlite/test/processes",
        "sqlite/test/chaos.test.ts",
        "http/test/fuzz.test.ts",
        "testing/src/properties/",
        "testing/src/platform/access.ts",
        "benchmarks/RESULTS.md#",
        "benchmarks/CHAOS.md"
      ]
    ) expect(page).toContain(target)
  })
})
