import { assert, describe, it } from "@effect/vitest"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as net from "node:net"
import { ask, kind, layer, Logged, problem, send, stored } from "./fixtures/server.ts"
import { kettle } from "./fixtures/shop.ts"

const AddProduct = "/online-shop/commands/AddProduct"
const CreateCategory = "/online-shop/commands/Category/CreateCategory"

const manager = { authorization: "Bearer ada:managers" }

/** Writes bytes to the server as they are, and gives what it answers. */
const raw = Effect.fnUntraced(function*(...chunks: ReadonlyArray<string>) {
  const { host, port } = yield* HttpServer.HttpServer
  return yield* Effect.callback<string>((resume) => {
    let text = ""
    const socket = net.connect(port, host, () => chunks.forEach((chunk) => socket.write(chunk)))
    socket.on("data", (data) => {
      text += data.toString()
    })
    socket.on("error", () => resume(Effect.succeed(text)))
    socket.on("close", () => resume(Effect.succeed(text)))
  })
})

describe("commands over HTTP", () => {
  it.live("a command is answered with its message id, event count and token", () =>
    Effect.gen(function*() {
      const answer = yield* send(AddProduct, kettle)
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.body.eventCount, 1)
      assert.match(answer.body.messageId, /^[\da-f-]{36}$/)
      assert.strictEqual(typeof answer.body.token, "string")
      assert.strictEqual((yield* stored).length, 1)
      const created = yield* send(CreateCategory, { categoryId: "kitchen", name: "Kitchen" })
      assert.strictEqual(created.body.entityId, "kitchen")
    }).pipe(Effect.provide(layer)))

  it.live("a declared error is 422, or as its schema is annotated, with the encoded error in problem details", () =>
    Effect.gen(function*() {
      yield* send(AddProduct, kettle)
      const again = yield* send(AddProduct, kettle)
      assert.strictEqual(again.status, 422)
      assert.strictEqual(again.headers.get("content-type"), "application/problem+json")
      const { correlationId, messageId, ...body } = again.body
      assert.strictEqual(correlationId, again.headers.get("x-correlation-id"))
      assert.match(messageId, /^[\da-f-]{36}$/)
      assert.deepStrictEqual(body, {
        type: "urn:reventless:problem:ProductExists",
        title: "Product exists",
        status: 422,
        detail: "There is a product 'kettle' already.",
        instance: AddProduct,
        code: "ProductExists",
        error: { _tag: "ProductExists", productId: "kettle" }
      })
      const missing = yield* send("/online-shop/commands/RetireProduct", { productId: "none" }, manager)
      assert.deepStrictEqual(kind(missing), problem(404, "ProductMissing"))
      yield* send(CreateCategory, { categoryId: "c", name: "C" })
      const exists = yield* send(CreateCategory, { categoryId: "c", name: "C" })
      assert.deepStrictEqual(exists.body.error, {
        _tag: "CategoryExists",
        categoryId: "c",
        since: "1970-01-01T00:00:00.000Z"
      })
      assert.strictEqual((yield* stored).length, 2)
    }).pipe(Effect.provide(layer)))

  it.live("a payload that the definition refuses is 400 with the path of each field, and nothing is written", () =>
    Effect.gen(function*() {
      const answer = yield* send(AddProduct, { productId: "", name: "x", price: { amount: 1.5, currency: "GBP" } })
      assert.deepStrictEqual(kind(answer), problem(400, "InvalidCommand"))
      assert.deepStrictEqual(
        answer.body.errors.map(({ path }: { path: string }) => path),
        ["productId", "categoryId", "price.amount", "price.currency"]
      )
      assert.deepStrictEqual(yield* stored, [])
    }).pipe(Effect.provide(layer)))

  it.live("a body that is not JSON in UTF-8 is 400, of another type 415, and nothing is written", () =>
    Effect.gen(function*() {
      const refused = [
        ["{\"productId\": ", 400, "MalformedBody"],
        ["", 400, "MalformedBody"],
        ["null", 400, "InvalidCommand"],
        ["[]", 400, "InvalidCommand"],
        ["\"text\"", 400, "InvalidCommand"],
        [`{"__proto__": {"productId": "x"}}`, 400, "InvalidCommand"],
        ["[".repeat(200_000), 400, "MalformedBody"],
        [
          JSON.stringify({ ...kettle, note: 0 }).replace("0}", `${"[".repeat(5000)}${"]".repeat(5000)}}`),
          400,
          "MalformedBody"
        ]
      ] as const
      for (const [body, status, code] of refused) {
        assert.deepStrictEqual(kind(yield* send(AddProduct, body)), problem(status, code), body.slice(0, 40))
      }
      const bytes = new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d])
      const json = { "content-type": "application/json" }
      assert.deepStrictEqual(
        kind(yield* ask(AddProduct, { method: "POST", headers: json, body: bytes })),
        problem(400, "MalformedBody")
      )
      const types = [
        { "content-type": "text/plain" },
        { "content-type": "application/x-www-form-urlencoded" },
        { "content-type": "application/json; charset=latin1" },
        { "content-type": "application/json", "content-encoding": "gzip" }
      ]
      for (const headers of types) {
        const answer = yield* ask(AddProduct, {
          method: "POST",
          headers: headers as never,
          body: JSON.stringify(kettle)
        })
        assert.deepStrictEqual(kind(answer), problem(415, "UnsupportedMediaType"))
      }
      assert.deepStrictEqual(yield* stored, [])
    }).pipe(Effect.provide(layer)))

  it.live("a body over 1 MiB is 413, with and without a content length, and nothing is written", () =>
    Effect.gen(function*() {
      const name = "x".repeat(1024 * 1024)
      assert.deepStrictEqual(kind(yield* send(AddProduct, { ...kettle, name })), problem(413, "BodyTooLarge"))
      const head = `POST ${AddProduct} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n`
      const chunk = `10000\r\n${"x".repeat(65_536)}\r\n`
      const chunked = yield* raw(
        `${head}transfer-encoding: chunked\r\n\r\n`,
        ...Array.from({ length: 17 }, () => chunk)
      )
      assert.match(chunked, /^HTTP\/1\.1 413 /)
      assert.match(chunked, /"code":"BodyTooLarge"/)
      const announced = yield* raw(`${head}content-length: 1048577\r\n\r\n`)
      assert.match(announced, /^HTTP\/1\.1 413 /)
      const fits = { ...kettle, name: "x".repeat(1024 * 1024 - JSON.stringify({ ...kettle, name: "" }).length) }
      assert.deepStrictEqual(yield* stored, [])
      assert.strictEqual((yield* send(AddProduct, fits)).status, 200)
    }).pipe(Effect.provide(layer)))

  it.live("whatever JSON is sent, it is taken or refused with 400", () =>
    Effect.gen(function*() {
      const bodies = yield* Arbitrary.sampleEffect(Arbitrary.schema(Schema.Json), { count: 60, seed: "bodies" })
      yield* Effect.forEach(bodies, (body) =>
        Effect.gen(function*() {
          const answer = yield* send(AddProduct, JSON.stringify(body))
          assert.deepStrictEqual(kind(answer), problem(400, "InvalidCommand"), JSON.stringify(body))
        }), { concurrency: 8 })
      const fields = Object.keys(kettle)
      yield* Effect.forEach(bodies, (value, index) =>
        Effect.gen(function*() {
          const body = { ...kettle, productId: `p${index}`, [fields[index % fields.length]!]: value }
          assert.include([200, 400], (yield* send(AddProduct, body)).status, JSON.stringify(body))
        }), { concurrency: 8 })
      const strange = yield* raw(`POST ${AddProduct} HTTP/1.1\r\nhost: x\r\ncontent-type\r\n\r\n`)
      assert.match(strange, /^HTTP\/1\.1 400 /)
    }).pipe(Effect.provide(layer)))

  it.live("anonymous callers get 401 with a challenge, others 403, and refused credentials 401", () =>
    Effect.gen(function*() {
      yield* send(AddProduct, kettle)
      const retire = (headers: Record<string, string>) =>
        send("/online-shop/commands/RetireProduct", { productId: "kettle" }, headers)
      const anonymous = yield* retire({})
      assert.deepStrictEqual(kind(anonymous), problem(401, "AccessDenied"))
      assert.strictEqual(anonymous.headers.get("www-authenticate"), "Bearer realm=\"shop\"")
      assert.deepStrictEqual(kind(yield* retire({ authorization: "Bearer eve" })), problem(403, "AccessDenied"))
      const refused = yield* send(AddProduct, kettle, { authorization: "Bearer bad" })
      assert.deepStrictEqual(kind(refused), problem(401, "CredentialsRefused"))
      assert.strictEqual((yield* stored).length, 1)
      assert.strictEqual((yield* retire(manager)).status, 200)
      const [, retired] = yield* stored
      assert.deepStrictEqual(retired!.meta.principal, { _tag: "User", id: "ada", groups: ["managers"] })
    }).pipe(Effect.provide(layer)))

  it.live("a caller is never the application itself", () =>
    Effect.gen(function*() {
      yield* send(AddProduct, kettle)
      const [event] = yield* stored
      assert.deepStrictEqual(event!.meta.principal, { _tag: "Anonymous" })
    }).pipe(Effect.provide(layer)))

  it.live("the correlation id is taken over, checked, returned and stored; the trace continues", () =>
    Effect.gen(function*() {
      const traceId = "0af7651916cd43dd8448eb211c80319c"
      const answer = yield* send(AddProduct, kettle, {
        "x-correlation-id": "order-17",
        traceparent: `00-${traceId}-b7ad6b7169203331-01`
      })
      assert.strictEqual(answer.headers.get("x-correlation-id"), "order-17")
      const [event] = yield* stored
      assert.strictEqual(event!.meta.correlationId, "order-17")
      assert.strictEqual(event!.meta.causationId, answer.body.messageId)
      assert.strictEqual(event!.meta.traceparent?.split("-")[1], traceId)
      const invalid = yield* send(AddProduct, kettle, { "x-correlation-id": "a".repeat(129) })
      assert.deepStrictEqual(kind(invalid), problem(400, "InvalidHeader"))
      assert.strictEqual(invalid.body.errors[0].path, "X-Correlation-Id")
      const none = yield* send(CreateCategory, { categoryId: "c", name: "C" })
      const made = none.headers.get("x-correlation-id")
      assert.match(made!, /^[\da-f-]{36}$/)
      assert.strictEqual((yield* stored)[1]!.meta.correlationId, made)
    }).pipe(Effect.provide(layer)))

  it.live("the same idempotency key gives the first answer, and with another body 422", () =>
    Effect.gen(function*() {
      const key = { "idempotency-key": "k-1" }
      const first = yield* send(AddProduct, kettle, key)
      const second = yield* send(AddProduct, kettle, key)
      assert.deepStrictEqual([second.status, second.body], [200, first.body])
      const other = yield* send(AddProduct, { ...kettle, name: "Other" }, key)
      assert.deepStrictEqual(kind(other), problem(422, "CommandIdReused"))
      assert.strictEqual((yield* stored).length, 1)
      const invalid = yield* send(AddProduct, kettle, { "idempotency-key": "k".repeat(256) })
      assert.deepStrictEqual(kind(invalid), problem(400, "InvalidHeader"))
    }).pipe(Effect.provide(layer)))

  it.live("twenty requests with one idempotency key at once write once and get one answer", () =>
    Effect.gen(function*() {
      const answers = yield* Effect.forEach(
        Array.from({ length: 20 }),
        () => send(AddProduct, kettle, { "idempotency-key": "k" }),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(new Set(answers.map(({ text }) => text)).size, 1)
      assert.strictEqual((yield* stored).length, 1)
    }).pipe(Effect.provide(layer)))

  it.live("an idempotency key belongs to its caller and its command", () =>
    Effect.gen(function*() {
      const key = { "idempotency-key": "k" }
      yield* send(AddProduct, kettle, key)
      const another = yield* send(AddProduct, { ...kettle, productId: "pan" }, { ...key, authorization: "Bearer ada" })
      assert.strictEqual(another.status, 200)
      assert.strictEqual((yield* send(CreateCategory, { categoryId: "c", name: "C" }, key)).status, 200)
      assert.strictEqual((yield* stored).length, 3)
    }).pipe(Effect.provide(layer)))

  it.live("a defect is 500 without internals, its cause logged with the correlation id", () =>
    Effect.gen(function*() {
      const answer = yield* send("/online-shop/commands/Break", { productId: "x" })
      assert.deepStrictEqual(kind(answer), problem(500, "InternalError"))
      assert.notMatch(answer.text, /hunter2|Error:|\.ts/)
      const logged = (yield* Logged).join("\n")
      assert.match(logged, /hunter2/)
      assert.include(logged, answer.body.correlationId)
    }).pipe(Effect.provide(layer)))

  it.live("unknown commands, paths and methods are problems too", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(kind(yield* send("/online-shop/commands/Nope", {})), problem(404, "NotFound"))
      assert.deepStrictEqual(kind(yield* ask("/nowhere")), problem(404, "NotFound"))
      assert.deepStrictEqual(kind(yield* ask("/online-shop/views/Products/%E0%A4%A")), problem(404, "NotFound"))
      const wrong = yield* ask(AddProduct)
      assert.deepStrictEqual(kind(wrong), problem(405, "MethodNotAllowed"))
      assert.strictEqual(wrong.headers.get("allow"), "POST")
      const removed = yield* ask("/online-shop/views/Products/kettle", { method: "DELETE" })
      assert.strictEqual(removed.headers.get("allow"), "GET, HEAD")
    }).pipe(Effect.provide(layer)))
})
