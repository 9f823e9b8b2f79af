/** What comes in from outside: each delivery is done once, whoever receives it and however often. */
import type { InboundRequest } from "@reventless/core/Inbound"
import * as Webhook from "@reventless/core/Webhook"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { equal } from "../conformance/Check.ts"
import { type AnyCheck, chapter } from "./Check.ts"
import { log, open, type Running, start } from "./Fixture.ts"
import * as Till from "./Till.ts"

const check = chapter("what comes in")

const till = Effect.flatMap(open, (on) => start({ on, plugins: [Till.make()] }))

/** A request, signed by the clock of the check and `later` seconds after it. */
const signed = Effect.fnUntraced(function*(id: string, later = 0) {
  const body = JSON.stringify({ bill: "a", cents: 1200 })
  const timestamp = Math.floor((yield* Clock.currentTimeMillis) / 1000) + later
  const headers = yield* Effect.orDie(Webhook.sign(Till.secret, { id, timestamp, body }))
  const request: InboundRequest = {
    plugin: "Till",
    name: "PaymentReceived",
    id,
    timestamp: headers["webhook-timestamp"],
    signature: headers["webhook-signature"],
    body: Uint8Array.from(body, (char) => char.charCodeAt(0))
  }
  return request
})

/** What becomes of a request: taken, or why not. */
const answer = ({ inbound }: Running, request: InboundRequest) =>
  Effect.map(Effect.result(inbound.receive(request)), (result) =>
    Result.isSuccess(result)
      ? result.success.status
      : result.failure._tag === "InboundRefused"
      ? result.failure.reason
      : result.failure._tag)

const openBill = ({ bus }: Running) => bus.send(Till.Open, { bill: Till.BillId.make("a") })

/** How often the bill was paid, once nothing waits any more. */
const paid = Effect.fnUntraced(function*(running: Running) {
  const waits = Effect.map(
    running.operations.inbound("Till.PaymentReceived"),
    ({ inbound }) => inbound.some(({ status }) => status === "Accepted")
  )
  yield* Effect.repeat(Effect.andThen(Effect.sleep(1), waits), { while: (waiting) => waiting })
  return (yield* log(running)).filter(({ type }) => type === "Paid").length
})

export const inbound: ReadonlyArray<AnyCheck> = [
  check(
    "a delivery is taken once and done once, by however many platforms and however often it is received",
    Effect.gen(function*() {
      const platforms = [yield* till, yield* till]
      yield* openBill(platforms[0]!)
      const requests = yield* Effect.forEach([0, 1, 2, 3, 4], (later) => signed("msg_1", later))
      const answers = yield* Effect.forEach(
        platforms.flatMap((running) => requests.map((request) => ({ running, request }))),
        ({ request, running }) => answer(running, request),
        { concurrency: "unbounded" }
      )
      yield* equal(answers.filter((one) => one === "Accepted").length, 1, "how often it was accepted")
      yield* equal(
        answers.filter((one) => !["Accepted", "Duplicate", "Replayed"].includes(one)),
        [],
        "what else was answered"
      )
      for (const running of platforms) yield* equal(yield* paid(running), 1, "how often it was paid")
    })
  ),
  check(
    "what was accepted is done after a restart, and what was received before is known",
    Effect.gen(function*() {
      const first = yield* till
      yield* openBill(first)
      const request = yield* signed("msg_1")
      yield* equal(yield* answer(first, request), "Accepted", "the first answer")
      yield* first.stop
      const second = yield* till
      yield* equal(yield* paid(second), 1, "how often it was paid")
      yield* equal(yield* answer(second, request), "Replayed", "the answer to the same request")
      yield* equal(yield* answer(second, yield* signed("msg_1", 1)), "Duplicate", "the answer to another delivery")
      const { inbound } = yield* second.operations.inbound("Till.PaymentReceived")
      yield* equal(
        inbound.map(({ refusal, status }) => refusal ?? status),
        ["Duplicate", "Replayed", "Translated"],
        "the record"
      )
    })
  ),
  check(
    "a delivery whose command is rejected is done once it isn't",
    Effect.gen(function*() {
      const running = yield* till
      yield* equal(yield* answer(running, yield* signed("msg_1")), "Accepted", "the answer")
      const failed = Effect.map(
        running.operations.inbound("Till.PaymentReceived"),
        ({ inbound }) => inbound[0]?.reason?.includes("NoBill") === true
      )
      yield* Effect.repeat(Effect.andThen(Effect.sleep(1), failed), { until: (done) => done })
      yield* openBill(running)
      yield* equal(yield* paid(running), 1, "how often it was paid")
    })
  )
]
