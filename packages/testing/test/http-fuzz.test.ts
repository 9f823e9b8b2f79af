import { assert, describe, it } from "@effect/vitest"
import { PositionedEventStore } from "@reventless/core/EventStore"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as Query from "@reventless/core/Query"
import * as EventStoreSqlite from "@reventless/sqlite/EventStoreSqlite"
import * as HttpFuzz from "@reventless/testing/HttpFuzz"
import * as StoreServer from "@reventless/testing/StoreServer"
import * as Wire from "@reventless/testing/StoreServerWire"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as fs from "node:fs"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import * as os from "node:os"
import * as path from "node:path"
import * as v8 from "node:v8"
import * as vm from "node:vm"

const count = Number(process.env["FUZZ_COUNT"] ?? 300)
const seed = Number(process.env["FUZZ_SEED"] ?? 1)
const limit = { timeout: 120_000 + count * 200 }

const collectGarbage = (): number => {
  v8.setFlagsFromString("--expose-gc")
  vm.runInNewContext("gc")()
  return process.memoryUsage().heapUsed
}

/** The last position: events are never taken away. */
const written = Effect.flatMap(
  PositionedEventStore,
  (store) => Stream.runHead(store.read(Query.all, { backwards: true, limit: 1 }))
).pipe(Effect.map((last) => Option.match(last, { onNone: () => 0, onSome: ({ position }) => position })), Effect.orDie)

const fuzz = Effect.gen(function*() {
  const rejections: Array<unknown> = []
  const note = (reason: unknown) => void rejections.push(reason)
  process.on("unhandledRejection", note)
  yield* Effect.addFinalizer(() => Effect.sync(() => process.off("unhandledRejection", note)))
  const { address } = yield* HttpServer.HttpServer
  const store = yield* PositionedEventStore
  const before = collectGarbage()
  const report = yield* HttpFuzz.run({
    server: { host: "127.0.0.1", port: (address as { readonly port: number }).port },
    routes: [
      { method: "POST", path: "/append", body: Wire.AppendBody.to },
      { method: "GET", path: "/read", query: Wire.ReadParameters },
      { method: "GET", path: "/boundary", query: Wire.BoundaryParameters }
    ],
    seed,
    count,
    written: Effect.provideService(written, PositionedEventStore, store)
  })
  assert.deepStrictEqual(report.findings, [], `FUZZ_SEED=${seed}`)
  assert.deepStrictEqual(rejections, [])
  assert.containsAllKeys(report.statuses, [200, 400, 404, 405])
  assert.isBelow((collectGarbage() - before) / 1024 / 1024, 32, "MiB")
  assert.isAbove(yield* written, 10)
}).pipe(Effect.scoped)

describe("whatever is sent to the store server is answered with 2xx or 4xx, and refused ones write nothing", () => {
  it.live(
    "in memory",
    () => Effect.provide(fuzz, StoreServer.layer({ port: 0 }).pipe(Layer.provideMerge(EventStoreMemory.layer()))),
    limit
  )

  it.live("on SQLite", () =>
    Effect.gen(function*() {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => fs.mkdtempSync(path.join(os.tmpdir(), "reventless-fuzz-"))),
        (created) => Effect.sync(() => fs.rmSync(created, { recursive: true, force: true }))
      )
      const store = EventStoreSqlite.layer({ filename: path.join(folder, "store.db") })
      yield* Effect.provide(fuzz, StoreServer.layer({ port: 0 }).pipe(Layer.provideMerge(store)))
    }).pipe(Effect.scoped), limit)
})

/** A server on a free port that answers as it is told; how much it has written. */
const serve = (
  answer: (body: string, request: IncomingMessage, response: ServerResponse, write: () => void) => void,
  patience: Duration.Input = "1 minute"
) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.callback<{ readonly port: number; readonly written: () => number; readonly close: () => void }>(
        (resume) => {
          let written = 0
          const server = createServer((request, response) => {
            let body = ""
            request.on("data", (data: Buffer) => {
              body += data.toString()
            })
            request.on("error", () => undefined)
            request.on("end", () => answer(body, request, response, () => written++))
          })
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as { readonly port: number }
            resume(Effect.succeed({
              port,
              written: () => written,
              close: () => {
                server.close()
                server.closeAllConnections()
              }
            }))
          })
        }
      ),
      ({ close }) => Effect.sync(close)
    ),
    ({ port, written }) =>
      HttpFuzz.run({
        server: { host: "127.0.0.1", port },
        routes: [{ method: "POST", path: "/notes/:id", params: Schema.Struct({ id: Schema.String }), body: Note }],
        seed: 1,
        count: 120,
        written: Effect.sync(written),
        patience
      })
  ).pipe(Effect.flatten, Effect.scoped)

const Note = Schema.Struct({ text: Schema.String, stars: Schema.Int })
const isNote = (body: string): boolean => {
  try {
    return Schema.is(Note)(JSON.parse(body))
  } catch {
    return false
  }
}

const problems = (report: HttpFuzz.Report) => [...new Set(report.findings.map(({ problem }) => problem.slice(0, 30)))]

describe("fuzzing an HTTP server", () => {
  it.live("finds nothing in one that takes or refuses whatever comes, and meets both", () =>
    Effect.gen(function*() {
      const report = yield* serve((body, _request, response, write) => {
        if (isNote(body)) write()
        response.writeHead(isNote(body) ? 200 : 400).end()
      })
      assert.deepStrictEqual(report.findings, [])
      assert.isAbove(report.statuses[200]!, 20)
      assert.isAbove(report.statuses[400]!, 5)
    }))

  it.live("finds an answer of 500, and gives the request", () =>
    Effect.gen(function*() {
      const report = yield* serve((body, _request, response) =>
        response.writeHead(body.includes("__proto__") ? 500 : 200, { "content-length": 2 }).end("oh")
      )
      assert.isNotEmpty(report.findings)
      for (const { problem, request } of report.findings) {
        assert.strictEqual(problem, "was answered with 500: oh")
        assert.include(request, "__proto__")
      }
    }))

  it.live(
    "finds a request that is refused and yet written, one that hangs, and one that is cut off",
    () =>
      Effect.gen(function*() {
        const wrote = yield* serve((body, _request, response, write) => {
          write()
          response.writeHead(isNote(body) ? 200 : 422).end()
        })
        assert.isNotEmpty(wrote.findings)
        assert.isTrue(wrote.findings.every(({ problem }) => problem.startsWith("was refused with 4")))
        const hung = yield* serve((body, _request, response) => {
          if (!body.includes("then")) response.writeHead(200).end()
        }, "200 millis")
        assert.deepStrictEqual(problems(hung), ["was not answered in time"])
        const cut = yield* serve((body, request, response) =>
          isNote(body) ? response.writeHead(200).end() : request.socket.destroy()
        )
        assert.deepStrictEqual(problems(cut), ["the connection was closed with"])
      })
  )

  it.live("sends the same requests for the same seed", () =>
    Effect.gen(function*() {
      const seen = (bodies: Array<string>) =>
        serve((body, request, response) => {
          bodies.push(`${request.method} ${request.url} ${body}`)
          response.writeHead(200).end()
        })
      const first: Array<string> = []
      const second: Array<string> = []
      yield* seen(first)
      yield* seen(second)
      assert.deepStrictEqual(second, first)
      assert.isAbove(new Set(first).size, 60)
    }))
})
