/**
 * Tests that docs name. A link whose text is a title in quotes leads to the file of a test (or of a check of a conformance
 * suite) that is registered there under exactly this title:
 *
 *     ["never moves its checkpoint back"](../packages/core/test/views.test.ts)
 */
import * as fs from "node:fs"
import * as path from "node:path"

const named = /\["([^"\]]+)"\]\(([^)\s]+\.ts)\)/g

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")

/** Whether the source registers something under the title: it is the first argument of a call. */
const registers = (source: string, title: string): boolean =>
  new RegExp(`\\(\\s*${escaped(JSON.stringify(title))}`).test(source)

/** The tests that the Markdown of a page names and that don't exist. */
export const missing = (page: string, markdown: string): ReadonlyArray<string> =>
  [...markdown.matchAll(named)].flatMap(([, title, file]) => {
    const test = title!.replace(/\s+/g, " ")
    const at = path.resolve(path.dirname(page), file!)
    if (!fs.existsSync(at)) return [`names a test of ${file}, which doesn't exist`]
    return registers(fs.readFileSync(at, "utf8"), test) ? [] : [`names the test "${test}", which ${file} doesn't have`]
  })

/** How many tests the Markdown names. */
export const count = (markdown: string): number => [...markdown.matchAll(named)].length

/** The rows of the tables of a page that name no test; a row by its first cell. */
export const unproven = (markdown: string): ReadonlyArray<string> => {
  const lines = markdown.split("\n")
  const isRow = (line: string | undefined) => line?.startsWith("| ") === true
  const isRule = (line: string | undefined) => line !== undefined && /^[| :-]+$/.test(line)
  return lines
    .filter((line, at) => isRow(line) && !isRule(line) && !isRule(lines[at + 1]) && count(line) === 0)
    .map((line) => line.split("|")[1]!.trim())
}
