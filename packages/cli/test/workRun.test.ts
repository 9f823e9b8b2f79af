import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as Mermaid from "@reventless/core/Mermaid"
import * as Model from "@reventless/core/Model"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Task from "@reventless/core/Task"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { resolver } from "./kitchen.ts"
import { run, type Surroundings } from "./run.ts"

class Weigh extends Task.make("Weigh", { trigger: Task.every("1 day"), attempts: 1 }) {}

/** Two plugins; one weighs parcels by the clock. */
const shipping = (weighing: Effect.Effect<void, string> = Effect.void) => {
  const plugins = [
    Plugin.make("Shipping", { version: "1.0.0", tasks: [Weigh.run(() => weighing)] }),
    Plugin.make("Billing", { version: "2.0.0" })
  ] as const
  const layer = HttpServer.layer({ port: 0 }).pipe(
    Layer.provideMerge(Platform.layer({ version: "3.1.0", operators: Access.groups("operators"), plugins })),
    Layer.provide(Platform.layerMemory),
    Layer.provide(resolver)
  )
  return { plugins, layer }
}

/** Runs the command as an operator. */
const asAda = Effect.fnUntraced(function*(args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const { url } = yield* HttpServer.HttpServer
  return yield* run(args, { ...surroundings, env: { REVENTLESS_URL: url, REVENTLESS_TOKEN: "ada" } })
})

const terminal = { columns: 200 }

const weigh = ["work", "run", "Shipping", "tasks", "Weigh"]

const parked = Effect.repeat(asAda(["work", "--state", "Parked"]), { until: ({ out }) => out.includes("tasks.byHand") })

describe("work run", () => {
  it.live("runs a scheduled task once more, and says which run it is and how to watch it", () =>
    Effect.gen(function*() {
      const { code, out } = yield* asAda(weigh, terminal)
      const [, id] = /^Weigh is run once more, as (\S+)\. It begins at once\. /.exec(out) ?? []
      assert.deepStrictEqual([
        code,
        out.endsWith(
          "'reventless work --plugin Shipping --lane Weigh' shows it until it is done, and then with '--state Done'.\n"
        )
      ], [0, true])
      const done = yield* Effect.repeat(
        asAda(["work", "--plugin", "Shipping", "--lane", "Weigh", "--state", "Done"]),
        { until: ({ out }) => out !== "" }
      )
      assert.strictEqual(JSON.parse(done.out).id, id)
    }).pipe(Effect.provide(shipping().layer)))

  it.live("says what the run waits for, and what to do when that is parked", () =>
    Effect.gen(function*() {
      const { out } = yield* asAda(weigh)
      const { id, ...rest } = JSON.parse(out)
      assert.deepStrictEqual(rest, { plugin: "Shipping", queue: "tasks.byHand" })
      assert.include((yield* parked).out, "no scales")
      const second = yield* asAda(weigh, terminal)
      const replay = `reventless work replay Shipping tasks.byHand ${id}`
      assert.include(second.out, `It waits for ${id}, which is parked: '${replay}', or 'work cancel'.`)
      const third = yield* asAda(weigh)
      assert.deepStrictEqual(JSON.parse(third.out).behind, { queue: "tasks.byHand", id, state: "Parked" })
    }).pipe(Effect.provide(shipping(Effect.fail("no scales")).layer)))

  it.live("says what there is to run", () =>
    Effect.gen(function*() {
      const unknown = yield* asAda(["work", "run", "Shipping", "tasks", "Measure"])
      assert.strictEqual(unknown.code, 1)
      assert.include(unknown.error, "Shipping has no scheduled task 'Measure'; there is Weigh")
      const queue = yield* asAda(["work", "run", "Shipping", "commands", "Weigh"])
      assert.strictEqual(queue.code, 1)
      assert.include(queue.error, "Only a scheduled task, in the queue 'tasks', can be run by hand")
    }).pipe(Effect.provide(shipping().layer)))
})

describe("model, of an application that runs", () => {
  const { layer, plugins } = shipping()
  const model = Model.of({ version: "3.1.0", plugins })

  it.live("is what its code says", () =>
    Effect.gen(function*() {
      const json = yield* asAda(["model", "--format", "json"])
      assert.deepStrictEqual([json.code, JSON.parse(json.out)], [0, model])
      assert.strictEqual((yield* asAda(["model"])).out, "%% Shipping, 1 of 1\neventmodeling\n\nrf 01 pcr Weigh\n")
      assert.strictEqual((yield* asAda(["model", "--diagram", "map"])).out, Mermaid.pluginMap(model))
      const some = yield* asAda(["model", "--plugin", "Billing", "--format", "json"])
      assert.deepStrictEqual(JSON.parse(some.out).plugins, [Model.ofPlugin(plugins[1])])
    }).pipe(Effect.provide(layer)))

  it.live("says why it isn't told", () =>
    Effect.gen(function*() {
      const unknown = yield* asAda(["model", "--plugin", "Cooking"])
      assert.deepStrictEqual([unknown.code, unknown.error.includes("there are Shipping, Billing")], [1, true])
      const version = yield* asAda(["model", "--application-version", "1.0.0"])
      assert.deepStrictEqual([version.code, version.error.includes("'--application-version' is for modules")], [
        1,
        true
      ])
      const { url } = yield* HttpServer.HttpServer
      const stranger = yield* run(["model", "--url", url])
      assert.deepStrictEqual([stranger.code, stranger.error.includes("Give a token")], [1, true])
      const nobody = yield* run(["model", "--url", "http://127.0.0.1:9"])
      assert.strictEqual(nobody.code, 2)
      assert.include(nobody.error, "Nothing answers at http://127.0.0.1:9")
    }).pipe(Effect.provide(layer)))
})
