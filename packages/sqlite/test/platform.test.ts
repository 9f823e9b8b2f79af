import { SqlitePlatform } from "@reventless/sqlite"
import * as PlatformConformance from "@reventless/testing/PlatformConformance"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll } from "vitest"

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-platform-"))
afterAll(() => fs.rmSync(folder, { recursive: true }))

let files = 0

PlatformConformance.suite({
  name: "the SQLite platform",
  capabilities: { durable: true, ordered: true },
  // What the suite claims has nothing to do with power cuts, and waiting for the disk is most of its time.
  provider: () => SqlitePlatform.layer({ filename: path.join(folder, `${files++}.db`), synchronous: "NORMAL" })
})
