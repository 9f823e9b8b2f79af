import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { type ViewCommit, ViewStores } from "@reventless/core/ViewStore"
import { WorkStores } from "@reventless/core/WorkStore"
import * as HttpServer from "@reventless/http/HttpServer"
import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Cause from "effect/Cause"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { fill, fillOften, kitchen } from "./fixtures/kitchen.ts"
import { ask, kind, Logged, problem, send } from "./fixtures/server.ts"

const operators = Access.groups("operators")
const ada = { authorization: "Bearer ada:operators" }
const Pots = "/ops/views/Kitchen.Pots"

const read = (path: string) => ask(path, { headers: ada })

const open = kitchen({ operators })

/** Parks a schedule that nobody can read. */
const parkSchedule = Effect.gen(function*() {
  const store = yield* (yield* WorkStores).of("Platform")
  yield* store.add("schedules", [{ id: "night", lane: "night", due: 0, content: "damaged" }], 0)
  yield* store.get("schedules", "night").pipe(
    Effect.flatMap((item) => item?.state === "Parked" ? Effect.void : Effect.fail("not yet")),
    Effect.retry(Schedule.spaced("10 millis"))
  )
}).pipe(Effect.scoped)

/** Every way to use the door; the last element is the body of those that act. */
const everything: ReadonlyArray<readonly [path: string, body?: unknown]> = [
  ["/ops/views"],
  [`${Pots}/parked`],
  [`${Pots}/skipped`],
  [`${Pots}/replay`, { lane: "a" }],
  [`${Pots}/skip`, { lane: "a", why: "why" }],
  [`${Pots}/rebuild`, {}],
  ["/ops/events/Kitchen"],
  ["/ops/inbound/Kitchen.Ordered"],
  ["/ops/work"],
  ["/ops/work/Platform/schedules/night/replay", {}],
  ["/ops/work/Platform/schedules/night/cancel", { why: "why" }],
  ["/ops/plugins"],
  ["/ops/connections"],
  ["/ops/model"],
  ["/ops/model/eventmodel"],
  ["/ops/model/map"],
  ["/ops/work/Kitchen/tasks/Clean/run", {}],
  ["/ops/plugins/Kitchen/1.0.0/activate", { why: "why" }],
  ["/ops/plugins/Kitchen/1.0.0/deactivate", { why: "why" }],
  ["/ops/plugins/Kitchen/1.0.0/retire", { why: "why" }]
]

const use = ([path, body]: (typeof everything)[number], headers: Record<string, string>) =>
  body === undefined ? ask(path, { headers }) : send(path, body, headers)

/** The data of server-sent events. */
const eventsIn = (text: string): ReadonlyArray<any> =>
  [...text.matchAll(/^event: RebuildProgress\ndata: (.*)$/gm)].map(([, data]) => JSON.parse(data!))

describe("the operator's door", () => {
  it.live("is closed to everyone until operators are configured, and the document doesn't name it", () =>
    Effect.gen(function*() {
      for (const one of everything) {
        assert.deepStrictEqual(kind(yield* use(one, {})), problem(401, "AccessDenied"), one[0])
        assert.deepStrictEqual(kind(yield* use(one, ada)), problem(403, "AccessDenied"), one[0])
      }
      const { body } = yield* ask("/openapi.json")
      assert.deepStrictEqual(Object.keys(body.paths).filter((path) => path.startsWith("/ops")), [])
      assert.deepStrictEqual(body.tags.map(({ name }: { name: string }) => name), ["Kitchen"])
    }).pipe(Effect.provide(kitchen())))

  it.live("opens to its operators alone, and the document has a tag of its own for it", () =>
    Effect.gen(function*() {
      yield* fill(["a", 13])
      yield* parkSchedule
      for (const one of everything) {
        assert.deepStrictEqual(kind(yield* use(one, {})), problem(401, "AccessDenied"), one[0])
        const stranger = yield* use(one, { authorization: "Bearer bob" })
        assert.deepStrictEqual(kind(stranger), problem(403, "AccessDenied"), one[0])
        assert.deepStrictEqual(
          kind(yield* use(one, { authorization: "Bearer bad" })),
          problem(401, "CredentialsRefused"),
          one[0]
        )
        assert.strictEqual((yield* use(one, ada)).status, 200, one[0])
      }
      const { body } = yield* ask("/openapi.json")
      const operations = Object.entries<any>(body.paths).filter(([path]) => path.startsWith("/ops"))
      assert.strictEqual(operations.length, everything.length)
      for (const [, methods] of operations) {
        for (const operation of Object.values<any>(methods)) {
          assert.deepStrictEqual(operation.tags, ["ops"])
          assert.include(operation.description, "Access: callers in operators.")
          for (const { description, name, schema } of operation.parameters) {
            assert.isAbove((description ?? "").length, 5, `${operation.operationId} says what '${name}' is`)
            assert.notInclude(JSON.stringify(schema), "$ref", `${operation.operationId}: '${name}' is whole`)
          }
        }
      }
    }).pipe(Effect.provide(open)))

  it.live("shows which lanes wait and why, and what its skips say is who and why", () => {
    const mended = { done: false }
    return Effect.gen(function*() {
      yield* fill(["a", 1], ["a", 13], ["a", 5], ["b", 13])
      const { views: [status] } = yield* decode(OperationsApi.Views, yield* read("/ops/views"))
      assert.deepInclude(status!, { view: "Kitchen.Pots", generation: 1, lagMillis: 0 })
      assert.sameDeepMembers([...status!.blocked], [{ lane: "a", parked: 2 }, { lane: "b", parked: 1 }])

      const { parked } = yield* decode(OperationsApi.Parked, yield* read(`${Pots}/parked?lane=a`))
      assert.deepStrictEqual(
        parked.map(({ attempts, event, lane, reason }) => ({ lane, reason, attempts, data: event.data })),
        [
          { lane: "a", reason: "its update threw: unlucky", attempts: 1, data: { pot: "a", litres: 13 } },
          { lane: "a", reason: undefined, attempts: 0, data: { pot: "a", litres: 5 } }
        ]
      )
      assert.strictEqual((yield* decode(OperationsApi.Parked, yield* read(`${Pots}/parked`))).parked.length, 3)

      const stuck = yield* decode(OperationsApi.Replayed, yield* send(`${Pots}/replay`, { lane: "a" }, ada))
      assert.deepStrictEqual(stuck.outcomes.map(({ _tag }) => _tag), ["Parked", "Parked"])
      const skip = yield* send(`${Pots}/skip`, { lane: "a", why: "nobody fills 13 litres" }, ada)
      const { outcomes } = yield* decode(OperationsApi.Replayed, skip)
      assert.deepStrictEqual(outcomes.map(({ _tag }) => _tag), ["Applied"])
      const { skipped } = yield* decode(OperationsApi.Skipped, yield* read(`${Pots}/skipped`))
      assert.deepStrictEqual(
        skipped.map(({ by, lane, why }) => ({ by, lane, why })),
        [{ by: "ada", lane: "a", why: "nobody fills 13 litres" }]
      )
      mended.done = true
      const replayed = yield* decode(OperationsApi.Replayed, yield* send(`${Pots}/replay`, { lane: "b" }, ada))
      assert.deepStrictEqual(replayed.outcomes.map(({ _tag }) => _tag), ["Applied"])
      const again = yield* send(`${Pots}/skip`, { lane: "a", why: "again" }, ada)
      assert.deepStrictEqual(kind(again), problem(404, "NothingParked"))
    }).pipe(Effect.provide(kitchen({ operators, mended })))
  })

  it.live("pages through the parked events of a view, or of one of its lanes", () =>
    Effect.gen(function*() {
      yield* fill(["b", 13], ["a", 13], ["a", 13], ["c", 13], ["a", 13])
      const find = Effect.fnUntraced(function*(query: string) {
        const { cursor, parked } = yield* decode(OperationsApi.Parked, yield* read(`${Pots}/parked${query}`))
        return { places: parked.map(({ lane, position }) => `${lane}${position}`), cursor }
      })
      assert.deepStrictEqual(yield* find(""), { places: ["a2", "a3", "a5", "b1", "c4"], cursor: undefined })
      const { cursor, places } = yield* find("?limit=2")
      assert.deepStrictEqual(places, ["a2", "a3"])
      const next = yield* find(`?limit=2&cursor=${cursor}`)
      assert.deepStrictEqual(next.places, ["a5", "b1"])
      assert.deepStrictEqual(yield* find(`?limit=2&cursor=${next.cursor}`), { places: ["c4"], cursor: undefined })
      assert.deepStrictEqual(yield* find(`?lane=a&cursor=${cursor}`), { places: ["a5"], cursor: undefined })
    }).pipe(Effect.provide(open)))

  it.live("pages through a log by tag, type and time, in either direction", () =>
    Effect.gen(function*() {
      yield* fill(["a", 1], ["b", 1], ["a", 1], ["c", 1], ["a", 1])
      const find = Effect.fnUntraced(function*(query: string) {
        const page = yield* decode(OperationsApi.Events, yield* read(`/ops/events/Kitchen${query}`))
        return { positions: page.events.map(({ position }) => position), next: page.next }
      })
      assert.deepStrictEqual(yield* find(""), { positions: [1, 2, 3, 4, 5], next: undefined })
      assert.deepStrictEqual(yield* find("?tag=pot:a"), { positions: [1, 3, 5], next: undefined })
      assert.deepStrictEqual(yield* find("?tag=pot:a&tag=pot:b"), { positions: [], next: undefined })
      assert.deepStrictEqual(yield* find("?type=Filled&type=Other&limit=2"), { positions: [1, 2], next: 3 })
      assert.deepStrictEqual(yield* find("?from=3&limit=2"), { positions: [3, 4], next: 5 })
      assert.deepStrictEqual(yield* find("?backwards=true&limit=2"), { positions: [5, 4], next: 3 })
      assert.deepStrictEqual(yield* find("?until=2020-01-31"), { positions: [], next: undefined })
      assert.strictEqual((yield* find("?since=2020-01-31T12:00:00.5%2B01:00")).positions.length, 5)
      const { body } = yield* read("/ops/events/Kitchen?limit=1")
      assert.deepInclude(body.events[0], { type: "Filled", tags: ["pot:a"], data: { pot: "a", litres: 1 } })
      assert.strictEqual(body.events[0].meta.principal._tag, "System")
    }).pipe(Effect.provide(open)))

  it.live("refuses what its schemas don't know, naming each field, and does nothing then", () =>
    Effect.gen(function*() {
      yield* fill(["a", 13])
      const parameters = [
        ["/ops/views?x=1", "x"],
        [`${Pots}/parked?lane=a&lane=b`, "lane"],
        [`${Pots}/parked?limit=0`, "limit"],
        [`${Pots}/parked?limit=1001`, "limit"],
        [`${Pots}/parked?cursor=2`, "cursor"],
        [`${Pots}/parked?from=2`, "from"],
        [`${Pots}/skipped?lane=a`, "lane"],
        ["/ops/events/Kitchen?limit=0", "limit"],
        ["/ops/events/Kitchen?limit=1001", "limit"],
        ["/ops/events/Kitchen?since=yesterday", "since"],
        ["/ops/events/Kitchen?until=2026-13-45", "until"],
        ["/ops/events/Kitchen?tag=", "tag.0"],
        ["/ops/events/Kitchen?types=Filled", "types"],
        ["/ops/events/Kitchen?backwards=yes", "backwards"],
        ["/ops/events/Bath", "plugin"],
        ["/ops/work?plugin=Bath", "plugin"],
        ["/ops/work?state=Waiting", "state"],
        ["/ops/work?limit=0", "limit"],
        ["/ops/work?cursor=2", "cursor"],
        ["/ops/work?content=yes", "content"],
        ["/ops/work?queue=commands", "queue"]
      ] as const
      for (const [path, field] of parameters) {
        const answer = yield* read(path)
        assert.deepStrictEqual(kind(answer), problem(400, "InvalidQuery"), path)
        assert.strictEqual(answer.body.errors[0].path, field, path)
      }
      const bodies: ReadonlyArray<readonly [string, unknown, string]> = [
        ["replay", {}, "lane"],
        ["replay", { lane: "a", all: true }, "all"],
        ["skip", { lane: "a" }, "why"],
        ["skip", { lane: "a", why: " " }, "why"],
        ["skip", { lane: "a", why: "x".repeat(1001) }, "why"],
        ["skip", { lane: 1, why: "why" }, "lane"],
        ["rebuild", { now: true }, "now"],
        ["rebuild", [], ""]
      ]
      for (const [name, body, field] of bodies) {
        const answer = yield* send(`${Pots}/${name}`, body, ada)
        assert.deepStrictEqual(kind(answer), problem(400, "InvalidBody"), JSON.stringify(body))
        assert.strictEqual(answer.body.errors[0].path, field, JSON.stringify(body))
      }
      const unread = yield* ask(`${Pots}/rebuild`, { method: "POST", headers: ada })
      assert.deepStrictEqual(kind(unread), problem(415, "UnsupportedMediaType"))
      const wrong = yield* send("/ops/views/Kitchen.Pans/rebuild", {}, ada)
      assert.deepStrictEqual(kind(wrong), problem(404, "UnknownView"))
      assert.deepStrictEqual(kind(yield* read(`${Pots}/replay`)), problem(405, "MethodNotAllowed"))
      const [status] = (yield* decode(OperationsApi.Views, yield* read("/ops/views"))).views
      assert.deepInclude(status!, { generation: 1, blocked: [{ lane: "a", parked: 1 }] })
      assert.deepStrictEqual((yield* decode(OperationsApi.Skipped, yield* read(`${Pots}/skipped`))).skipped, [])
    }).pipe(Effect.provide(open)))

  it.live("rebuilds a view and tells how far it is until it is done", () =>
    Effect.gen(function*() {
      yield* fill(["a", 1], ["b", 2])
      const answer = yield* send(`${Pots}/rebuild`, {}, ada)
      assert.strictEqual(answer.headers.get("content-type"), "text/event-stream")
      const progress = eventsIn(answer.text)
      assert.deepStrictEqual(progress.at(-1), { view: "Kitchen.Pots", generation: 2, fraction: 1, done: true })
      assert.isTrue(progress.every(({ generation }) => generation === 2))
    }).pipe(Effect.provide(open)))

  it.live("says over HTTP which part of a rebuild is done while it is under way", () => {
    const held = Deferred.makeUnsafe<void>()
    return Effect.gen(function*() {
      yield* fillOften("a", 600)
      const { url } = yield* HttpServer.HttpServer
      const headers = { "content-type": "application/json", ...ada }
      const response = yield* Effect.promise(() =>
        fetch(`${url}${Pots}/rebuild`, { method: "POST", headers, body: "{}" })
      )
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
      let text = ""
      const readMore = Effect.map(Effect.promise(() => reader.read()), ({ done, value }) => {
        text += value ?? ""
        return !done
      })
      const part = () => eventsIn(text).find(({ fraction }) => fraction > 0)
      while (part() === undefined) assert.isTrue(yield* readMore)
      assert.isBelow(part().fraction, 1)
      const [status] = (yield* decode(OperationsApi.Views, yield* read("/ops/views"))).views
      assert.deepStrictEqual(status!.rebuild, part())
      assert.deepInclude(status!, { generation: 1, lagMillis: 0 })

      yield* Deferred.succeed(held, undefined)
      while (yield* readMore);
      assert.deepStrictEqual(eventsIn(text).at(-1), { view: "Kitchen.Pots", generation: 2, fraction: 1, done: true })
      const [after] = (yield* decode(OperationsApi.Views, yield* read("/ops/views"))).views
      assert.deepInclude(after!, { generation: 2 })
      assert.notProperty(after, "rebuild")
    }).pipe(Effect.provide(kitchen({ operators, provider: afterTheFirst(Deferred.await(held)) })))
  })

  it.live("a rebuild goes on when the client has gone", () =>
    Effect.gen(function*() {
      yield* fill(["a", 1], ["b", 2])
      const { url } = yield* HttpServer.HttpServer
      yield* Effect.promise(async () => {
        const client = new AbortController()
        const response = await fetch(`${url}${Pots}/rebuild`, {
          method: "POST",
          headers: { "content-type": "application/json", ...ada },
          body: "{}",
          signal: client.signal
        })
        client.abort()
        return response.status
      })
      const operations = yield* Operations
      yield* Effect.flatMap(operations.views, ([status]) =>
        status!.generation === 2 ? Effect.void : Effect.fail("not yet")).pipe(
          Effect.retry(Schedule.spaced("20 millis"))
        )
    }).pipe(Effect.provide(open)))

  it.live("a plugin in its place is refused with its name", () =>
    Effect.gen(function*() {
      const platform = Platform.layer({ version: "1.0.0", plugins: [Plugin.make("Ops", { version: "1.0.0" })] }).pipe(
        Layer.provide(Platform.layerMemory)
      )
      const server = HttpServer.layer({ port: 0 }).pipe(Layer.provide(platform), Layer.provide(Logged.layer))
      const exit = yield* Effect.exit(Effect.scoped(Layer.build(server)))
      assert.include(String(Exit.isFailure(exit) && Cause.squash(exit.cause)), "the plugin 'Ops'")
    }))
})

/** Memory where a generation that is built commits its first step, and the next ones only after `wait`. */
const afterTheFirst = (wait: Effect.Effect<void>): typeof Platform.layerMemory =>
  Layer.effect(
    ViewStores,
    Effect.map(ViewStores, ({ of }) => ({
      of: (plugin: string) =>
        Effect.map(of(plugin), (store) => ({
          ...store,
          commit: (step: ViewCommit) =>
            Effect.andThen(step.generation > 1 && step.revision > 0 ? wait : Effect.void, store.commit(step))
        }))
    }))
  ).pipe(Layer.provideMerge(Platform.layerMemory))

/** The body as its schema says; nothing more is in it. */
const decode = <A>(
  schema: Schema.Codec<A, unknown>,
  { body, status }: { readonly body: unknown; readonly status: number }
) =>
  Effect.andThen(
    Effect.sync(() => assert.strictEqual(status, 200)),
    Schema.decodeUnknownEffect(schema, { onExcessProperty: "error" })(body)
  )
