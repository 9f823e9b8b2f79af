/**
 * A chaos run: the whole shop, all four plugins, runs in a process of its own, customers order and pay over HTTP, lists of
 * products are dropped into its inbox; it is killed at a random moment, also while one plugin tells another what happened,
 * and another process takes its place, again and again. Then the customers finish, half an hour passes, and one looks at
 * what has become of it all.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import { ObjectStore } from "@reventless/core/ObjectStore"
import { Category } from "@reventless/example-catalog"
import { CategoryId } from "@reventless/example-catalog-spec"
import { HttpServer } from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import * as Children from "./children.ts"
import { cents, enter, go, register, type Wish } from "./customers.ts"
import { look, mailsOf, settled } from "./look.ts"
import { open } from "./open.ts"

export interface Options {
  /** An empty folder, for the shop and the cache of compiled modules. */
  readonly folder: string
  readonly seed: string
  readonly kills: number
  /** Told after each kill. */
  readonly progress?: (line: string) => void
}

/** What came of a run. */
export interface Report {
  readonly seed: string
  readonly kills: number
  readonly shipped: number
  readonly cancelled: number
  readonly refused: number
  readonly events: number
  /** Calls of the mail sink, and how many of them repeated one. */
  readonly mails: number
  readonly repeated: number
  readonly millis: number
  /** What should not have happened. Empty when everything is right. */
  readonly violations: ReadonlyArray<string>
}

/** Numbers from 0 up to 1 that follow from a text. */
const randoms = (text: string): () => number => {
  let state = 2_166_136_261
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 16_777_619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** By how much the clock of each process is ahead of that before it: longer than a lease. */
const leap = 11_000
const halfAnHour = 31 * 60_000
const customers = ["ada", "ben", "cleo", "dan"]

/** Runs it. */
export const run = async ({ folder, kills, progress, seed }: Options): Promise<Report> => {
  const began = performance.now()
  const file = path.join(folder, "shop.db")
  const random = randoms(seed)
  const pick = <A>(values: ReadonlyArray<A>): A => values[Math.floor(random() * values.length)]!
  const spawn = () => Children.start(file, path.join(folder, "cache"))
  const wishes: Array<Wish> = []
  const stock = new Map<string, number>()
  const violations: Array<string> = []
  let ahead = 0

  /** A new product each time; of all but the first there may be too few. */
  const nextList = (round: number) => {
    const productId = `product-${round}`
    stock.set(productId, stock.size === 0 ? 1000 : pick([5, 1000]))
    const list = `productId,category,name,price,currency,count\n${productId},things,Product,${cents / 100},EUR,${
      stock.get(productId)
    }\n`
    return { key: `products/${productId}.csv`, list: `${list}a line that is wrong\n` }
  }
  const wish = () => {
    const orderId = `order-${wishes.length}`
    const [customerId, productId] = [pick(customers), pick([...stock.keys()])]
    const quantity = 1 + Math.floor(random() * 3)
    wishes.push({ orderId, customerId, productId, quantity, pays: random() < 0.67, state: "wanted", tries: 0 })
  }

  let spare = kills > 0 ? spawn() : undefined
  for (let kill = 1; kill <= kills && violations.length === 0; kill++) {
    const child = spare!
    spare = kill < kills ? spawn() : undefined
    const door = await enter(await child.open({ ahead, ...nextList(kill) }), ahead)
    if (kill === 1) { for (const customer of customers) await register(door, customer) }
    for (let count = 0; count < 12; count++) wish()
    const end = { isHere: false }
    const going = go(door, wishes, stock, end).catch((error: unknown) => {
      violations.push(`kill ${kill}: ${error}`)
    })
    await sleep(10 + random() * 600)
    end.isHere = true
    const ended = await child.kill()
    if (ended !== "SIGKILL") violations.push(`kill ${kill}: the shop ended by itself (${ended})`)
    await going
    ahead += leap
    progress?.(
      `kill ${kill}: ${wishes.filter(({ state }) => state === "paid").length} paid, ${mailsOf(file).length} mails`
    )
  }

  const last = Effect.gen(function*() {
    const { url } = yield* HttpServer
    const door = yield* Effect.promise(() => enter(url, ahead))
    if (kills === 0) {
      const bus = yield* CommandBus
      yield* bus.send(Category.commands.CreateCategory, { categoryId: CategoryId.make("things"), name: "Things" })
      const { key, list } = nextList(0)
      const objects = yield* ObjectStore
      yield* objects.put(key, list)
      yield* Effect.promise(() => Promise.all(customers.map((customer) => register(door, customer))))
      for (let count = 0; count < 24; count++) wish()
    }
    yield* Effect.promise(() => go(door, wishes, stock, { isHere: false }))
    if (!(yield* settled(file, wishes, "shipped"))) {
      violations.push("what is paid isn't shipped, or not all is confirmed")
    }
  })
  if (violations.length === 0) await Effect.runPromise(last.pipe(open(file, ahead)))
  const seen = await Effect.runPromise(
    Effect.gen(function*() {
      if (!(yield* settled(file, wishes, "closed"))) violations.push("what isn't paid isn't cancelled")
      return yield* look({ file, kills, stock, wishes })
    }).pipe(open(file, ahead + halfAnHour))
  )
  const count = (state: Wish["state"]) => wishes.filter((wish) => wish.state === state).length
  return {
    seed,
    kills,
    shipped: count("paid"),
    cancelled: count("placed"),
    refused: count("refused"),
    ...seen,
    millis: Math.round(performance.now() - began),
    violations: [...violations, ...seen.violations]
  }
}
