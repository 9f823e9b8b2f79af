import type { NewEvent, SequencedEvent } from "@reventless/core/EventStore"
import type * as Message from "@reventless/core/Message"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"

/** A folder for the files of one test; removed with the scope. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "reventless-sqlite-"))),
  (created) => Effect.sync(() => fs.rmSync(created, { recursive: true, force: true }))
)

/** The name of a file that doesn't exist yet. */
export const newFile = Effect.map(folder, (created) => path.join(created, "store.db"))

export const meta: Message.Meta = {
  messageId: "0190c9f2-0000-7000-8000-000000000000",
  correlationId: "0190c9f2-0000-7000-8000-000000000000",
  time: 1,
  service: "Shop.Cart",
  schemaVersion: 1
}

export const event = (type: string, tags: ReadonlyArray<string> = [], data: NewEvent["data"] = {}): NewEvent => ({
  type,
  tags,
  data,
  meta
})

/** An event as it is stored. */
export const sequenced = (position: number, data: NewEvent["data"] = {}): SequencedEvent => ({
  ...event("Added", ["cart:1"], data),
  position
})

/** Numbers that look random and are the same for the same seed. */
export const random = (seed: number) => {
  let state = seed
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  return { below, pick: <A>(values: ReadonlyArray<A>): A => values[below(values.length)]! }
}

/** Another process on a file: what `child.ts` does for this command. */
export const start = (filename: string, command: string) =>
  startProcess(path.join(import.meta.dirname, "child.ts"), filename, command)

/** Another process. `line` waits for its next line, `lines` are all so far, `ended` completes when it has ended. */
export const startProcess = (...parameters: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, parameters, {
        stdio: ["ignore", "pipe", "inherit"]
      })
      const ended = new Promise<number | null>((resolve) => child.once("close", (code) => resolve(code)))
      let text = ""
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => text += chunk)
      const lines = () => text.split("\n").slice(0, -1)
      return {
        lines,
        line: Effect.gen(function*() {
          while (lines().length === 0) yield* Effect.sleep(5)
        }),
        kill: Effect.sync(() => child.kill("SIGKILL")),
        ended: Effect.promise(() => ended)
      }
    }),
    ({ ended, kill }) => Effect.andThen(kill, ended)
  )
