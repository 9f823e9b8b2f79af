/**
 * Code in Markdown comes from files that are type-checked and run. A marker names the file, and after `#` a region of it:
 *
 *     <!-- source: docs/examples/tutorial/seats.ts#slice -->
 *
 * The code block that follows the marker holds that text. A region stands between `// #region name` and
 * `// #endregion name`; without one the whole file is meant.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import { root } from "./packages.ts"

const marker = /^<!-- source: ([^\s#]+)(?:#(\S+))? -->\n\n```(\w*)\n([\s\S]*?)```/gm
const anyMarker = /^<!-- source: .*? -->/gm
const regionLine = /^\s*\/\/ #(?:end)?region\b/

const dedent = (lines: ReadonlyArray<string>): ReadonlyArray<string> => {
  const indent = Math.min(...lines.filter((line) => line.trim() !== "").map((line) => line.search(/\S/)))
  return lines.map((line) => line.slice(indent))
}

/** The text of a file or of a region of it; throws when there is none. */
const sourceText = (file: string, region: string | undefined): string => {
  const lines = fs.readFileSync(path.join(root, file), "utf8").trimEnd().split("\n")
  if (region === undefined) return lines.filter((line) => !regionLine.test(line)).join("\n")
  const start = lines.findIndex((line) => line.trim() === `// #region ${region}`)
  const end = lines.findIndex((line) => line.trim() === `// #endregion ${region}`)
  if (start < 0 || end < start) throw new Error(`${file} has no region '${region}'`)
  return dedent(lines.slice(start + 1, end).filter((line) => !regionLine.test(line))).join("\n").trim()
}

/** The Markdown with every marked block filled, and what is wrong with its markers. */
export const fill = (markdown: string): { readonly text: string; readonly problems: ReadonlyArray<string> } => {
  const problems: Array<string> = []
  let filled = 0
  const text = markdown.replace(marker, (block, file: string, region: string | undefined, language: string) => {
    filled++
    try {
      const name = region === undefined ? file : `${file}#${region}`
      return `<!-- source: ${name} -->\n\n\`\`\`${language}\n${sourceText(file, region)}\n\`\`\``
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      return block
    }
  })
  const markers = markdown.match(anyMarker)?.length ?? 0
  if (markers !== filled) problems.push(`${markers - filled} source markers have no code block after an empty line`)
  return { text, problems }
}

/** TypeScript in Markdown that no marker accounts for. */
export const unmarked = (markdown: string): ReadonlyArray<string> =>
  [...markdown.replace(marker, "").matchAll(/^```tsx?\n(.*)$/gm)].map(([, first]) => first ?? "")
