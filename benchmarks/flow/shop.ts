/** The online shop as a process of its own, on a long log: how soon it answers, and how much memory it takes. */
import * as Effect from "effect/Effect"
import { type ChildProcess, spawn } from "node:child_process"
import * as fs from "node:fs"
import * as net from "node:net"
import * as path from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { perBoundary } from "../contenders/event.ts"
import type { Options } from "../lib/options.ts"
import { progress, readable } from "../lib/progress.ts"
import type { Report } from "../lib/report.ts"
import { median } from "../lib/statistics.ts"
import * as Temporary from "../lib/temporary.ts"

const root = fileURLToPath(new URL("../../", import.meta.url))

/** What `pnpm demo` runs: flags of Node's and the script. */
const [, ...demo] = (JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")) as {
  readonly scripts: { readonly demo: string }
}).scripts.demo.split(" ")

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })

interface Shop {
  readonly process: ChildProcess
  readonly url: string
  /** When the process was started. */
  readonly begin: number
  /** Completes when it has said that it is open, with everything counted. */
  readonly open: Promise<number>
}

const start = async (filename: string): Promise<Shop> => {
  const port = await freePort()
  const begin = performance.now()
  const shop = spawn(process.execPath, [...demo, "--file", filename, "--port", `${port}`], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
    env: process.env
  })
  let said = ""
  const open = new Promise<number>((resolve, reject) => {
    shop.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      if (said.includes("Ctrl-C")) resolve(performance.now() - begin)
    })
    shop.on("exit", (code) => reject(new Error(`the shop ended with ${code}: ${said}`)))
  })
  return { process: shop, url: `http://127.0.0.1:${port}`, begin, open }
}

const stop = (shop: Shop): Promise<void> =>
  new Promise((resolve) => {
    shop.open.catch(() => {})
    shop.process.on("exit", () => resolve())
    shop.process.kill("SIGINT")
  })

const json = async (url: string, body?: unknown, token?: string): Promise<any> => {
  const answer = await fetch(
    url,
    body === undefined ? {} : {
      method: "POST",
      headers: {
        "content-type": "application/json",
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` })
      },
      body: JSON.stringify(body)
    }
  )
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

/** Asks until the shop listens. */
const firstAnswer = async (url: string): Promise<any> => {
  while (true) {
    try {
      return await json(url)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

const price = (amount: number) => ({ productId: "umbrella", price: { amount, currency: "EUR" } })

/** A token of a shop manager's. Its key lies beside the shop, so it is good after the next start, too. */
const managerOf = async ({ url }: Shop): Promise<string> =>
  (await json(`${url}/dev/token`, { sub: "manager", groups: ["shop-manager"] })).token

/** Changes a price until the view shows it. */
const changePrice = async ({ url }: Shop, manager: string, amount: number): Promise<void> => {
  const { token } = await json(`${url}/catalog/commands/ChangePrice`, price(amount), manager)
  const row = await json(`${url}/catalog/views/Products/umbrella?after=${encodeURIComponent(token)}&timeout=60000`)
  if (JSON.stringify(row).includes(`"amount":${amount}`)) return
  throw new Error(`the view shows ${JSON.stringify(row)} after the price was changed to ${amount}`)
}

/** MiB of memory that a process takes now. */
const memory = ({ process: { pid } }: Shop): number =>
  Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024

interface Stored {
  readonly plugin: number
  readonly tags: string
  readonly data: string
  readonly meta: string
}

/** Adds products, each with some changes of its price, as the shop stored those of its own. */
const fill = (filename: string, count: number): void => {
  const database = new DatabaseSync(filename)
  database.exec("PRAGMA synchronous = OFF; BEGIN")
  const last = (type: string) =>
    database.prepare("SELECT plugin, tags, data, meta FROM events WHERE type = ? ORDER BY position DESC LIMIT 1")
      .get(type) as unknown as Stored
  const templates = { ProductAdded: last("ProductAdded"), PriceChanged: last("PriceChanged") }
  const event = database.prepare("INSERT INTO events (plugin, type, tags, data, meta) VALUES (?, ?, ?, ?, ?)")
  const entry = database.prepare("INSERT INTO event_tags VALUES (?, ?, ?, ?)")
  for (let index = 0; index < count; index++) {
    const type = index % perBoundary === 0 ? "ProductAdded" : "PriceChanged"
    const productId = `product-${Math.floor(index / perBoundary)}`
    const { data, meta, plugin } = templates[type]
    const categoryIds = ["kitchen"]
    const tags = [`product:${productId}`, "category:kitchen"]
    const content = { ...JSON.parse(data), productId, categoryIds, price: { amount: 100 + index, currency: "EUR" } }
    const own = { ...JSON.parse(meta), messageId: `filling-${index}` }
    const { lastInsertRowid } = event.run(
      plugin,
      type,
      JSON.stringify(tags),
      JSON.stringify(content),
      JSON.stringify(own)
    )
    for (const tag of tags) entry.run(plugin, tag, type, lastInsertRowid)
  }
  database.exec("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)")
  database.close()
}

/**
 * Waits until ordering has heard of everything that was filled in, and nothing is left to do: what it does still would be
 * measured, too. That takes minutes, as each event is published, and is a command there.
 */
const heard = async ({ url }: Shop, filename: string, products: number): Promise<void> => {
  const pause = () => new Promise((resolve) => setTimeout(resolve, 500))
  let isThere = false
  while (!isThere) {
    const found = await fetch(`${url}/ordering/views/Offers/product-${products - 1}`)
    await found.text()
    isThere = found.ok
    await pause()
  }
  const database = new DatabaseSync(filename, { readOnly: true, timeout: 5000 })
  const waiting = database.prepare("SELECT count(*) AS count FROM work WHERE ready <= ?")
  for (let idle = 0; idle < 4; idle = waiting.get(Date.now())!["count"] === 0 ? idle + 1 : 0) await pause()
  database.close()
}

const measure = async (filename: string, manager: string, amount: number) => {
  const shop = await start(filename)
  await firstAnswer(`${shop.url}/catalog/views/Products/umbrella`)
  const answered = performance.now() - shop.begin
  await changePrice(shop, manager, amount)
  const shown = performance.now() - shop.begin
  const small = memory(shop)
  const open = await shop.open
  for (let more = 1; more <= 100; more++) await changePrice(shop, manager, amount + more)
  const used = memory(shop)
  await stop(shop)
  return { answered, shown, open, small, used }
}

export const run = Effect.fnUntraced(function*(report: Report, options: Options) {
  const events = options.quick ? options.large : 100_000
  const filename = path.join(yield* Temporary.folder, "shop.db")
  const runs = yield* Effect.promise(async () => {
    const fresh = await start(filename)
    await fresh.open
    const manager = await managerOf(fresh)
    await changePrice(fresh, manager, 4000)
    await stop(fresh)
    fill(filename, events)
    const filled = await start(filename)
    const caughtUp = await filled.open
    progress(`shop: the views show ${events} events after ${readable(caughtUp)} ms`)
    await changePrice(filled, manager, 4001)
    await heard(filled, filename, Math.floor((events - 1) / perBoundary) + 1)
    await stop(filled)
    const measured: Array<Awaited<ReturnType<typeof measure>>> = []
    for (let round = 1; round <= options.rounds; round++) {
      const one = await measure(filename, manager, 5000 + 1000 * round)
      progress(
        `shop, round ${round} of ${options.rounds}: answers after ${
          readable(one.answered)
        } ms, shows a command after ` +
          `${readable(one.shown)} ms, is open after ${readable(one.open)} ms, ${readable(one.used)} MiB`
      )
      measured.push(one)
    }
    return measured
  })
  const at = `the shop at ${events.toLocaleString("en-US")} events`
  const contender = "pnpm demo"
  const of = (key: keyof typeof runs[0]) => median(runs.map((one) => one[key]))
  report.figure({ metric: `${at}: first query answered`, contender, value: of("answered"), unit: "ms" })
  report.figure({ metric: `${at}: first command shown`, contender, value: of("shown"), unit: "ms" })
  report.figure({ metric: `${at}: open, all rows counted`, contender, value: of("open"), unit: "ms" })
  report.figure({ metric: `${at}: memory after the first command`, contender, value: of("small"), unit: "MiB" })
  report.figure({
    metric: `${at}: memory after all rows were counted and 100 commands`,
    contender,
    value: of("used"),
    unit: "MiB"
  })
  const atMost = { direction: "at most" } as const
  report.target({
    claim: `${at} starts, its first command shown`,
    wanted: 1500,
    unit: "ms",
    got: of("shown"),
    ...atMost,
    remark: "as `pnpm demo` starts it, its code compiled by an earlier start"
  })
  report.target({
    claim: `${at}, memory`,
    wanted: 200,
    unit: "MiB",
    got: of("used"),
    ...atMost,
    remark:
      "as `pnpm demo` starts it, which bounds what Node allocates between two collections of young garbage: see its flag"
  })
}, Effect.scoped)
