/** Processes that run the shop: started ahead of their time, told to open it, and killed. */
import { spawn } from "node:child_process"
import * as path from "node:path"
import type { PluginName } from "../../src/Shop.ts"
import type { Order } from "./child.ts"

export interface Child {
  /** Opens the shop; answers its URL. */
  readonly open: (order: Order) => Promise<string>
  /** Kills it; answers how it ended, when it has. */
  readonly kill: () => Promise<NodeJS.Signals | number | null>
}

/** Starts a process on a file, of the whole shop or of one plugin. Compiled modules are kept in `cache`, unless they are kept elsewhere, so that the next one starts sooner. */
export const start = (file: string, cache: string, only?: PluginName): Child => {
  const child = spawn(process.execPath, [
    path.join(import.meta.dirname, "child.ts"),
    file,
    ...only === undefined ? [] : [only]
  ], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { NODE_COMPILE_CACHE: cache, ...process.env }
  })
  child.stdin.on("error", () => {})
  const ended = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.once("close", (code, signal) => resolve(signal ?? code))
  )
  let text = ""
  let heard = () => {}
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk
    heard()
  })
  const said = (pattern: RegExp) =>
    new Promise<string>((resolve, reject) => {
      heard = () => {
        const found = pattern.exec(text)
        if (found !== null) resolve(found[1]!)
      }
      heard()
      void ended.then((how) => reject(new Error(`the shop ended by itself: ${how}`)))
    })
  const ready = said(/^(ready)\n/)
  ready.catch(() => {})
  return {
    open: async (order) => {
      await ready
      child.stdin.write(`${JSON.stringify(order)}\n`)
      return await said(/^open (.*)\n/m)
    },
    kill: () => {
      child.kill("SIGKILL")
      return ended
    }
  }
}
