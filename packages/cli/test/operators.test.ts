import { assert, describe, it } from "@effect/vitest"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import { createServer } from "node:http"
import { fill, kitchen } from "./kitchen.ts"
import { run, runProcess, type Surroundings } from "./run.ts"

/** Runs the command as an operator of the kitchen. */
const asAda = Effect.fnUntraced(function*(command: string, surroundings: Surroundings = {}) {
  const { url } = yield* HttpServer.HttpServer
  return yield* run(command.split(" "), { ...surroundings, env: { REVENTLESS_URL: url, REVENTLESS_TOKEN: "ada" } })
})

const lines = (text: string): ReadonlyArray<any> => text.trim().split("\n").map((line) => JSON.parse(line))

const terminal = { columns: 120 }

describe("the command line", () => {
  it.live("shows views and parked events as tables to people, and as JSON lines to programs", () =>
    Effect.gen(function*() {
      yield* fill(["a", 1], ["a", 13], ["a", 5], ["b", 2])
      const shown = yield* asAda("views", terminal)
      assert.deepStrictEqual(shown.out.split("\n"), [
        "VIEW              LAG  PARKED  REBUILD  LANES THAT WAIT",
        "Kitchen.Pots      -    2                a (2)",
        "Platform.Plugins  -    0",
        ""
      ])
      const told = yield* asAda("views")
      assert.deepStrictEqual(lines(told.out), [
        { view: "Kitchen.Pots", generation: 1, lagMillis: 0, blocked: [{ lane: "a", parked: 2 }] },
        { view: "Platform.Plugins", generation: 1, lagMillis: 0, blocked: [] }
      ])
      assert.strictEqual((yield* asAda("views --json", terminal)).out, told.out)
      assert.strictEqual((yield* asAda("views --no-json")).out, shown.out)
      const parked = yield* asAda("parked Kitchen.Pots", terminal)
      assert.match(parked.out, /^a +2 +Filled +\S+ \S+ +1 +its update threw: unlucky$/m)
      assert.match(parked.out, /^a +3 +Filled +\S+ \S+ +0 +waits behind another$/m)
      assert.strictEqual(
        (yield* asAda("parked Kitchen.Pots --lane b", terminal)).out,
        "Nothing is parked in Kitchen.Pots.\n"
      )
    }).pipe(Effect.provide(kitchen())))

  it.live("shows parked events in pages, and says how to go on", () =>
    Effect.gen(function*() {
      yield* fill(...Array.from({ length: 5 }, () => ["a", 13] as const), ["b", 13])
      const page = (command: string) =>
        Effect.map(asAda(command), ({ error, out }) => ({
          places: out === "" ? [] : lines(out).map(({ lane, position }) => `${lane}${position}`),
          error
        }))
      const first = yield* page("parked Kitchen.Pots --limit 2")
      assert.deepStrictEqual(first.places, ["a1", "a2"])
      const [, cursor] = /^There are more: add (--cursor \S+) for the next page, or --all\.$/m.exec(first.error) ?? []
      assert.deepStrictEqual(yield* page(`parked Kitchen.Pots ${cursor}`), {
        places: ["a3", "a4", "a5", "b6"],
        error: ""
      })
      assert.deepStrictEqual(
        (yield* page(`parked Kitchen.Pots --lane a --limit 2 ${cursor}`)).places,
        ["a3", "a4"]
      )
      assert.deepStrictEqual((yield* page("parked Kitchen.Pots --all --limit 1")).places.length, 6)
      const wrong = yield* asAda("parked Kitchen.Pots --cursor 7")
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.error, "start again without it")
    }).pipe(Effect.provide(kitchen())))

  it.live("replays, skips with a record of who and why, and says so while a lane still waits", () => {
    const mended = { done: false }
    return Effect.gen(function*() {
      yield* fill(["a", 13], ["a", 13], ["b", 13])
      const stuck = yield* asAda("replay Kitchen.Pots a", terminal)
      assert.strictEqual(stuck.code, 1)
      assert.include(stuck.error, "Lane a of Kitchen.Pots waits at position 1: its update threw: unlucky.")
      const why = ["skip", "Kitchen.Pots", "a", "--why", "nobody fills 13 litres"]
      const { url } = yield* HttpServer.HttpServer
      const skipped = yield* run(why, { ...terminal, env: { REVENTLESS_URL: url, REVENTLESS_TOKEN: "ada" } })
      assert.strictEqual(skipped.code, 0)
      assert.include(skipped.error, "waits at position 2")
      mended.done = true
      const replayed = yield* asAda("replay Kitchen.Pots a", terminal)
      assert.deepStrictEqual([replayed.code, replayed.out], [0, "1 event of lane a applied.\n"])
      assert.deepInclude(lines((yield* asAda("replay Kitchen.Pots b")).out)[0], { view: "Kitchen.Pots", lane: "b" })
      const [record] = lines((yield* asAda("skipped Kitchen.Pots")).out)
      assert.deepInclude(record, { lane: "a", position: 1, by: "ada", why: "nobody fills 13 litres" })
      assert.match((yield* asAda("skipped Kitchen.Pots", terminal)).out, /ada +nobody fills 13 litres$/m)
      const nothing = yield* asAda("replay Kitchen.Pots a", terminal)
      assert.deepStrictEqual([nothing.code, nothing.out], [1, ""])
      assert.include(nothing.error, "No event is parked in lane 'a' of Kitchen.Pots. Nothing was replayed.")
      const none = yield* asAda("skip Kitchen.Pots a --why again")
      assert.strictEqual(none.code, 1)
      assert.include(none.error, "Nothing is parked in lane 'a' of Kitchen.Pots.")
    }).pipe(Effect.provide(kitchen(mended)))
  })

  it.live("draws how far a rebuild is on one line, or says it line by line", () =>
    Effect.gen(function*() {
      yield* fill(["a", 1], ["b", 2])
      const drawn = yield* asAda("rebuild Kitchen.Pots", terminal)
      assert.strictEqual(drawn.code, 0)
      assert.match(drawn.out, /\rKitchen\.Pots  █{30} {2}100 %\n$/)
      assert.strictEqual(drawn.out.split("\n").length, 2)
      const told = yield* asAda("rebuild Kitchen.Pots")
      assert.deepStrictEqual(lines(told.out).at(-1), { view: "Kitchen.Pots", generation: 3, fraction: 1, done: true })
      const unknown = yield* asAda("rebuild Kitchen.Pans")
      assert.strictEqual(unknown.code, 1)
      assert.include(unknown.error, "There are: Kitchen.Pots, Platform.Plugins.")
    }).pipe(Effect.provide(kitchen())))

  it.live("finds events by tag, type and time, and says how to go on", () =>
    Effect.gen(function*() {
      yield* fill(["a", 1], ["b", 1], ["a", 1], ["c", 1], ["a", 1])
      const positions = (command: string) =>
        Effect.map(asAda(command), ({ error, out }) => ({
          positions: out === "" ? [] : lines(out).map(({ position }) => position),
          error
        }))
      assert.deepStrictEqual(yield* positions("events Kitchen --tag pot:a"), { positions: [1, 3, 5], error: "" })
      assert.deepStrictEqual(
        (yield* positions("events Kitchen --type Filled --type Other --since 1h")).positions.length,
        5
      )
      assert.deepStrictEqual((yield* positions("events Kitchen --until 1h")).positions, [])
      const first = yield* positions("events Kitchen --limit 2 --backwards")
      assert.deepStrictEqual(first.positions, [5, 4])
      assert.include(first.error, "--from 3")
      assert.deepStrictEqual((yield* positions("events Kitchen --limit 2 --backwards --from 3")).positions, [3, 2])
      assert.deepStrictEqual((yield* positions("events Kitchen --all")).positions, [1, 2, 3, 4, 5])
      const shown = yield* asAda("events Kitchen --limit 1", { columns: 60 })
      assert.match(
        shown.out,
        /^POSITION {2}TIME \(UTC\) +TYPE +TAGS +CONTENT\n1 +\S+ \S+ {2}Filled +pot:a +\{"pot":.*…\n$/
      )
      const wrong = yield* asAda("events Kitchen --since yesterday")
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.error, "write 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago")
      assert.include((yield* asAda("events Bath")).error, "there are Kitchen")
    }).pipe(Effect.provide(kitchen())))

  it.live("says who may not, and what to do about it", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const anonymous = yield* run(["views", "--url", url])
      assert.strictEqual(anonymous.code, 1)
      assert.include(anonymous.error, "Give a token: --token, or REVENTLESS_TOKEN;")
      const stranger = yield* run(["views", "--url", url, "--token", "bob"])
      assert.strictEqual(stranger.code, 1)
      assert.include(stranger.error, "'operators' of Platform.layer")
      assert.strictEqual((yield* run(["views", "--url", `${url}/`, "--header", "x-who=Bearer ada"])).code, 0)
    }).pipe(Effect.provide(kitchen())))

  it.live("ends with 2 when nobody answers, or somebody else", () =>
    Effect.gen(function*() {
      const silent = yield* run(["views", "--url", "http://127.0.0.1:9"])
      assert.strictEqual(silent.code, 2)
      assert.include(silent.error, "Nothing answers at http://127.0.0.1:9. Start the application")
      const other = yield* Effect.acquireRelease(
        Effect.callback<{ readonly port: number; readonly close: () => void }>((resume) => {
          const server = createServer((_, response) => response.end("<html>"))
          server.listen(0, "127.0.0.1", () => {
            const { port } = server.address() as { readonly port: number }
            resume(Effect.succeed({ port, close: () => server.close() }))
          })
        }),
        ({ close }) => Effect.sync(close)
      )
      const strange = yield* run(["views", "--url", `http://127.0.0.1:${other.port}`])
      assert.strictEqual(strange.code, 2)
      assert.include(strange.error, "has no operator's door")
      assert.strictEqual((yield* run(["views", "--url", "shop"])).code, 1)
    }).pipe(Effect.scoped))

  it.live("runs as a program: output, complaint and exit code are its own", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const good = yield* runProcess(["views"], { REVENTLESS_URL: url, REVENTLESS_TOKEN: "ada" })
      assert.deepStrictEqual([good.code, good.error], [0, ""])
      assert.strictEqual(lines(good.out)[0].view, "Kitchen.Pots")
      const bad = yield* runProcess(["views"], { REVENTLESS_URL: "http://127.0.0.1:9" })
      assert.deepStrictEqual([bad.code, bad.out], [2, ""])
      assert.deepStrictEqual(bad.error.trim().split("\n").map((line) => line.trim()), [
        "ERROR",
        "Nothing answers at http://127.0.0.1:9. Start the application, or say where it is: --url, or REVENTLESS_URL."
      ])
    }).pipe(Effect.provide(kitchen())))
})
