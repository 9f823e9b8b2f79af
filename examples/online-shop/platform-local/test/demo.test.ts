import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Schedule from "effect/Schedule"
import { execFile } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { afterAll, beforeAll } from "vitest"
import { cli, contents, main, start, tokenIn, urlIn } from "./shop.ts"

const folder = Effect.flatMap(FileSystem.FileSystem, (fs) => fs.makeTempDirectoryScoped())
const Services = Layer.merge(NodeServices.layer, FetchHttpClient.layer)

const summary = /9 categories, 64 products, 20 customers, 1235 events in shop\.db/
const orders = /Orders: 56 delivered, 65 shipped, 8 paid, 12 placed, 9 cancelled; 150 confirmed in shop-mails\.jsonl/

/** A shop that was filled and closed, for those that begin with one. */
let filled = ""
let firstPrinted = ""

beforeAll(async () => {
  filled = fs.mkdtempSync(path.join(os.tmpdir(), "reventless-demo-"))
  firstPrinted = await Effect.runPromise(
    Effect.gen(function*() {
      const shop = yield* start(filled)
      const printed = yield* shop.opened
      yield* shop.interrupt
      return printed
    }).pipe(Effect.scoped, Effect.provide(Services))
  )
})

afterAll(() => fs.rmSync(filled, { recursive: true }))

/** A folder with a copy of the filled shop. */
const copied = Effect.tap(folder, (cwd) => Effect.sync(() => fs.cpSync(filled, cwd, { recursive: true })))

const textOf = (url: string, token?: string) =>
  Effect.flatMap(
    HttpClient.get(url, token === undefined ? {} : { headers: { authorization: `Bearer ${token}` } }),
    ({ text }) => text
  )

/** Asks again until the answer is as it should be; says the last one when it never is. */
const until = <E, R>(ask: Effect.Effect<string, E, R>, isRight: (answer: string) => boolean) =>
  Effect.repeat(ask, {
    until: isRight,
    schedule: Schedule.upTo(Schedule.spaced("50 millis"), { duration: "2 minutes" })
  }).pipe(
    Effect.tap((answer) => Effect.sync(() => assert.isTrue(isRight(answer), answer)))
  )

/** Runs lines of a shell; answers what they print. */
const shell = (cwd: string, lines: string) =>
  Effect.callback<string>((resume) => {
    execFile("sh", ["-c", lines], { cwd }, (_, stdout, stderr) => resume(Effect.succeed(stdout + stderr)))
  })

describe("the demo", { concurrent: true }, () => {
  it("fills a new shop, and says so", () => {
    for (const line of [/Products +█+ 64\/64/, /Customers +█+ 20\/20/, /Orders +█+ 150\/150/, summary, orders]) {
      assert.match(firstPrinted, line)
    }
    assert.include(firstPrinted, "signed with PAYMENT_WEBHOOK_SECRET, or 'for-development-only'")
    assert.isAtMost(firstPrinted.trim().split("\n").length, 44)
  })

  it.live("says what to try, and each line of it works", () =>
    Effect.gen(function*() {
      const cwd = yield* copied
      const shop = yield* start(cwd)
      const printed = yield* shop.opened
      assert.match(printed, summary)
      const url = urlIn(printed)
      for (const [, address] of printed.matchAll(/^(?! *curl).*(http:\S+[^.\s])/gm)) {
        const status = address!.endsWith("/dev/token") ? 405 : 200
        assert.strictEqual((yield* HttpClient.get(address!)).status, status, address)
      }
      const lines = [...printed.matchAll(/^ {2}((?:curl|npx|printf|cat|ada=|manager=).*)$/gm)].map(([, line]) => line!)
      assert.strictEqual(lines.length, 15)
      const variables: Array<string> = []
      const answers: Array<string> = []
      for (const line of lines) {
        if (/^(ada|manager)=/.test(line)) {
          variables.push(line)
          continue
        }
        const run = line.replace("npx reventless", `'${process.execPath}' '${cli}'`).replace(
          "npx -y pnpm@12.21.0 demo",
          `'${process.execPath}' '${main}'`
        )
          .replace("curl -N", "curl -s -m 1 -N")
          .replace(/^curl (?!-s)/, "curl -s ")
        // What follows from a line is there a moment later.
        const isThere = (answer: string) => {
          if (line.startsWith("cat")) return answer.includes("taken")
          if (line.includes("Orders/2001")) return answer.includes("shipped")
          if (line.includes("Offers/umbrella")) return answer.includes("3900")
          return true
        }
        answers.push(yield* until(shell(cwd, [...variables, run].join("\n")), isThere))
      }
      const said = (index: number, part: string | RegExp) =>
        assert.match(answers[index]!, typeof part === "string" ? new RegExp(part) : part, lines[index])
      said(0, /"amount":2400/)
      said(1, /"left":\d+/)
      said(2, /umbrella/)
      said(3, /"eventCount":1/)
      said(4, "The shop was told that 49 EUR came in for order 2001.")
      said(5, /"status":"shipped".*"trackingCode":"track-2001"/)
      assert.notMatch(answers[6]!, /"customerId":"(?!ada)/)
      said(6, /"orderId":"2001"/)
      said(7, /"eventCount":1/)
      said(8, /"amount":3900/)
      said(10, /^1 products taken, 1 lines left out\nline 3: price\.amount: /)
      said(11, /"status":"paid"/)
      said(12, /CancelUnpaidOrders/)
      const mails = Effect.sync(() => fs.readFileSync(`${cwd}/shop-mails.jsonl`, "utf8"))
      yield* until(mails, (mails) => mails.split("Your order 2001").length === 2)
      yield* until(textOf(`${url}/ordering/views/Offers/rain-hat`), (row) => row.includes("\"left\":5"))
      const pay = (order: string) =>
        Effect.flatMap(start(cwd, "pay", order, "--port", new URL(url).port), (_) => _.ended)
      const none = yield* pay("2002")
      assert.strictEqual(none.code, 1)
      assert.include(none.output, `The shop at ${url} has no order '2002'. Place it first`)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("lets customers see and order for themselves only, and nobody else write", () =>
    Effect.gen(function*() {
      const cwd = yield* copied
      const shop = yield* start(cwd)
      const printed = yield* shop.opened
      const url = urlIn(printed)
      const [ada, manager] = [tokenIn(printed, "ada"), tokenIn(printed, "manager")]
      const statusOf = (path: string, body: object, token: string | undefined) =>
        Effect.map(
          HttpClient.post(`${url}/${path}`, {
            body: HttpBody.jsonUnsafe(body),
            headers: token === undefined ? {} : { authorization: `Bearer ${token}` }
          }),
          ({ status }) => status
        )
      const order = (orderId: string, customerId: string) => ({
        orderId,
        customerId,
        productId: "umbrella",
        quantity: 1
      })
      const place = "ordering/commands/PlaceOrder"
      assert.deepStrictEqual([
        yield* statusOf(place, order("3001", "ben"), undefined),
        yield* statusOf(place, order("3001", "ben"), ada),
        yield* statusOf(place, order("3001", "ada"), ada),
        yield* statusOf(place, order("3002", "ben"), manager)
      ], [401, 403, 200, 200])
      const price = { productId: "umbrella", price: { amount: 1, currency: "EUR" } }
      assert.strictEqual(yield* statusOf("catalog/commands/ChangePrice", price, ada), 403)
      const parcels = `${url}/shipping/views/Parcels`
      assert.strictEqual((yield* HttpClient.get(parcels)).status, 401)
      const countOf = (token: string) =>
        Effect.map(
          textOf(`${url}/ordering/views/Orders?limit=1000`, token),
          (text) => (JSON.parse(text) as { readonly rows: ReadonlyArray<unknown> }).rows.length
        )
      assert.strictEqual(yield* countOf(manager), 152)
      assert.isBelow(yield* countOf(ada), 20)
      // What leaves Customers has no e-mail address; the manager sees it there, Ada her own.
      assert.include(yield* textOf(`${url}/customers/views/Accounts/ada`, ada), "ada@example.com")
      assert.notInclude(yield* textOf(`${url}/ordering/views/Orders?limit=1000`, manager), "@example.com")
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("killed while it is being filled, and again while customers order, goes on where it was", () =>
    Effect.gen(function*() {
      const cwd = yield* folder
      const first = yield* start(cwd)
      yield* first.says("Categories")
      yield* first.kill
      assert.notInclude(yield* first.printed, "Ctrl-C")
      const second = yield* start(cwd)
      yield* second.says("Orders  ")
      yield* second.kill
      const printed = yield* (yield* start(cwd)).opened
      assert.match(printed, summary)
      assert.match(printed, orders)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("killed while it is open, shows the same rows and events again and fills nothing", () =>
    Effect.gen(function*() {
      const cwd = yield* copied
      const first = yield* start(cwd)
      const opened = yield* first.opened
      const repriced = yield* HttpClient.post(`${urlIn(opened)}/catalog/commands/ChangePrice`, {
        body: HttpBody.jsonUnsafe({ productId: "umbrella", price: { amount: 3900, currency: "EUR" } }),
        headers: { authorization: `Bearer ${tokenIn(opened, "manager")}` }
      })
      assert.strictEqual(repriced.status, 200)
      yield* until(textOf(`${urlIn(opened)}/ordering/views/Offers/umbrella`), (row) => row.includes("3900"))
      yield* first.interrupt
      const killed = yield* start(cwd)
      const before = yield* Effect.flatMap(killed.opened, contents)
      assert.match(before.summary, /1237 events/)
      yield* killed.kill
      const printed = yield* (yield* start(cwd)).opened
      assert.notMatch(printed, /█/)
      assert.deepStrictEqual(yield* contents(printed), before)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("begins with a new shop when it is told to", () =>
    Effect.gen(function*() {
      const cwd = yield* copied
      const again = yield* start(cwd, "--reset")
      yield* again.says("Products")
      assert.match(yield* again.printed, /Categories +█+ 9\/9\nProducts +█+ 64\/64/)
    }).pipe(Effect.scoped, Effect.provide(Services)))

  it.live("closes on Ctrl-C without complaint", () =>
    Effect.gen(function*() {
      const shop = yield* start(yield* copied)
      yield* shop.opened
      assert.strictEqual(yield* shop.interrupt, 0)
    }).pipe(Effect.scoped, Effect.provide(Services)))
})

/** What is printed when the shop can't open: one sentence, and no stack. */
const complaint = Effect.fnUntraced(function*(cwd: string, ...flags: ReadonlyArray<string>) {
  const { code, output } = yield* (yield* start(cwd, ...flags)).ended
  assert.strictEqual(code, 1)
  const lines = output.split("\n").map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("{"))
  assert.deepStrictEqual([lines.length, lines[0]], [2, "ERROR"], output)
  return lines[1]!
})

describe("a shop that can't open says why and what to do", { concurrent: true }, () => {
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
