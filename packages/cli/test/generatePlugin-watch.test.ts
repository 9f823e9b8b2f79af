import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/testing/TestClock"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { body, catalog, definition, inFolder, packageJson, slice } from "./generating.ts"
import type { MemoryFiles } from "./memoryFiles.ts"
import { bin, run } from "./run.ts"

/** Watches files in memory; `lines` are what is said from then on, `settle` lets 100 ms pass. */
const watching = Effect.fnUntraced(function*(files: MemoryFiles, args: ReadonlyArray<string> = ["catalog"]) {
  const lines: Array<string> = []
  const fiber = yield* Effect.forkScoped(
    run(["generate-plugin", ...args, "--watch"], {
      files: files.fileSystem,
      onLine: (line) => void lines.push(...line.split("\n"))
    })
  )
  /** Until nothing happens any more that takes no time: the parser is loaded by the machine, so turns are waited for. */
  const turns = Effect.forEach(Array.from({ length: 50 }), () => Effect.promise(() => new Promise(setImmediate)), {
    discard: true
  })
  const settle = Effect.andThen(turns, Effect.andThen(TestClock.adjust("100 millis"), turns))
  const said = Effect.map(settle, () => lines.splice(0))
  return { fiber, said, settle }
})

const change = (files: MemoryFiles, changes: Readonly<Record<string, string>>) =>
  Effect.forEach(Object.entries(inFolder("catalog", changes)), ([file, text]) => files.change(file, text), {
    discard: true
  })

describe("watching", () => {
  it.effect("writes when files change, once for several changes", () =>
    Effect.gen(function*() {
      yield* Effect.promise(() => import("@babel/parser"))
      const files = catalog(slice("AddProduct"))
      const { said } = yield* watching(files)
      assert.deepStrictEqual(yield* said, [
        "Watching for changes; Ctrl-C ends it.",
        "Catalog (named after the package '@acme/catalog'): wrote catalog/src/Plugin.ts, 1 component"
      ])
      assert.deepStrictEqual(yield* said, [])
      yield* change(files, { ...slice("ChangePrice"), ...slice("RenameProduct") })
      assert.deepStrictEqual(yield* said, [
        "Catalog (named after the package '@acme/catalog'): wrote catalog/src/Plugin.ts, 3 components: " +
        "added ChangePrice, RenameProduct"
      ])
      assert.deepStrictEqual(yield* said, [])
      yield* change(files, packageJson({ reventless: { plugin: "Katalog" } }))
      assert.deepStrictEqual(yield* said, ["Katalog: wrote catalog/src/Plugin.ts, 3 components"])
      yield* said
      assert.strictEqual(files.written.length, 3)
    }).pipe(Effect.scoped))

  it.effect("waits until files are left alone for 100 ms", () =>
    Effect.gen(function*() {
      yield* Effect.promise(() => import("@babel/parser"))
      const files = catalog(slice("AddProduct"))
      const { said } = yield* watching(files)
      yield* said
      yield* said
      for (const name of ["A", "B", "C"]) {
        yield* change(files, slice(name))
        yield* Effect.yieldNow
        yield* TestClock.adjust("60 millis")
      }
      assert.strictEqual(files.written.length, 1)
      assert.deepStrictEqual((yield* said).length, 1)
      assert.strictEqual(files.written.length, 2)
    }).pipe(Effect.scoped))

  it.effect("tells a refusal once, keeps the file meanwhile, and goes on", () =>
    Effect.gen(function*() {
      yield* Effect.promise(() => import("@babel/parser"))
      const files = catalog(slice("AddProduct"))
      const { said } = yield* watching(files)
      yield* said
      const before = files.stored.get("catalog/src/Plugin.ts")
      yield* change(files, { "src/ChangePrice/ChangePrice.ts": definition("ChangePrice") })
      assert.deepStrictEqual(yield* said, [
        "This doesn't make a plugin:",
        "    catalog/src/ChangePrice/ChangePrice.ts:2: ChangePrice has no body: that of the kind StateChangeSlice is " +
        "src/ChangePrice/ChangePrice_Behavior.ts. Write it, exporting ChangePriceLive.",
        "  Nothing was written."
      ])
      yield* change(files, { "src/notes.ts": "export const note = 1" })
      assert.deepStrictEqual(yield* said, [])
      assert.strictEqual(files.stored.get("catalog/src/Plugin.ts"), before)
      yield* files.change("catalog/src/ChangePrice/ChangePrice.ts", undefined)
      assert.deepStrictEqual(yield* said, [
        "Catalog (named after the package '@acme/catalog'): mended, nothing to write"
      ])
      yield* change(files, { "src/ChangePrice/ChangePrice.ts": definition("ChangePrice") })
      yield* said
      yield* change(files, { "src/ChangePrice/ChangePrice_Behavior.ts": body("ChangePriceLive") })
      assert.deepStrictEqual(yield* said, [
        "Catalog (named after the package '@acme/catalog'): wrote catalog/src/Plugin.ts, 2 components: added ChangePrice"
      ])
    }).pipe(Effect.scoped))

  it.effect("goes on when src is removed and made again, and leaves no watch behind", () =>
    Effect.gen(function*() {
      yield* Effect.promise(() => import("@babel/parser"))
      const files = catalog(slice("AddProduct"))
      const { fiber, said } = yield* watching(files)
      yield* said
      const sources = [...files.stored].filter(([file]) => file.startsWith("catalog/src/"))
      for (const [file] of sources) yield* files.change(file, undefined)
      yield* files.change("catalog/src", undefined)
      assert.include((yield* said).join("\n"), "catalog/src: there is no such folder.")
      for (const [file, text] of sources) files.stored.set(file, text)
      yield* files.change("catalog/src", undefined)
      assert.deepStrictEqual(yield* said, [
        "Catalog (named after the package '@acme/catalog'): mended, nothing to write"
      ])
      assert.strictEqual(files.watches(), 2)
      yield* Fiber.interrupt(fiber)
      assert.strictEqual(files.watches(), 0)
    }).pipe(Effect.scoped))
})

describe("a process that watches", () => {
  const folder = Effect.acquireRelease(
    Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "reventless-watch-"))),
    (created) => Effect.sync(() => fs.rmSync(created, { recursive: true, force: true }))
  )
  const put = (at: string, files: Readonly<Record<string, string>>) => {
    for (const [file, text] of Object.entries(files)) {
      fs.mkdirSync(path.join(at, path.dirname(file)), { recursive: true })
      fs.writeFileSync(path.join(at, file), text)
    }
  }

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it.live(`sees what editors do to files, and ends with 0 at ${signal}`, () =>
      Effect.gen(function*() {
        const at = yield* folder
        put(at, { ...packageJson(), ...slice("AddProduct") })
        const child = yield* Effect.acquireRelease(
          Effect.sync(() => spawn(process.execPath, [bin, "generate-plugin", at, "--watch"], { stdio: "pipe" })),
          (child) => Effect.sync(() => child.kill("SIGKILL"))
        )
        let out = ""
        const listeners = new Set<() => void>()
        for (const stream of [child.stdout, child.stderr]) {
          stream.setEncoding("utf8").on("data", (text: string) => {
            out += text
            for (const listener of listeners) listener()
          })
        }
        /** Waits for a text, and forgets what was said before it. */
        const says = (text: string) =>
          Effect.callback<void>((resume) => {
            const look = () => {
              if (!out.includes(text)) return
              out = out.slice(out.indexOf(text) + text.length)
              listeners.delete(look)
              resume(Effect.void)
            }
            listeners.add(look)
            look()
          }).pipe(
            Effect.timeoutOrElse({
              duration: "2 minutes",
              orElse: () => Effect.die(`'${text}' wasn't said, but: ${out}`)
            })
          )

        yield* says("wrote")
        put(at, slice("ChangePrice"))
        yield* says("added ChangePrice")
        for (const round of [1, 2, 3]) {
          const file = path.join(at, "src/ChangePrice/ChangePrice_Behavior.ts")
          fs.writeFileSync(`${file}.tmp`, `export const round${round} = 1`)
          fs.renameSync(`${file}.tmp`, file)
          yield* says("it doesn't export ChangePriceLive")
          fs.writeFileSync(`${file}.tmp`, body("ChangePriceLive"))
          fs.renameSync(`${file}.tmp`, file)
          yield* says("mended")
        }
        fs.rmSync(path.join(at, "src/ChangePrice"), { recursive: true })
        yield* says("removed ChangePrice")
        child.kill(signal)
        const code = yield* Effect.callback<number | null>((resume) => {
          child.on("exit", (code) => resume(Effect.succeed(code)))
        })
        assert.strictEqual(code, 0)
      }).pipe(Effect.scoped))
  }
})
