/** Children of a chaos run: started ahead of their time, told what to do, and killed. */
import { spawn } from "node:child_process"
import * as path from "node:path"
import type { Order } from "./child.ts"

/** A child process. */
export interface Child {
  /** Completes when it has loaded everything and waits for its order. */
  readonly ready: Promise<void>
  readonly order: (order: Order) => void
  /** The answers that it said its commands got: lane, turn and events of each. */
  readonly answers: () => ReadonlyArray<readonly [lane: number, turn: number, events: number]>
  readonly kill: () => void
  /** Completes with the signal that ended it when everything that it had said is read. */
  readonly ended: Promise<NodeJS.Signals | null>
}

/** Starts a child on a file. `cache` is a folder where compiled modules are kept, so that the next one starts sooner. */
export const start = (filename: string, cache: string): Child => {
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "child.ts"), filename], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? cache }
  })
  let text = ""
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_, signal) => resolve(signal)))
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk
      if (text.startsWith("ready\n")) resolve()
    })
    void ended.then((signal) => reject(new Error(`a child ended before it was ready: ${signal}`)))
  })
  // A child that is killed at the end of a run, before anybody waited for it.
  ready.catch(() => {})
  child.stdin.on("error", () => {})
  return {
    ready,
    order: (order) => child.stdin.write(`${JSON.stringify(order)}\n`),
    answers: () => {
      const lines = text.split("\n").slice(1, -1)
      return lines.map((line) => line.split(" ").map(Number) as unknown as readonly [number, number, number])
    },
    kill: () => child.kill("SIGKILL"),
    ended
  }
}
