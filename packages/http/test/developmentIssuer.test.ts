import { assert, describe, it } from "@effect/vitest"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as DevelopmentIssuer from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import { CredentialsRefused, PrincipalResolver } from "@reventless/http/PrincipalResolver"
import * as Cause from "effect/Cause"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { request as httpRequest } from "node:http"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { office } from "./fixtures/office.ts"
import { ask, Logged, send } from "./fixtures/server.ts"
import { caller, now } from "./fixtures/tokens.ts"

const quiet = (options?: DevelopmentIssuer.Options) =>
  Layer.provideMerge(DevelopmentIssuer.layer(options), Logged.layer)

/** A folder that is gone at the end. */
const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(path.join(tmpdir(), "reventless-issuer-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true }))
)

const issue = (subject = { id: "ada", groups: ["managers"] }) =>
  Effect.flatMap(
    DevelopmentIssuer.DevelopmentIssuer,
    (issuer) => Effect.map(issuer.issue(subject), ({ token }) => token)
  )

const ada = Principal.user("ada", ["managers"])

describe("the development issuer", () => {
  it.effect("gives tokens that the server takes, for 8 hours or as long as asked", () =>
    Effect.gen(function*() {
      yield* TestClock.setTime(now * 1000)
      const issuer = yield* DevelopmentIssuer.DevelopmentIssuer
      const eight = yield* issuer.issue({ id: "ada", groups: ["managers"] })
      const minute = yield* issuer.issue({ id: "bob", expiresIn: "1 minute" })
      assert.strictEqual(eight.expiresAt.epochMilliseconds, (now + 8 * 3600) * 1000)
      assert.deepStrictEqual(yield* caller(eight.token), ada)
      assert.deepStrictEqual(yield* caller(minute.token), Principal.user("bob"))
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual(yield* caller(eight.token), ada)
      assert.include(yield* caller(minute.token), "the token expired 1 second ago")
      yield* TestClock.adjust("8 hours")
      assert.include(yield* caller(eight.token), "the token expired 1 minute ago")
    }).pipe(Effect.provide(quiet())))

  it.effect("says in the log that it is not for production", () =>
    Effect.gen(function*() {
      const [warning, ...more] = yield* Logged
      assert.deepStrictEqual(more, [])
      assert.include(warning, "level=WARN")
      assert.include(warning, "Not for production.")
    }).pipe(Effect.provide(quiet())))

  it.effect("keeps its key in a file, for its owner only; tokens are good after the next start", () =>
    Effect.gen(function*() {
      const keyFile = path.join(yield* folder, "shop.db.dev-key")
      const token = yield* Effect.provide(issue(), Layer.fresh(quiet({ keyFile })))
      assert.deepStrictEqual(yield* Effect.provide(caller(token), Layer.fresh(quiet({ keyFile }))), ada)
      assert.strictEqual(statSync(keyFile).mode & 0o777, 0o600)
      assert.deepStrictEqual(readdirSync(path.dirname(keyFile)), ["shop.db.dev-key"])
      const inMemory = yield* Effect.provide(caller(token), Layer.fresh(quiet()))
      assert.include(inMemory, "signed with a key that isn't known here")
    }))

  it.effect("has one key when several processes begin at once", () =>
    Effect.gen(function*() {
      const keyFile = path.join(yield* folder, "key")
      const tokens = yield* Effect.all(
        Array.from({ length: 8 }, () => Effect.provide(issue(), Layer.fresh(quiet({ keyFile })))),
        { concurrency: "unbounded" }
      )
      const callers = yield* Effect.provide(Effect.forEach(tokens, caller), quiet({ keyFile }))
      assert.deepStrictEqual(callers, tokens.map(() => ada))
      assert.deepStrictEqual(readdirSync(path.dirname(keyFile)), ["key"])
    }))

  it.effect("doesn't start on a file that holds something else, and leaves it as it is", () =>
    Effect.gen(function*() {
      const keyFile = path.join(yield* folder, "notes.txt")
      writeFileSync(keyFile, "remember the milk")
      const refused = yield* Effect.flip(Layer.build(quiet({ keyFile })))
      assert.strictEqual(
        refused.message,
        `The development issuer's key file '${keyFile}' can't be used: it holds no key of a development issuer. Delete it ` +
          "to have a new key (tokens of the old one end), or choose another 'keyFile'."
      )
      const missing = yield* Effect.flip(Layer.build(quiet({ keyFile: path.join(keyFile, "key") })))
      assert.strictEqual(missing._tag, "KeyFileUnusable")
    }).pipe(Effect.scoped))
})

const server = (options: HttpServer.Options, name = "Shop") =>
  HttpServer.layer(options).pipe(
    Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Plugin.make(name, { version: "1.0.0" })] })),
    Layer.provide(Platform.layerMemory),
    Layer.provide(quiet())
  )

describe("the development issuer isn't there by accident:", () => {
  it.live("a server that others could reach doesn't start with it", () =>
    Effect.gen(function*() {
      for (const host of ["0.0.0.0", "::", "192.168.1.7", "shop.example", "127.0.0.1.example"]) {
        const refused = yield* Effect.flip(Layer.build(server({ port: 0, host })))
        assert.strictEqual(
          refused.message,
          "The development issuer gives everybody a token for anybody, and the server would listen on " +
            `'${host}', not on 127.0.0.1 only. Where others can reach the server, take 'JwtPrincipals.layer' with the ` +
            "keys of your identity provider instead."
        )
      }
      yield* Layer.build(server({ port: 0, host: "localhost" }))
    }).pipe(Effect.scoped))

  it.live("it doesn't start in production", () =>
    Effect.gen(function*() {
      const production = ConfigProvider.fromEnv({ env: { NODE_ENV: "production" } })
      const refused = yield* Effect.flip(Layer.build(server({ port: 0 }))).pipe(
        Effect.provideService(ConfigProvider.ConfigProvider, production)
      )
      assert.include(refused.message, "NODE_ENV is 'production'")
    }).pipe(Effect.scoped))

  it.live("without it there is nothing at its place", () =>
    Effect.gen(function*() {
      const { body, status } = yield* send("/dev/token", { sub: "ada" })
      assert.deepStrictEqual([status, body.code], [404, "NotFound"])
      assert.notInclude((yield* ask("/openapi.json")).text, "/dev/token")
    }).pipe(Effect.provide(
      HttpServer.layer({ port: 0 }).pipe(
        Layer.provide(Platform.layer({ version: "1.0.0", plugins: [] })),
        Layer.provide(Platform.layerMemory),
        Layer.provide(Logged.layer)
      )
    )))

  it.live("with it a plugin can't have its place", () =>
    Effect.gen(function*() {
      const exit = yield* Effect.exit(Layer.build(server({ port: 0 }, "Dev")))
      assert.include(
        exit._tag === "Failure" ? Cause.pretty(exit.cause) : "",
        "the plugin 'Dev' would be served at /dev"
      )
    }).pipe(Effect.scoped))
})

/** Asks for a token as no `fetch` would. */
const asked = Effect.fnUntraced(function*(headers: Record<string, string>) {
  const { port } = yield* HttpServer.HttpServer
  return yield* Effect.promise(() =>
    new Promise<{ readonly status: number | undefined; readonly body: any }>((resolve, reject) => {
      const sent = httpRequest({
        port,
        host: "127.0.0.1",
        method: "POST",
        path: "/dev/token",
        headers: { "content-type": "application/json", ...headers }
      }, (response) => {
        let text = ""
        response.on("data", (chunk) => text += chunk)
        response.on("end", () => resolve({ status: response.statusCode, body: JSON.parse(text) }))
      })
      sent.on("error", reject)
      sent.end(JSON.stringify({ sub: "ada", groups: ["managers"] }))
    })
  )
})

describe("POST /dev/token", () => {
  it.live("gives whoever sits at the machine a token for anybody", () =>
    Effect.gen(function*() {
      const { body, status } = yield* send("/dev/token", { sub: "bob", groups: ["managers"], expiresIn: 60 })
      assert.strictEqual(status, 200)
      assert.deepInclude(body, { sub: "bob", groups: ["managers"] })
      assert.isBelow(Math.abs(Date.parse(body.expiresAt) - Date.now() - 60_000), 30_000)
      const note = { note: "a", who: "bob" }
      const headers = { authorization: `Bearer ${body.token}` }
      assert.strictEqual((yield* send("/office/commands/NoteManagers", note, headers)).status, 200)
      assert.strictEqual((yield* send("/office/commands/NoteManagers", note)).status, 401)
      // Whoever needs a new token still sends the old one.
      const again = yield* send("/dev/token", { sub: "bob" }, { authorization: "Bearer old" })
      assert.deepStrictEqual([again.status, again.body.groups], [200, []])
    }).pipe(Effect.provide(office)))

  it.live("gives none for a request that a proxy has passed on, or a page of another origin has caused", () =>
    Effect.gen(function*() {
      const { port } = yield* HttpServer.HttpServer
      const own = `http://127.0.0.1:${port}`
      const cases: ReadonlyArray<readonly [headers: Record<string, string>, status: number]> = [
        [{}, 200],
        [{ origin: own }, 200],
        [{ host: `localhost:${port}`, origin: `http://localhost:${port}` }, 200],
        [{ origin: "https://evil.example" }, 403],
        [{ origin: "null" }, 403],
        [{ origin: "http://127.0.0.1:1" }, 403],
        [{ host: "evil.example" }, 403],
        [{ host: "127.0.0.1.evil.example" }, 403],
        [{ host: "localhost.evil.example:4000" }, 403],
        [{ "x-forwarded-for": "192.0.2.7" }, 403],
        [{ forwarded: "for=192.0.2.7" }, 403],
        [{ via: "1.1 proxy" }, 403]
      ]
      for (const [headers, status] of cases) {
        const answer = yield* asked(headers)
        assert.strictEqual(answer.status, status, JSON.stringify(headers))
        if (status === 403) assert.strictEqual(answer.body.code, "DevelopmentOnly")
      }
    }).pipe(Effect.provide(office)))

  it.live("names each field that is wrong", () =>
    Effect.gen(function*() {
      for (
        const [body, path] of [
          [{}, "sub"],
          [{ sub: "" }, "sub"],
          [{ sub: "x".repeat(256) }, "sub"],
          [{ sub: "ada", groups: "managers" }, "groups"],
          [{ sub: "ada", groups: Array.from({ length: 50 }, (_, index) => `${index}`.padEnd(200)) }, "groups"],
          [{ sub: "ada", expiresIn: 0 }, "expiresIn"],
          [{ sub: "ada", expiresIn: 365 * 86_400 + 1 }, "expiresIn"],
          [{ sub: "ada", admin: true }, "admin"]
        ] as const
      ) {
        const answer = yield* send("/dev/token", body)
        assert.strictEqual(answer.status, 400, path)
        assert.strictEqual(answer.body.errors[0].path, path)
      }
    }).pipe(Effect.provide(office)))

  it.effect("never gives one that the server then refuses for what it says", () =>
    Effect.gen(function*() {
      const { resolve } = yield* PrincipalResolver
      yield* TestClock.setTime(now * 1000)
      for (const id of ["x".repeat(255), "ä".repeat(255), "a b", "💡", "\u0000"]) {
        const token = yield* issue({ id, groups: [id] })
        const headers = { authorization: `Bearer ${token}` }
        const found = yield* Effect.catch(
          resolve({ method: "GET", url: "/", headers, remoteAddress: undefined }),
          (error) => Effect.succeed(error as CredentialsRefused)
        )
        assert.deepStrictEqual(found, Principal.user(id, [id]))
      }
    }).pipe(Effect.provide(quiet())))
})
