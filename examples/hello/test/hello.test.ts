import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** Runs the application in a folder, on a free port; it ends with the scope. */
const run = Effect.fnUntraced(function*(cwd: string) {
  const { stdout } = yield* ChildProcess.make(process.execPath, [main], { cwd, env: { PORT: "0" }, extendEnv: true })
  const line = yield* Stream.runHead(
    Stream.filter(Stream.splitLines(Stream.decodeText(stdout)), (line) => line.includes("http://"))
  )
  return Option.getOrThrow(line).replace(/.*(http:\S+).*/, "$1")
})

it.live("the guest book takes one entry of each guest, and keeps it", () =>
  Effect.gen(function*() {
    const cwd = yield* (yield* FileSystem.FileSystem).makeTempDirectoryScoped()
    const http = yield* HttpClient.HttpClient
    const sign = (url: string, message: string) =>
      http.post(`${url}/hello/commands/Sign`, { body: HttpBody.jsonUnsafe({ guestId: "ada", message }) })
    yield* Effect.scoped(Effect.gen(function*() {
      const url = yield* run(cwd)
      assert.strictEqual((yield* sign(url, "Hello!")).status, 200)
      assert.strictEqual((yield* sign(url, "Again!")).status, 422)
    }))
    const url = yield* run(cwd)
    const book = yield* http.get(`${url}/hello/views/GuestBook`)
    assert.deepStrictEqual(yield* book.json, { rows: [{ guestId: "ada", message: "Hello!" }] })
  }).pipe(Effect.scoped, Effect.provide(Layer.merge(NodeServices.layer, FetchHttpClient.layer))))
