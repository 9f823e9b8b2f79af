import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ask, layer, send } from "./fixtures/server.ts"
import { OnlineShop } from "./fixtures/shop.ts"

const document = Effect.map(ask("/openapi.json"), ({ body }) => body)

/** Every value of a key, wherever it stands. */
const valuesOf = (key: string, value: any): ReadonlyArray<any> =>
  typeof value !== "object" || value === null
    ? []
    : Object.entries(value).flatMap(([name, inner]) => [...(name === key ? [inner] : []), ...valuesOf(key, inner)])

const operationsOf = (spec: any) =>
  Object.entries<any>(spec.paths).flatMap(([path, methods]) =>
    Object.entries<any>(methods).map(([method, operation]) => ({ path, method, operation }))
  )

describe("the OpenAPI document", () => {
  it.live("names every command and every way to ask a view, each once", () =>
    Effect.gen(function*() {
      const spec = yield* document
      const commands = [
        ...OnlineShop.aggregates.flatMap(({ definition }) => Object.values(definition.commands)),
        ...OnlineShop.stateChangeSlices
      ]
      const live = OnlineShop.views.filter(({ definition }) => definition.spec.live)
      const ids = operationsOf(spec).map(({ operation }) => operation.operationId)
      assert.strictEqual(ids.length, commands.length + 2 * OnlineShop.views.length + live.length)
      assert.strictEqual(new Set(ids).size, ids.length)
      assert.deepStrictEqual(spec.tags, [{ name: "OnlineShop", description: "Version 1.2.3" }])
      assert.deepInclude(spec.info, { title: "OnlineShop", version: "9.8.7" })
    }).pipe(Effect.provide(layer)))

  it.live("is whole: references resolve, paths have their parameters, answers are described", () =>
    Effect.gen(function*() {
      const spec = yield* document
      assert.strictEqual(spec.openapi, "3.1.0")
      for (const ref of valuesOf("$ref", spec)) {
        const found = ref.slice(2).split("/").reduce((value: any, key: string) => value?.[key], spec)
        assert.isDefined(found, ref)
      }
      for (const { method, operation, path } of operationsOf(spec)) {
        const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
        const declared = operation.parameters.filter((one: any) => one.in === "path")
        assert.deepStrictEqual(declared.map((one: any) => one.name), named, path)
        assert.isTrue(declared.every((one: any) => one.required), path)
        assert.strictEqual(method === "post", operation.requestBody !== undefined, path)
        assert.isDefined(operation.responses[200], path)
        for (const response of Object.values<any>(operation.responses)) {
          assert.isTrue(response.$ref !== undefined || response.description.length > 0, path)
        }
      }
    }).pipe(Effect.provide(layer)))

  it.live("shows access rules, declared errors at their status, and numbers as numbers", () =>
    Effect.gen(function*() {
      const { components, paths } = yield* document
      const retire = paths["/online-shop/commands/RetireProduct"].post
      assert.deepStrictEqual(retire["x-access"], { _tag: "Groups", groups: ["managers"] })
      assert.include(retire.description, "Access: callers in managers.")
      const { schema } = retire.responses[404].content["application/problem+json"]
      assert.strictEqual(schema.properties.error.$ref, "#/components/schemas/ProductMissingEncoded")
      const create = paths["/online-shop/commands/Category/CreateCategory"].post
      assert.strictEqual(create.responses[422].content["application/problem+json"].schema.anyOf.length, 2)
      assert.isDefined(components.schemas["OnlineShop.Products.Row"])
      const parameters = paths["/online-shop/views/Products"].get.parameters
      const limit = parameters.find((one: any) => one.name === "limit")
      assert.deepStrictEqual(limit.schema, { type: "integer", minimum: 1, maximum: 1000 })
    }).pipe(Effect.provide(layer)))

  it.live("has an example of every command that its definition takes", () =>
    Effect.gen(function*() {
      for (const { method, operation, path } of operationsOf(yield* document)) {
        if (method !== "post") continue
        const { status } = yield* send(path, operation.requestBody.content["application/json"].example)
        assert.notInclude([400, 415], status, path)
      }
    }).pipe(Effect.provide(layer)))
})

describe("the docs page", () => {
  it.live("loads nothing from elsewhere, and its policy forbids it", () =>
    Effect.gen(function*() {
      const page = yield* ask("/docs")
      const policy = page.headers.get("content-security-policy")!
      assert.include(policy, "default-src 'none'")
      assert.notMatch(policy, /https?:|\*|unsafe/)
      const loaded = [...page.text.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url]) => url!)
      const files = loaded.filter((url) => url.startsWith("/docs/"))
      assert.isTrue(loaded.every((url) => url.startsWith("/") || url.startsWith("data:image/svg+xml,")))
      const modules = ["/docs/dom.js", "/docs/form.js", "/docs/result.js"]
      for (const path of [...files, ...modules]) {
        const file = yield* ask(path)
        assert.strictEqual(file.status, 200, path)
        assert.notMatch(file.text, /https?:\/\/|@import|innerHTML|eval\(/, path)
        for (const [, from] of file.text.matchAll(/from "([^"]*)"/g)) {
          assert.include(modules, new URL(from!, `http://x${path}`).pathname)
        }
      }
    }).pipe(Effect.provide(layer)))
})
