/** Lanes: what has an order keeps it, and what has none comes to the same in every order. */
import { type DeliveryOrder } from "@reventless/core/ReactionPipeline"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { equal } from "../conformance/Check.ts"
import { range, together } from "../conformance/Fixture.ts"
import { reverseLanes, shuffleLanes } from "../internal/shuffleLanes.ts"
import { Journal } from "./Bank.ts"
import * as BankPlugin from "./BankPlugin.ts"
import { type AnyCheck, chapter, type OrderedCheck, OrderedHome } from "./Check.ts"
import {
  anyCommand,
  log,
  rebuilt,
  rowsFollowFromTheLog,
  type Running,
  seeded,
  someCommands,
  start,
  startBank
} from "./Fixture.ts"
import * as Model from "./Model.ts"

const check = chapter("lanes")

/** Shuffles what has no order, by the random numbers of the check. */
const shuffled = Effect.map(
  Effect.service(Random.Random),
  (random): (typeof DeliveryOrder)["Service"] => (deliveries) =>
    Effect.provideService(shuffleLanes(deliveries), Random.Random, random)
)

/** Random commands of several senders at once; the token of the last. */
const crowd = Effect.fnUntraced(function*(running: Running) {
  yield* together(range(6).map(() => someCommands(running, 15)))
  const { token } = yield* Effect.repeat(anyCommand(running), { until: (accepted) => accepted !== undefined })
    .pipe(Effect.map((accepted) => accepted!))
  return token
})

export const lanes: ReadonlyArray<AnyCheck> = [
  check(
    "the events of one account are applied in their order, whatever is applied between them",
    seeded(Effect.gen(function*() {
      const running = yield* startBank({ deliveryOrder: yield* shuffled })
      const token = yield* crowd(running)
      yield* rowsFollowFromTheLog(running, token)
      // Once more, with batches as large as the store makes them.
      yield* rebuilt(running)
      yield* rowsFollowFromTheLog(running, token)
    }))
  ),
  check(
    "a view without order comes to the same rows in every order",
    seeded(Effect.gen(function*() {
      const first = yield* startBank({ deliveryOrder: yield* shuffled })
      yield* rowsFollowFromTheLog(first, yield* crowd(first))
      yield* first.stop
      const again = yield* startBank({ deliveryOrder: (deliveries) => Effect.succeed(reverseLanes(deliveries)) })
      const token = yield* someCommands(again, 5)
      yield* rowsFollowFromTheLog(again, token)
    }))
  )
]

export const totalOrder: ReadonlyArray<OrderedCheck> = [
  check(
    "a view in total order is fed all events in the order of their commits",
    seeded(Effect.gen(function*() {
      const running = yield* start({
        plugins: [BankPlugin.ordered],
        on: yield* Effect.flatMap(OrderedHome, ({ open }) => open),
        deliveryOrder: yield* shuffled
      })
      const after = yield* crowd(running)
      const found = yield* running.queries.list(Journal, { after })
      yield* equal(found.rows, Model.rowsAfter(yield* log(running)).journal, "the journal that follows from the log")
    }))
  ),
  check(
    "an operator finds the events of a log by type and tag, in pages and in either direction",
    Effect.gen(function*() {
      const { operations, ...running } = yield* start({
        plugins: [BankPlugin.ordered],
        on: yield* Effect.flatMap(OrderedHome, ({ open }) => open)
      })
      yield* someCommands({ operations, ...running }, 30)
      const whole = yield* log(running)
      const position = ({ position }: { readonly position: number }) => position
      for (const backwards of [false, true]) {
        const found: Array<number> = []
        let from: number | undefined
        do {
          const page = yield* operations.events("Bank", { limit: 7, backwards, from })
          found.push(...page.events.map(position))
          from = page.next._tag === "Some" ? page.next.value : undefined
        } while (from !== undefined)
        const expected = whole.map(position)
        yield* equal(found, backwards ? expected.toReversed() : expected, "positions")
      }
      const deposits = yield* operations.events("Bank", { types: ["Deposited"], tags: ["account:a"], limit: 1000 })
      const expected = whole.filter(({ tags, type }) => type === "Deposited" && tags.includes("account:a"))
      yield* equal(deposits.events.map(position), expected.map(position), "deposits on one account")
    })
  )
]
