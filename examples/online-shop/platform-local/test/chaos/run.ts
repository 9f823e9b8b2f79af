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
import { enter, go, register, type Wish } from "./customers.ts"
import * as Killed from "./killed.ts"
import { look, mailsOf, settled } from "./look.ts"
import { open } from "./open.ts"
import * as World from "./world.ts"

export interface Options {
  /** An empty folder, for the shop and the cache of compiled modules. */
  readonly folder: string
  readonly seed: string
  readonly kills: number
  /** Whether each plugin runs in a process of its own, and one is killed while the others go on. */
  readonly apart?: boolean
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

const halfAnHour = 31 * 60_000

/** Runs it. */
export const run = async ({ apart = false, folder, kills, progress, seed }: Options): Promise<Report> => {
  const began = performance.now()
  const file = path.join(folder, "shop.db")
  const world = World.make(seed)
  const { customers, nextList, stock, wish, wishes } = world
  const violations: Array<string> = []
  const ahead = await (apart ? Killed.apart : Killed.whole)({
    file,
    cache: path.join(folder, "cache"),
    kills,
    world,
    violations,
    progress: (kill) => {
      const paid = wishes.filter(({ state }) => state === "paid").length
      progress?.(`kill ${kill}: ${paid} paid, ${mailsOf(file).length} mails`)
    }
  })

  const last = Effect.gen(function*() {
    const { url } = yield* HttpServer
    const door = yield* Effect.promise(() => enter(url, ahead))
    if (kills === 0) {
      const bus = yield* CommandBus
      yield* bus.send(Category.commands.CreateCategory, { categoryId: CategoryId.make("things"), name: "Things" })
      const { key, list } = nextList()
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
      return yield* look({ file, kills: apart ? kills + 4 : kills, stock, wishes })
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
