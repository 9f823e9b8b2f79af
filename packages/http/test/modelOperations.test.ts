import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as Mermaid from "@reventless/core/Mermaid"
import * as Model from "@reventless/core/Model"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Task from "@reventless/core/Task"
import * as HttpServer from "@reventless/http/HttpServer"
import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ask, kind, Logged, problem, resolver, send } from "./fixtures/server.ts"
import { OnlineShop } from "./fixtures/shop.ts"

const ada = { authorization: "Bearer ada:operators" }
const read = (path: string) => ask(path, { headers: ada })

class Sweep extends Task.make("Sweep", { trigger: Task.every("1 day") }) {}

/** A shop that is swept every day, until the test says that a run may end. */
const shop = (ending: Effect.Effect<void> = Effect.void) => {
  const plugins = [
    OnlineShop,
    Plugin.make("Cleaning", { version: "1.2.3", tasks: [Sweep.run(() => ending)] })
  ] as const
  const layer = HttpServer.layer({ port: 0 }).pipe(
    Layer.provideMerge(Platform.layer({ version: "9.8.7", operators: Access.groups("operators"), plugins })),
    Layer.provide(Platform.layerMemory),
    Layer.provide(resolver),
    Layer.provideMerge(Logged.layer)
  )
  return { plugins, layer }
}

describe("the model at the operator's door", () => {
  const { layer, plugins } = shop()
  const model = Model.of({ version: "9.8.7", plugins })

  it.live("is told as data, of all plugins or of some", () =>
    Effect.gen(function*() {
      const { body, status } = yield* read("/ops/model")
      assert.strictEqual(status, 200)
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(OperationsApi.Model)(body), model)
      const some = yield* read("/ops/model?plugin=Cleaning")
      assert.deepStrictEqual(some.body, { version: "9.8.7", plugins: [Model.ofPlugin(plugins[1])] })
      const both = yield* read("/ops/model?plugin=Cleaning&plugin=OnlineShop")
      assert.deepStrictEqual(both.body, body)
    }).pipe(Effect.provide(layer)))

  it.live("is drawn as text for Mermaid", () =>
    Effect.gen(function*() {
      const map = yield* read("/ops/model/map")
      assert.deepStrictEqual(
        [map.status, map.headers.get("content-type"), map.text],
        [200, "text/plain", Mermaid.pluginMap(model)]
      )
      const eventModels = yield* read("/ops/model/eventmodel")
      assert.strictEqual(eventModels.text, Mermaid.eventModels(model))
      const one = yield* read("/ops/model/eventmodel?plugin=Cleaning")
      assert.strictEqual(one.text, "%% Cleaning, 1 of 1\neventmodeling\n\nrf 01 pcr Sweep\n")
    }).pipe(Effect.provide(layer)))

  it.live("isn't of plugins that aren't here, and has no other parameters", () =>
    Effect.gen(function*() {
      for (const path of ["/ops/model", "/ops/model/map", "/ops/model/eventmodel"]) {
        const unknown = yield* read(`${path}?plugin=Cooking`)
        assert.deepStrictEqual(kind(unknown), problem(400, "InvalidQuery"), path)
        assert.include(unknown.body.detail, "there is no such plugin; there are OnlineShop, Cleaning")
        assert.deepStrictEqual(kind(yield* read(`${path}?plugin=`)), problem(400, "InvalidQuery"), path)
      }
    }).pipe(Effect.provide(layer)))

  it.live("is in the document, with its shape", () =>
    Effect.gen(function*() {
      const { body: { components, paths } } = yield* ask("/openapi.json")
      const ok = (path: string) => paths[path].get.responses["200"].content
      assert.deepStrictEqual(ok("/ops/model"), {
        "application/json": { schema: { $ref: "#/components/schemas/Model" } }
      })
      assert.deepStrictEqual(Object.keys(components.schemas.Model.properties), ["version", "plugins"])
      assert.deepStrictEqual(Object.keys(ok("/ops/model/map")), ["text/plain"])
      assert.deepStrictEqual(Object.keys(ok("/ops/model/eventmodel")), ["text/plain"])
    }).pipe(Effect.provide(layer)))
})

describe("a task that is run at the operator's door", () => {
  it.live("answers which run it is and what it waits for, and logs who asked", () =>
    Effect.gen(function*() {
      const end = yield* Deferred.make<void>()
      yield* Effect.gen(function*() {
        const run = Effect.map(
          send("/ops/work/Cleaning/tasks/Sweep/run", {}, ada),
          ({ body, status }) => [status, Schema.decodeUnknownSync(OperationsApi.WorkRun)(body)] as const
        )
        const [status, first] = yield* run
        assert.deepStrictEqual([status, first], [200, { plugin: "Cleaning", queue: "tasks.byHand", id: first.id }])
        const [, second] = yield* run
        assert.deepStrictEqual([second.behind?.queue, second.behind?.id], ["tasks.byHand", first.id])
        const { body } = yield* read("/ops/work?plugin=Cleaning&lane=Sweep")
        assert.deepStrictEqual(body.work.map(({ id }: { id: string }) => id), ["Sweep", first.id, second.id])
        yield* Deferred.succeed(end, undefined)
        const logged = (yield* Logged).filter((line) => line.includes("A task is run by hand"))
        assert.deepStrictEqual(logged.map((line) => [line.includes("ada"), line.includes("Sweep")]), [
          [true, true],
          [true, true]
        ])
      }).pipe(Effect.provide(shop(Deferred.await(end)).layer))
    }))

  it.live("is refused with what there is", () =>
    Effect.gen(function*() {
      const cases = [
        ["Cleaning/tasks/Scrub", "'id' Cleaning has no scheduled task 'Scrub'; there is Sweep"],
        ["Cleaning/tasks.byHand/Sweep", "'queue' only a scheduled task, in the queue 'tasks', can be run by hand"],
        ["OnlineShop/tasks/Sweep", "'queue' OnlineShop has no such queue; there is commands"],
        ["Cooking/tasks/Sweep", "'plugin' there is no such plugin"]
      ] as const
      for (const [item, says] of cases) {
        const refused = yield* send(`/ops/work/${item}/run`, {}, ada)
        assert.deepStrictEqual(kind(refused), problem(400, "InvalidQuery"), item)
        const [error] = refused.body.errors
        assert.include(`'${error.path}' ${error.message}`, says)
      }
      assert.deepStrictEqual(
        kind(yield* send("/ops/work/Cleaning/tasks/Sweep/run", { at: "once" }, ada)),
        problem(400, "InvalidBody")
      )
    }).pipe(Effect.provide(shop().layer)))
})
