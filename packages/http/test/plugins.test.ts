import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as HttpServer from "@reventless/http/HttpServer"
import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ask, Logged, resolver } from "./fixtures/server.ts"

const server = (operators?: Access.Access) =>
  HttpServer.layer({ port: 0 }).pipe(
    Layer.provideMerge(Platform.layer({
      version: "1.0.0",
      plugins: [Plugin.make("Catalog", { version: "1.1.0" })],
      ...(operators === undefined ? {} : { operators })
    })),
    Layer.provide(Platform.layerMemory),
    Layer.provide(resolver),
    Layer.provideMerge(Logged.layer)
  )

const ada = { authorization: "Bearer ada:operators" }

const act = (name: string, version: string, body: unknown = { why: "it is slow" }) =>
  ask(`/ops/plugins/Catalog/${version}/${name}`, {
    method: "POST",
    headers: { ...ada, "content-type": "application/json" },
    body: JSON.stringify(body)
  })

const decode = <A>(
  schema: Schema.Codec<A, any>,
  { body, status }: { readonly body: unknown; readonly status: number }
) =>
  Effect.andThen(
    Effect.sync(() => assert.strictEqual(status, 200)),
    Schema.decodeUnknownEffect(schema, { onExcessProperty: "error" })(body)
  )

describe("the registry, at the operator's door", () => {
  it.live("shows the plugins, and as a view like others", () =>
    Effect.gen(function*() {
      const { plugins } = yield* decode(OperationsApi.Plugins, yield* ask("/ops/plugins", { headers: ada }))
      assert.deepStrictEqual(plugins.map(({ current, plugin }) => [plugin, current]), [["Catalog", "1.1.0"]])
      // When a process was heard of changes no row.
      const rows = plugins.map(({ versions, ...plugin }) => ({
        ...plugin,
        versions: versions.map(({ instances, ...version }) => ({
          ...version,
          instances: instances.map(({ heard, ...instance }) => {
            assert.isAtLeast(heard!, instance.since - 60_000)
            return instance
          })
        }))
      }))
      assert.deepStrictEqual((yield* ask("/platform/views/Plugins", { headers: ada })).body, { rows })
      assert.deepStrictEqual((yield* ask("/platform/views/Plugins/Catalog", { headers: ada })).body, rows[0])
      assert.deepStrictEqual((yield* ask("/ops/connections", { headers: ada })).body, { connections: [] })
    }).pipe(Effect.provide(server(Access.groups("operators")))))

  it.live("takes a version out of use with who and why; a retired one stays so, and an unknown one isn't found", () =>
    Effect.gen(function*() {
      const inactive = yield* decode(OperationsApi.Plugin, yield* act("deactivate", "1.1.0"))
      assert.deepInclude(inactive.versions[0], { status: "inactive", by: "ada", why: "it is slow" })
      assert.strictEqual((yield* decode(OperationsApi.Plugin, yield* act("activate", "1.1.0"))).current, "1.1.0")
      assert.strictEqual((yield* decode(OperationsApi.Plugin, yield* act("retire", "1.1.0"))).current, undefined)
      const retired = yield* act("activate", "1.1.0")
      assert.deepInclude(retired.body, { status: 409, code: "VersionRetired" })
      const unknown = yield* act("retire", "3.0.0")
      assert.deepInclude(unknown.body, {
        status: 404,
        code: "UnknownVersion",
        detail: "Version 3.0.0 of plugin 'Catalog' never connected; there are 1.1.0."
      })
      const silent = yield* act("deactivate", "1.1.0", { why: " " })
      assert.deepInclude(silent.body, { status: 400, code: "InvalidBody" })
    }).pipe(Effect.provide(server(Access.groups("operators")))))

  it.live("is closed to everyone, and in no document, until the platform says who the operators are", () =>
    Effect.gen(function*() {
      for (const path of ["/ops/plugins", "/ops/connections", "/platform/views/Plugins"]) {
        assert.strictEqual((yield* ask(path, { headers: ada })).status, 403)
        assert.strictEqual((yield* ask(path)).status, 401)
      }
      const { body } = yield* ask("/openapi.json")
      assert.deepStrictEqual(
        Object.keys((body as { readonly paths: object }).paths).filter((path) => /ops|platform/.test(path)),
        []
      )
    }).pipe(Effect.provide(server())))

  it.live("takes no command of the registry at the door of commands", () =>
    Effect.gen(function*() {
      const { status } = yield* ask("/platform/commands/Registration/Retire", {
        method: "POST",
        headers: { ...ada, "content-type": "application/json" },
        body: JSON.stringify({ plugin: "Catalog", version: "1.1.0", why: "?" })
      })
      assert.strictEqual(status, 404)
    }).pipe(Effect.provide(server(Access.groups("operators")))))
})
