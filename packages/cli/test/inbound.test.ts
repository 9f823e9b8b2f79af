import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { Inbound } from "@reventless/core/Inbound"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { resolver } from "./kitchen.ts"
import { run, type Surroundings } from "./run.ts"

class Told extends InboundTranslationSlice.make("Told", {
  input: { amount: Schema.Int },
  sends: [],
  signed: false,
  access: Access.anyone
}) {}

const shop = HttpServer.layer({ port: 0 }).pipe(
  Layer.provideMerge(Platform.layer({
    version: "1.0.0",
    operators: Access.groups("operators"),
    plugins: [
      Plugin.make("Shop", {
        version: "1.0.0",
        inboundTranslationSlices: [Told.translation({ translate: () => Effect.undefined })]
      })
    ]
  })),
  Layer.provide(Platform.layerMemory),
  Layer.provide(resolver)
)

/** Runs the command as an operator. */
const asAda = Effect.fnUntraced(function*(args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const { url } = yield* HttpServer.HttpServer
  return yield* run(args, { ...surroundings, env: { REVENTLESS_URL: url, REVENTLESS_TOKEN: "ada" } })
})

const receive = Effect.fnUntraced(function*(id: string, body: string) {
  const inbound = yield* Inbound
  const request = { plugin: "Shop", name: "Told", timestamp: undefined, signature: undefined }
  yield* Effect.exit(inbound.receive({ ...request, id, body: new TextEncoder().encode(body) }))
})

const translated = Effect.gen(function*() {
  const { inbound } = yield* Operations
  while ((yield* inbound("Shop.Told")).inbound.some(({ status }) => status === "Accepted")) yield* Effect.sleep(2)
})

const name = "Shop.Told"

describe("the command line", () => {
  it.live("shows what came in and what became of it, the newest first; a sentence when nothing did", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* asAda(["inbound", name], { columns: 200 })).out, "Nothing came in.\n")
      yield* receive("first", "{\"amount\":1}")
      yield* receive("second", "{\"amount\":\"1\"}")
      yield* translated
      const { out } = yield* asAda(["inbound", name], { columns: 200 })
      const lines = out.trim().split("\n")
      assert.match(lines[1]!, /Refused +second .*Malformed: amount/)
      assert.match(lines[2]!, /Translated +first/)
    }).pipe(Effect.provide(shop)))

  it.live("shows it in pages, and as JSON lines to a program", () =>
    Effect.gen(function*() {
      for (const id of ["a", "b", "c"]) yield* receive(id, "{\"amount\":1}")
      yield* translated
      const ids = (text: string) => text.trim().split("\n").map((line) => JSON.parse(line).deliveryId)
      assert.deepStrictEqual(ids((yield* asAda(["inbound", name])).out), ["c", "b", "a"])
      assert.deepStrictEqual(ids((yield* asAda(["inbound", name, "--limit", "2", "--all"])).out), ["c", "b", "a"])
    }).pipe(Effect.provide(shop)))

  it.live("names the slices there are when there is none of that name", () =>
    Effect.gen(function*() {
      const { code, error } = yield* asAda(["inbound", "Shop.Tell"])
      assert.strictEqual(code, 1)
      assert.include(error, "Shop.Told")
    }).pipe(Effect.provide(shop)))
})
