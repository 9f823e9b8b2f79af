/** Other processes on the same table. */
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import * as path from "node:path"
import type { Options } from "./child.ts"

/** Another process. `next` waits for what it says next, `tell` lets it go on. */
export const start = (what: "history" | "hammer", options: Options) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(
        process.execPath,
        [path.join(import.meta.dirname, "child.ts"), what, JSON.stringify(options)],
        { stdio: ["pipe", "pipe", "inherit"] }
      )
      let isOver = false
      const ended = new Promise<number | null>((resolve) =>
        child.once("close", (code) => {
          isOver = true
          resolve(code)
        })
      )
      // The last line of a process that was killed may be a part of one.
      let rest = ""
      let taken = 0
      const said: Array<unknown> = []
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
        const lines = (rest + chunk).split("\n")
        rest = lines.pop()!
        said.push(...lines.map((line): unknown => JSON.parse(line)))
      })
      return {
        said,
        next: Effect.gen(function*() {
          while (said.length <= taken) {
            if (isOver) return yield* Effect.die(`a process ended with ${child.exitCode} and had nothing to say`)
            yield* Effect.sleep(5)
          }
          return said[taken++] as any
        }),
        tell: Effect.sync(() => child.stdin.write("go\n")),
        kill: Effect.sync(() => child.kill("SIGKILL")),
        ended: Effect.promise(() => ended)
      }
    }),
    ({ ended, kill }) => Effect.andThen(kill, ended)
  )
