/** Relative links in Markdown: the file must exist, and the heading when the link names one. */
import * as fs from "node:fs"
import * as path from "node:path"

const withoutCode = (markdown: string): string => markdown.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "")

/** The anchor of a heading, as GitHub makes it. */
const anchor = (heading: string): string =>
  heading.replace(/`/g, "").trim().toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, "").replace(/\s/g, "-")

const anchors = (markdown: string): ReadonlySet<string> =>
  new Set(
    [...markdown.replace(/^```[\s\S]*?^```/gm, "").matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) => anchor(heading!))
  )

/** The relative links of a file that lead nowhere. */
export const broken = (file: string, markdown: string): ReadonlyArray<string> =>
  [...withoutCode(markdown).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (link === undefined || /^[a-z]+:/.test(link)) return []
    const [target = "", heading] = link.split("#")
    const to = target === "" ? file : path.resolve(path.dirname(file), target)
    if (!fs.existsSync(to)) return [`the link '${link}' leads nowhere`]
    if (heading === undefined || !to.endsWith(".md")) return []
    return anchors(to === file ? markdown : fs.readFileSync(to, "utf8")).has(heading)
      ? []
      : [`the link '${link}' names no heading of ${target}`]
  })
