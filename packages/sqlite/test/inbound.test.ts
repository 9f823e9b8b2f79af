import { assert, describe, it } from "@effect/vitest"
import { EventStores } from "@reventless/core/EventStores"
import { Inbound } from "@reventless/core/Inbound"
import * as IndexPlan from "@reventless/core/IndexPlan"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Query from "@reventless/core/Query"
import * as Webhook from "@reventless/core/Webhook"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { spawn } from "node:child_process"
import * as path from "node:path"
import { type Order, secret, Till, type Told } from "./inbound/till.ts"
import { folder, newFile } from "./support.ts"

/** The platform on a file, for as long as the effect runs: as if a process began and ended. */
const onFile = (filename: string) =>
  Effect.provide(
    Platform.layer({ version: "1.0.0", plugins: [Till] }).pipe(Layer.provideMerge(SqlitePlatform.layer({ filename })))
  )

const slice = "Till.PaymentReceived"

/** A request, signed by the clock of this machine. */
const signed = Effect.fnUntraced(function*(id: string, off = 0) {
  const body = JSON.stringify({ bill: id, amount: 1 })
  const headers = yield* Webhook.sign(secret, { id, body, timestamp: Math.floor(Date.now() / 1000) + off })
  const request: Told = {
    plugin: "Till",
    name: "PaymentReceived",
    id,
    timestamp: headers["webhook-timestamp"],
    signature: headers["webhook-signature"],
    body
  }
  return request
})

const receive = ({ body, ...request }: Told) =>
  Effect.flatMap(Inbound, (inbound) => inbound.receive({ ...request, body: new TextEncoder().encode(body) }))

/** The bills that were paid, once all that was accepted is translated. */
const paid = Effect.gen(function*() {
  const { inbound } = yield* Operations
  while ((yield* inbound(slice, { limit: 1000 })).inbound.some(({ status }) => status === "Accepted")) {
    yield* Effect.sleep(5)
  }
  const { store } = yield* (yield* EventStores).of({ name: Till.name, plan: IndexPlan.open })
  const events = yield* Stream.runCollect(store.read(Query.make({ types: ["Paid"] })))
  return events.map(({ data }) => (data as { readonly bill: string }).bill)
}).pipe(Effect.scoped)

/** Runs by a clock that is ahead: the leases of who was killed have run out. */
const ahead = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.flatMap(Clock.Clock, (clock) =>
    Effect.provideService(effect, Clock.Clock, {
      currentTimeMillisUnsafe: () => clock.currentTimeMillisUnsafe() + 20_000,
      currentTimeMillis: Effect.map(clock.currentTimeMillis, (now) => now + 20_000),
      monotonicTimeNanosUnsafe: () => clock.monotonicTimeNanosUnsafe(),
      monotonicTimeNanos: clock.monotonicTimeNanos,
      currentTimeNanosUnsafe: () => clock.currentTimeNanosUnsafe(),
      currentTimeNanos: clock.currentTimeNanos,
      sleep: (duration) => clock.sleep(duration)
    }))

/** A process that has loaded everything and waits to be told what to receive. */
const prepare = (filename: string, cache: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const child = spawn(process.execPath, [path.join(import.meta.dirname, "inbound/child.ts"), filename], {
        stdio: ["pipe", "pipe", "inherit"],
        env: { ...process.env, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? cache }
      })
      child.stdin.on("error", () => {})
      const ended = new Promise<void>((resolve) => child.once("close", () => resolve()))
      let text = ""
      child.stdout.setEncoding("utf8").on("data", (chunk: string) => text += chunk)
      const lines = () => text.split("\n").slice(0, -1)
      return {
        lines,
        said: (count: number) =>
          Effect.gen(function*() {
            while (lines().length < count) yield* Effect.sleep(2)
          }),
        order: (order: Order) => Effect.sync(() => child.stdin.write(JSON.stringify(order))),
        kill: Effect.sync(() => child.kill("SIGKILL")),
        ended: Effect.promise(() => ended)
      }
    }),
    ({ ended, kill }) => Effect.andThen(kill, ended)
  )

describe("what comes in, on SQLite", () => {
  for (const point of ["stored", "appended", "finished"] as const) {
    it.live(`is translated once when its process is killed after it was ${point}`, () =>
      Effect.gen(function*() {
        const filename = yield* newFile
        const child = yield* prepare(filename, yield* folder)
        yield* child.said(1)
        yield* child.order({ point, requests: [yield* signed("a")] })
        yield* child.ended
        yield* Effect.gen(function*() {
          const again = yield* receive(yield* signed("a", 1))
          assert.strictEqual(again.status, "Duplicate")
          assert.deepStrictEqual(yield* paid, ["a"])
        }).pipe(onFile(filename), ahead)
      }).pipe(Effect.scoped))
  }

  it.live("and was accepted is translated after a restart; what was refused before is remembered", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const request = yield* signed("a")
      yield* receive(request).pipe(onFile(filename))
      yield* Effect.gen(function*() {
        assert.deepStrictEqual(yield* paid, ["a"])
        assert.strictEqual((yield* Effect.flip(receive(request)))._tag, "InboundRefused")
      }).pipe(onFile(filename))
      yield* Effect.gen(function*() {
        const { inbound } = yield* Operations
        const page = yield* inbound(slice)
        assert.deepStrictEqual(page.inbound.map(({ refusal, status }) => refusal ?? status), ["Replayed", "Translated"])
      }).pipe(onFile(filename))
    }).pipe(Effect.scoped))

  it.live("is taken by one of two processes that receive it at once", () =>
    Effect.gen(function*() {
      const filename = yield* newFile
      const ids = Array.from({ length: 30 }, (_, index) => `msg_${index}`)
      const children = [yield* prepare(filename, yield* folder), yield* prepare(filename, yield* folder)]
      for (const child of children) yield* child.said(1)
      // The same requests to both, and each delivery a second time, signed anew.
      const first = yield* Effect.forEach(ids, (id) => signed(id))
      const second = yield* Effect.forEach(ids, (id) => signed(id, 1))
      for (const child of children) yield* child.order({ requests: [...first, ...second] })
      for (const child of children) yield* child.said(1 + 2 * ids.length)
      const said = children.flatMap((child) => child.lines().slice(1)).map((line) => line.split(" "))
      for (const id of ids) {
        const answers = said.filter(([of]) => of === id).map(([, answer]) => answer)
        assert.strictEqual(answers.length, 4)
        assert.strictEqual(answers.filter((answer) => answer === "Accepted").length, 1, `${id}: ${answers.join(", ")}`)
        assert.isTrue(answers.every((answer) => ["Accepted", "Duplicate", "Replayed"].includes(answer!)))
      }
      assert.deepStrictEqual((yield* paid.pipe(onFile(filename))).toSorted(), ids.toSorted())
    }).pipe(Effect.scoped))
})
