import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ask, kind, layer, problem, send } from "./fixtures/server.ts"
import { kettle } from "./fixtures/shop.ts"

const Products = "/online-shop/views/Products"

/** Adds ten products, two categories in turn, and gives the token of the last. */
const fill = Effect.gen(function*() {
  const tokens = yield* Effect.forEach(
    Array.from({ length: 10 }, (_, n) => n),
    (n) =>
      send("/online-shop/commands/AddProduct", {
        productId: `p${n}`,
        categoryId: n % 2 === 0 ? "even" : "odd",
        name: `Product ${n}`,
        price: { amount: n * 10, currency: "EUR" }
      })
  )
  return encodeURIComponent(tokens.at(-1)!.body.token)
})

const ids = ({ body }: { readonly body: any }) => body.rows.map((row: any) => row.productId).join(" ")

describe("views over HTTP", () => {
  it.live("a row is found by its key, and by its sort key", () =>
    Effect.gen(function*() {
      const token = yield* fill
      const row = yield* ask(`${Products}/p3?after=${token}`)
      assert.deepStrictEqual(row.body, {
        productId: "p3",
        categoryId: "odd",
        name: "Product 3",
        price: { amount: 30, currency: "EUR" }
      })
      const sorted = yield* ask(`/online-shop/views/ByCategory/odd/p3?after=${token}`)
      assert.deepStrictEqual(sorted.body, { categoryId: "odd", productId: "p3", name: "Product 3" })
      assert.deepStrictEqual(kind(yield* ask(`${Products}/none`)), problem(404, "RowNotFound"))
    }).pipe(Effect.provide(layer)))

  it.live("a row that isn't named in full is told how rows are named", () =>
    Effect.gen(function*() {
      for (
        const [path, detail] of [
          [
            "/online-shop/views/ByCategory/odd",
            "Rows of ByCategory need /{categoryId}/{productId}; ?where.categoryId= lists all rows of one categoryId."
          ],
          ["/online-shop/views/ByCategory/odd/p3/more", "Rows of ByCategory need /{categoryId}/{productId}."],
          [`${Products}/a/b`, "Rows of Products need /{productId}."],
          ["/online-shop/views/Nope/a", "There is nothing at /online-shop/views/Nope/a. See /docs."]
        ] as const
      ) {
        const answer = yield* ask(path)
        assert.deepStrictEqual(kind(answer), problem(404, "NotFound"))
        assert.strictEqual(answer.body.detail, detail)
      }
      const listed = yield* ask(`/online-shop/views/ByCategory?where.categoryId=odd&after=${yield* fill}`)
      assert.strictEqual(listed.status, 200)
      assert.isAbove(listed.body.rows.length, 0)
    }).pipe(Effect.provide(layer)))

  it.live("keys of any text are found", () =>
    Effect.gen(function*() {
      for (
        const productId of [
          "a/b",
          "a b?c=d&e#f",
          "ä 日本 🫖",
          "%2F",
          "watch",
          "x".repeat(200),
          "🫖".repeat(100),
          ":key"
        ]
      ) {
        const { body } = yield* send("/online-shop/commands/AddProduct", { ...kettle, productId })
        const row = yield* ask(
          `${Products}/${encodeURIComponent(productId)}?after=${body.token}`
        )
        assert.strictEqual(row.body?.productId, productId)
      }
      assert.deepStrictEqual(kind(yield* ask(`${Products}/${"x".repeat(201)}`)), problem(400, "InvalidQuery"))
    }).pipe(Effect.provide(layer)))

  it.live("rows are listed by an index, filtered, bounded, ordered and paged", () =>
    Effect.gen(function*() {
      const token = yield* fill
      const list = (query: string) => ask(`${Products}?after=${token}&${query}`)
      assert.strictEqual(ids(yield* list("")), "p0 p1 p2 p3 p4 p5 p6 p7 p8 p9")
      assert.strictEqual(ids(yield* list("index=byCategory&where.categoryId=odd")), "p1 p3 p5 p7 p9")
      assert.strictEqual(
        ids(yield* list("index=byCategory&where.categoryId=odd&range.gte=30&range.lt=90&order=desc")),
        "p7 p5 p3"
      )
      assert.strictEqual(ids(yield* list("index=byPrice&range.gt=70")), "p8 p9")
      assert.strictEqual(ids(yield* list("index=byPrice&where.price.amount=50")), "p5")
      const pages = []
      let cursor: string | undefined
      do {
        const page = yield* list(`index=byPrice&limit=4${cursor === undefined ? "" : `&cursor=${cursor}`}`)
        pages.push(ids(page))
        cursor = page.body.cursor
      } while (cursor !== undefined)
      assert.deepStrictEqual(pages, ["p0 p1 p2 p3", "p4 p5 p6 p7", "p8 p9"])
    }).pipe(Effect.provide(layer)))

  it.live("a query that the view can't answer is 400 and names the parameter", () =>
    Effect.gen(function*() {
      const refused = [
        ["limit=0", "limit"],
        ["limit=1001", "limit"],
        ["limit=many", "limit"],
        ["limit=1&limit=2", "limit"],
        ["index=byName", "index"],
        ["order=up", "order"],
        ["colour=red", "colour"],
        ["where.name=x", "where.name"],
        ["index=byPrice&where.price.amount=cheap", "where.price.amount"],
        ["index=byPrice&where.productId=p1", "where"],
        ["index=byPrice&range.gte=cheap", "range.gte"],
        ["range.gte=1", "range"],
        ["cursor=nonsense", "cursor"],
        ["after=nonsense", "after"],
        ["timeout=60001", "timeout"]
      ] as const
      for (const [query, field] of refused) {
        const answer = yield* ask(`${Products}?${query}`)
        assert.deepStrictEqual([kind(answer), answer.body.errors[0].path], [problem(400, "InvalidQuery"), field], query)
      }
    }).pipe(Effect.provide(layer)))

  it.live("a query waits for a command's token, and says so when the view doesn't come that far in time", () =>
    Effect.gen(function*() {
      for (let n = 0; n < 20; n++) {
        const { body } = yield* send("/online-shop/commands/AddProduct", { ...kettle, productId: `p${n}` })
        assert.strictEqual((yield* ask(`${Products}/p${n}?after=${body.token}`)).status, 200)
      }
      const future = `1${
        Buffer.from(JSON.stringify({ extent: { _tag: "UpTo", position: 999 } })).toString("base64url")
      }`
      const behind = yield* ask(`${Products}?after=${future}&timeout=20`)
      assert.deepStrictEqual(kind(behind), problem(503, "ViewBehind"))
      assert.strictEqual(behind.headers.get("retry-after"), "1")
    }).pipe(Effect.provide(layer)))

  it.live("a view's access rule holds for each way to ask", () =>
    Effect.gen(function*() {
      assert.deepStrictEqual(kind(yield* ask("/online-shop/views/Secret")), problem(401, "AccessDenied"))
      assert.deepStrictEqual(kind(yield* ask("/online-shop/views/Secret/x")), problem(401, "AccessDenied"))
      const known = yield* ask("/online-shop/views/Secret", { headers: { authorization: "Bearer ada" } })
      assert.strictEqual(known.status, 200)
    }).pipe(Effect.provide(layer)))

  it.live("HEAD answers as GET does, without the body", () =>
    Effect.gen(function*() {
      const answer = yield* ask(Products, { method: "HEAD" })
      assert.deepStrictEqual([answer.status, answer.text], [200, ""])
    }).pipe(Effect.provide(layer)))
})
