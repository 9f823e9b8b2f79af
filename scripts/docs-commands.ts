/**
 * Text in Markdown that the command line writes: what `reventless` prints stands between two markers, of which the first
 * says with which arguments it is run:
 *
 *     <!-- reventless: model examples/hello/src/main.ts --format markdown -->
 *
 *     <!-- /reventless -->
 */
import { spawnSync } from "node:child_process"
import * as path from "node:path"
import { root } from "./packages.ts"

const section = /^<!-- reventless: (.+?) -->\n[\s\S]*?^<!-- \/reventless -->$/gm

/** The Markdown with what the commands print, and what is wrong with them. */
export const fill = (markdown: string): { readonly text: string; readonly problems: ReadonlyArray<string> } => {
  const problems: Array<string> = []
  const text = markdown.replace(section, (before, args: string) => {
    const bin = path.join(root, "packages/cli/src/bin/reventless.ts")
    const { status, stderr, stdout } = spawnSync(process.execPath, [bin, ...args.split(" ")], {
      cwd: root,
      encoding: "utf8"
    })
    if (status === 0) return `<!-- reventless: ${args} -->\n\n${stdout.trimEnd()}\n\n<!-- /reventless -->`
    problems.push(`'reventless ${args}' failed: ${stderr.trim()}`)
    return before
  })
  return { text, problems }
}
