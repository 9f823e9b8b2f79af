import { assert, describe, it } from "@effect/vitest"
import { DevelopmentIssuer } from "@reventless/http/DevelopmentIssuer"
import type { Subject } from "@reventless/http/PrincipalResolver"
import * as Effect from "effect/Effect"
import { office, rules } from "./fixtures/office.ts"
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

/** The document as somebody gets it. */
const documentOf = Effect.fnUntraced(function*(subject: Subject | undefined) {
  const token = subject === undefined ? undefined : yield* (yield* DevelopmentIssuer).issue(subject)
  const { body } = yield* ask("/openapi.json", {
    headers: token === undefined ? {} : { authorization: `Bearer ${token.token}` }
  })
  return body
})

describe("access in the OpenAPI document", () => {
  it.live("says what each operation needs: a token, none, a token if one likes, or a signature", () =>
    Effect.gen(function*() {
      const { components, paths } = yield* documentOf(undefined)
      assert.deepStrictEqual(components.securitySchemes, {
        caller: {
          type: "http",
          scheme: "bearer",
          bearerFormat: "JWT",
          description: "A token of POST /dev/token."
        },
        webhookSignature: {
          type: "apiKey",
          in: "header",
          name: "webhook-signature",
          description: "Made of the request with a secret, by the convention of Standard Webhooks."
        }
      })
      const command = (rule: string) => paths[`/office/commands/Note${rule}`].post.security
      assert.deepStrictEqual(command("Anyone"), [{}, { caller: [] }])
      for (const rule of ["Authenticated", "Managers", "Own", "Nobody", "Default"]) {
        assert.deepStrictEqual(command(rule), [{ caller: [] }], rule)
      }
      assert.deepStrictEqual(paths["/office/inbound/Signed"].post.security, [{ webhookSignature: [] }])
      assert.deepStrictEqual(paths["/office/inbound/FromManagers"].post.security, [{ caller: [] }])
      assert.deepStrictEqual(paths["/dev/token"].post.security, [])
    }).pipe(Effect.provide(office)))

  it.live("says what its caller may do, as the server then has it", () =>
    Effect.gen(function*() {
      const subjects: ReadonlyArray<Subject | undefined> = [
        undefined,
        { id: "ada" },
        { id: "bob", groups: ["managers"] },
        { id: "eve", groups: ["operators"] }
      ]
      const seen = yield* Effect.forEach(subjects, (subject) =>
        Effect.map(documentOf(subject), ({ paths, "x-caller": caller }) => {
          const commands = Object.keys(rules).map((rule) =>
            paths[`/office/commands/Note${rule}`].post["x-allowed"]
          )
          Object.keys(rules).forEach((rule, index) => {
            for (const path of [`views/Notes${rule}`, `views/Notes${rule}/{key}`, `watch/Notes${rule}`]) {
              assert.strictEqual(paths[`/office/${path}`].get["x-allowed"], commands[index], path)
            }
          })
          const others = [
            paths["/ops/views"].get["x-allowed"],
            paths["/office/inbound/FromManagers"].post["x-allowed"],
            paths["/office/inbound/Signed"].post["x-allowed"],
            paths["/dev/token"].post["x-allowed"]
          ]
          return { caller, commands, others }
        }))
      assert.deepStrictEqual(seen, [
        {
          caller: { anonymous: true },
          commands: [true, false, false, false, false, false, false],
          others: [false, false, "signed", true]
        },
        {
          caller: { id: "ada", groups: [] },
          commands: [true, true, false, "own", "own", false, false],
          others: [false, false, "signed", true]
        },
        {
          caller: { id: "bob", groups: ["managers"] },
          commands: [true, true, true, "own", true, false, false],
          others: [false, true, "signed", true]
        },
        {
          caller: { id: "eve", groups: ["operators"] },
          commands: [true, true, false, "own", "own", false, false],
          others: [true, false, "signed", true]
        }
      ])
    }).pipe(Effect.provide(office)))

  it.live("isn't given for a token that isn't good", () =>
    Effect.gen(function*() {
      const answer = yield* ask("/openapi.json", { headers: { authorization: "Bearer ada" } })
      assert.strictEqual(answer.status, 401)
      assert.strictEqual(answer.body.detail, "The credentials were refused: the token is no JWT.")
    }).pipe(Effect.provide(office)))

  it.live("is of the scheme that the resolver's challenge names where it says no more", () =>
    Effect.gen(function*() {
      const { components } = yield* document
      assert.deepStrictEqual(components.securitySchemes, { caller: { type: "http", scheme: "bearer" } })
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
      const modules = ["/docs/access.js", "/docs/dom.js", "/docs/form.js", "/docs/result.js"]
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
