/** The emulator as a child process that can't outlive this one, however this one ends. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as net from "node:net"
import type { Writable } from "node:stream"

/** A child that serves. */
export interface Running {
  readonly pid: number
  readonly port: number
}

/** A child that ended instead of serving, or couldn't be started; and what it said. */
export interface NotRunning {
  readonly said: string
}

/**
 * The child takes the shell's place, and so its pid. What the shell leaves behind waits for the end of a pipe that only
 * this process holds open: it ends when this process does, and then the child is killed. A line says that there is
 * nothing to kill any more.
 */
const script = `(read -r _ <&3 || kill -9 $$) 2>/dev/null & exec "$0" "$@" 3<&-`

/** A port on 127.0.0.1 that was free a moment ago. */
const freePort = Effect.callback<number, NotRunning>((resume) => {
  const server = net.createServer()
  server.once("error", (error) => resume(Effect.fail({ said: error.message })))
  server.listen(0, "127.0.0.1", () => {
    const address = server.address()
    server.close(() => resume(Effect.succeed(typeof address === "object" && address !== null ? address.port : 0)))
  })
})

/** Waits for the line that says that the child listens: nobody else can have said it, whoever has the port. */
const listening = (child: ChildProcess) =>
  Effect.callback<void, NotRunning>((resume) => {
    let said = ""
    child.once("error", (error) => resume(Effect.fail({ said: error.message })))
    child.once("close", () => resume(Effect.fail({ said: said.trim() })))
    // Read to the end of its life: a child that nobody reads would stand still once the pipe is full.
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
      if (said.length < 10_000) said += chunk
      if (said.includes("listening on")) resume(Effect.void)
    })
  })

const kill = (child: ChildProcess) =>
  Effect.callback<void>((resume) => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return resume(Effect.void)
    child.ref()
    child.once("exit", () => resume(Effect.void))
    child.kill("SIGKILL")
  })

/** Starts the binary on a free port and waits until it listens. It is killed, by its pid, when the scope ends. */
export const serve = Effect.fnUntraced(function*(binary: string) {
  const port = yield* freePort
  const child = yield* Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn("/bin/sh", ["-c", script, binary, "serve", "--host", "127.0.0.1", "--port", String(port)], {
        stdio: ["ignore", "ignore", "pipe", "pipe"]
      })
      const alive = child.stdio[3] as Writable
      alive.on("error", () => {})
      child.once("exit", () => alive.end("\n"))
      return child
    }),
    kill
  )
  yield* listening(child)
  // A program that has nothing else to do may end without closing the scope.
  child.unref()
  for (const stream of [child.stderr, child.stdio[3]]) (stream as net.Socket).unref()
  const running: Running = { pid: child.pid!, port }
  return running
})
