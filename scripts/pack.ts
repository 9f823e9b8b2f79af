/** `pnpm run pack <folder>`: builds the packages and packs each into a tarball in the folder, for an application elsewhere. */
import * as fs from "node:fs"
import * as path from "node:path"
import { build, pack, root } from "./packages.ts"

const folder = process.argv[2]
if (folder === undefined) {
  console.error("Name the folder for the tarballs: pnpm run pack ../my-app/vendor")
  process.exit(1)
}
// pnpm runs scripts in the root; a relative folder is meant from where the command was typed.
const into = path.resolve(process.env["INIT_CWD"] ?? root, folder)
fs.mkdirSync(into, { recursive: true })
build({ clean: true })
for (const [name, file] of Object.entries(pack(root, into))) console.log(`${name}  ${file}`)
