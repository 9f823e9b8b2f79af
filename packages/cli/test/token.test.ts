import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as DevelopmentIssuer from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { kitchen } from "./kitchen.ts"
import { run, runProcess, type Surroundings } from "./run.ts"

const shop = HttpServer.layer({ port: 0 }).pipe(
  Layer.provideMerge(Platform.layer({
    version: "1.0.0",
    operators: Access.groups("operators"),
    plugins: [Plugin.make("Shop", { version: "1.0.0" })]
  })),
  Layer.provide(Platform.layerMemory),
  Layer.provide(DevelopmentIssuer.layer()),
  Layer.provide(Logger.layer([]))
)

const told = Effect.fnUntraced(function*(args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const { url } = yield* HttpServer.HttpServer
  return yield* run(args, { ...surroundings, env: { REVENTLESS_URL: url, ...surroundings.env } })
})

const claims = (token: string) => JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString())

describe("reventless token", () => {
  it.live("gives a token, and nothing else, that the other commands then send", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const { code, error, out } = yield* told(["token", "--sub", "alice", "--groups", "operators"])
      assert.deepStrictEqual([code, error], [0, ""])
      const token = out.trimEnd()
      assert.deepInclude(claims(token), { sub: "alice", groups: ["operators"] })
      assert.strictEqual((yield* told(["views"])).code, 1)
      assert.strictEqual((yield* told(["views", "--token", token])).code, 0)
      const said = yield* runProcess(["views"], { REVENTLESS_URL: url, REVENTLESS_TOKEN: token })
      assert.strictEqual(said.code, 0)
      // Whoever needs a new token still has the old one around.
      const again = yield* told(["token", "--sub", "alice"], { env: { REVENTLESS_TOKEN: "old" } })
      assert.deepStrictEqual(claims(again.out).groups, [])
    }).pipe(Effect.provide(shop)))

  it.live("takes groups with commas or one by one, and how long it is to be good", () =>
    Effect.gen(function*() {
      const { out } = yield* told(
        "token --sub bob --groups a --groups c,d --expires-in".split(" ").concat("10 minutes")
      )
      const { exp, groups, iat } = claims(out)
      assert.deepStrictEqual([groups, exp - iat], [["a", "c", "d"], 600])
    }).pipe(Effect.provide(shop)))

  it.live("tells people whose it is and until when, and programs so in JSON if they ask", () =>
    Effect.gen(function*() {
      const people = yield* told(["token", "--sub", "bob", "--groups", "a"], { columns: 80 })
      assert.match(people.out, /^\S+\n$/)
      assert.match(people.error, /^For bob, a; good until \d{4}-\d\d-\d\d \d\d:\d\d:\d\d \(UTC\)\.\n$/)
      const json = JSON.parse((yield* told(["token", "--sub", "bob", "--json"])).out)
      assert.deepStrictEqual(Object.keys(json), ["token", "sub", "groups", "expiresAt"])
    }).pipe(Effect.provide(shop)))

  it.live("says what is wrong, and what an application without a development issuer means", () =>
    Effect.gen(function*() {
      const life = yield* told(["token", "--sub", "bob", "--expires-in", "soon"])
      assert.include(life.error, "'soon' is no duration")
      const long = yield* told(["token", "--sub", "bob", "--expires-in", "366 days"])
      assert.include(long.error, "expiresIn")
      const none = yield* Effect.provide(told(["token", "--sub", "bob"]), kitchen())
      assert.strictEqual(none.code, 1)
      assert.include(none.error, "It has no development issuer")
    }).pipe(Effect.provide(shop)))
})
