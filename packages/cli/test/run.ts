import * as NodeServices from "@effect/platform-node/NodeServices"
import { reventless } from "@reventless/cli/Cli"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as Layer from "effect/Layer"
import * as Runtime from "effect/Runtime"
import * as Stdio from "effect/Stdio"
import * as Terminal from "effect/Terminal"
import { spawn } from "node:child_process"
import * as path from "node:path"
import { presenter } from "../src/internal/presenter.ts"

/** What a run of the command said, and its exit code. */
export interface Said {
  readonly code: number
  readonly out: string
  readonly error: string
}

export interface Surroundings {
  readonly env?: Record<string, string>
  /** The width of the terminal; no terminal when absent. */
  readonly columns?: number
  /** The machine's files when absent. */
  readonly files?: FileSystem.FileSystem
  /** Is told each line at once. */
  readonly onLine?: (line: string) => void
}

/** Runs the command in this process. */
export const run = Effect.fnUntraced(function*(args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const { columns, env = {}, files, onLine = () => {} } = surroundings
  let out = ""
  let error = ""
  const terminal = Terminal.make({
    columns: Effect.succeed(columns ?? 0),
    rows: Effect.succeed(24),
    size: Effect.die("unused"),
    readInput: Effect.die("unused"),
    readLine: Effect.die("unused"),
    display: (text) => Effect.sync(() => void (out += text))
  })
  const console: Console.Console = {
    ...globalThis.console,
    log: (...texts) => {
      out += `${texts.join(" ")}\n`
      onLine(texts.join(" "))
    },
    error: (...texts) => {
      error += `${texts.join(" ")}\n`
      onLine(texts.join(" "))
    }
  }
  const exit = yield* Effect.exit(
    Command.runWith(reventless, { version: "1.2.3" })(args).pipe(
      Effect.provide(
        Layer.mergeAll(
          FetchHttpClient.layer,
          CliOutput.layerPresenter(presenter),
          Layer.succeed(Terminal.Terminal, terminal),
          Stdio.layerTest({ stdoutIsTerminal: Effect.succeed(columns !== undefined) }),
          Layer.succeed(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
          Layer.succeed(Console.Console, console),
          files === undefined ? Layer.empty : Layer.succeed(FileSystem.FileSystem, files)
        ).pipe(Layer.provideMerge(NodeServices.layer))
      )
    )
  )
  let code = -1
  Runtime.defaultTeardown(exit, (given) => {
    code = given
  })
  return { code: Exit.isSuccess(exit) ? 0 : code, out, error }
})

export const bin = path.join(import.meta.dirname, "../src/bin/reventless.ts")

/** Runs the command in a process of its own. */
export const runProcess = (args: ReadonlyArray<string>, env: Record<string, string> = {}) =>
  Effect.promise(() =>
    new Promise<Said>((resolve) => {
      const child = spawn(process.execPath, [bin, ...args], { env: { ...process.env, NO_COLOR: "1", ...env } })
      let out = ""
      let error = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => out += text)
      child.stderr.setEncoding("utf8").on("data", (text: string) => error += text)
      child.on("close", (code) => resolve({ code: code ?? -1, out, error }))
    })
  )
