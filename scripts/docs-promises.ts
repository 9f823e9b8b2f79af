/**
 * Tests that docs name: a line such as
 *
 *     `packages/core/test/views.test.ts`: "never moves its checkpoint back"
 *
 * names a test (or a check of a conformance suite) that must exist under exactly this name.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { root } from "./packages.ts"

const named = /`((?:packages|examples|docs|test)\/[^`]+\.ts)`:\s+"([^"]+)"/g

/** The tests that the Markdown names and that don't exist. */
export const missing = (markdown: string): ReadonlyArray<string> =>
  [...markdown.matchAll(named)].flatMap(([, file, name]) => {
    const test = name!.replace(/\s+/g, " ")
    const at = path.join(root, file!)
    if (!fs.existsSync(at)) return [`names a test of ${file}, which doesn't exist`]
    const found = fs.readFileSync(at, "utf8").includes(JSON.stringify(test))
    return found ? [] : [`names the test "${test}", which ${file} doesn't have`]
  })

/** How many tests the Markdown names. */
export const count = (markdown: string): number => [...markdown.matchAll(named)].length
