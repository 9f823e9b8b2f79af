import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { execFileSync } from "node:child_process"
import * as net from "node:net"
import { contents, start, urlIn } from "./shop.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
const Services = Layer.merge(NodeServices.layer, FetchHttpClient.layer)

const summary = /9 categories, 70 products, 79 events in shop\.db/
const orders = /Orders: 3 shipped, 1 placed, 1 cancelled; 5 confirmed in shop-mails\.jsonl/

const textOf = (url: string) => Effect.flatMap(HttpClient.get(url), ({ text }) => text)

/** Asks again until the answer is as it should be. */
const until = <E, R>(ask: Effect.Effect<string, E, R>, isRight: (answer: string) => boolean) =>
  Effect.repeat(ask, { until: isRight, schedule: Schedule.spaced("50 millis") })

describe("the demo", { timeout: 60_000, concurrent: true }, () => {
  it.live("fills a new shop once, and what it says to try works", () =>
    Effect.gen(function*() {
      const shop = yield* start(yield* folder)
      const printed = yield* shop.opened
      assert.match(printed, /Products +█+ 70\/70/)
      assert.match(printed, summary)
      assert.match(printed, orders)
      assert.include(printed, "signed with PAYMENT_WEBHOOK_SECRET, or 'for-development-only'")
      assert.isAtMost(printed.trim().split("\n").length, 30)
      const urls = printed.matchAll(/^(?! *curl).*(http:\S+)/gm)
      for (const [, url] of urls) assert.strictEqual((yield* HttpClient.get(url!)).status, 200, url)
      const commands = [...printed.matchAll(/curl (?:-N )?'?(http:[^'\s]+)(?:.*-d '(.*)')?/g)]
      assert.strictEqual(commands.length, 6)
      for (const [, url, body] of commands) {
        const answer = body === undefined
          ? HttpClient.get(url!)
          : HttpClient.post(url!, { body: HttpBody.jsonUnsafe(JSON.parse(body)) })
        assert.strictEqual((yield* answer).status, 200, url)
      }
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("ships an order that is paid as it says, and offers what a list says that is dropped into its inbox", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const shop = yield* start(cwd)
      const url = urlIn(yield* shop.opened)
      const order = { orderId: "2001", customerId: "ada", productId: "umbrella", quantity: 2 }
      yield* HttpClient.post(`${url}/ordering/commands/PlaceOrder`, { body: HttpBody.jsonUnsafe(order) })
      const pay = yield* start(cwd, "pay", "2001", "--port", new URL(url).port)
      const { code, output } = yield* pay.ended
      assert.deepStrictEqual([code, output.trim()], [0, "The shop was told that 98 EUR came in for order 2001."])
      yield* until(textOf(`${url}/ordering/views/Orders/2001`), (row) => row.includes("shipped"))
      const fs = yield* FileSystem.FileSystem
      yield* until(fs.readFileString(`${cwd}/shop-mails.jsonl`), (mails) => mails.split("Your order 2001").length === 2)
      const none = yield* (yield* start(cwd, "pay", "2002", "--port", new URL(url).port)).ended
      assert.strictEqual(none.code, 1)
      assert.include(none.output, `The shop at ${url} has no order '2002'. Place it first`)
      const offer = /^ {2}(printf .*)$/m.exec(yield* shop.opened)![1]!
      yield* Effect.sync(() => execFileSync("sh", ["-c", offer], { cwd }))
      const report = Effect.orElseSucceed(
        fs.readFileString(`${cwd}/shop-inbox/reports/products/hats.csv.txt`),
        () => ""
      )
      assert.match(
        yield* until(report, (text) => text !== ""),
        /^1 products taken, 1 lines left out\nline 3: price\.amount: /
      )
      yield* until(textOf(`${url}/ordering/views/Offers/rain-hat`), (row) => row.includes("\"left\":5"))
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("killed while customers order, goes on where it was", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const killed = yield* start(cwd)
      yield* killed.says("Orders  ")
      yield* killed.kill
      assert.match(yield* (yield* start(cwd)).opened, orders)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("killed while it is being filled, goes on where it was", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const killed = yield* start(cwd)
      yield* killed.says("Categories")
      yield* killed.kill
      assert.notInclude(yield* killed.printed, "Products")
      const printed = yield* (yield* start(cwd)).opened
      assert.match(printed, /Products +█+ 70\/70/)
      assert.match(printed, summary)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("killed while it is open, shows the same rows and events again and fills nothing", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const first = yield* start(cwd)
      const url = urlIn(yield* first.opened)
      const repriced = yield* HttpClient.post(`${url}/catalog/commands/ChangePrice`, {
        body: HttpBody.jsonUnsafe({ productId: "umbrella", price: { amount: 3900, currency: "EUR" } })
      })
      assert.strictEqual(repriced.status, 200)
      yield* first.interrupt
      const killed = yield* start(cwd)
      const before = yield* Effect.flatMap(killed.opened, contents)
      assert.match(before.summary, /70 products, 80 events/)
      yield* killed.kill
      const printed = yield* (yield* start(cwd)).opened
      assert.notMatch(printed, /█/)
      assert.deepStrictEqual(yield* contents(printed), before)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("begins with a new shop when it is told to", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const shop = yield* start(cwd)
      yield* shop.opened
      yield* shop.kill
      const printed = yield* (yield* start(cwd, "--reset")).opened
      assert.match(printed, /Products +█+ 70\/70/)
      assert.match(printed, summary)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("closes on Ctrl-C without complaint", () =>
    Effect.gen(function*() {
      const shop = yield* start(yield* folder)
      yield* shop.opened
      assert.strictEqual(yield* shop.interrupt, 0)
    }).pipe(Effect.scoped, Effect.provide(Services)))
})

/** What is printed when the shop can't open: one sentence, and no stack. */
const complaint = Effect.fnUntraced(function*(cwd: string, ...flags: ReadonlyArray<string>) {
  const { code, output } = yield* (yield* start(cwd, ...flags)).ended
  assert.strictEqual(code, 1)
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "")
  assert.deepStrictEqual([lines.length, lines[0]], [2, "ERROR"], output)
  return lines[1]!
})

describe("a shop that can't open says why and what to do", { timeout: 30_000, concurrent: true }, () => {
  it.live("when the port is in use, and then nothing is deleted", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(`${cwd}/shop.db`, "kept")
      const other = yield* Effect.acquireRelease(
        Effect.callback<net.Server>((resume) => {
          const server = net.createServer().listen(0, "127.0.0.1", () => resume(Effect.succeed(server)))
        }),
        (server) => Effect.sync(() => server.close())
      )
      const { port } = other.address() as net.AddressInfo
      assert.include(yield* complaint(cwd, "--reset", "--port", `${port}`), "Choose another 'port'")
      assert.strictEqual(yield* fs.readFileString(`${cwd}/shop.db`), "kept")
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("when the file is no database", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const fs = yield* FileSystem.FileSystem
      yield* fs.writeFileString(`${cwd}/shop.db`, "a shopping list ".repeat(1000))
      assert.match(yield* complaint(cwd), /Can't open 'shop\.db': it is not an SQLite database\. Give another filename/)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("when the file can't be written", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      assert.match(yield* complaint(cwd, "--file", cwd), /Can't open .* Check that it is a file that may be read/)
      assert.match(yield* complaint(cwd, "--file", "missing/shop.db"), /its folder 'missing' doesn't exist. Create the/)
    }).pipe(Effect.scoped, Effect.provide(Services)))
})
