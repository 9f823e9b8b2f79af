/** A form that is sent twice is recorded once: the client's token is a tag. */
import * as Query from "@reventless/core/Query"
import { type Decision, fact, scenarios, unless } from "../Decision.ts"
import { range } from "../Fixture.ts"

const { contest, scenario } = scenarios("record duplication")

const placed = (order: string, token: string) => fact("OrderPlaced", [`order:${order}`, `idempotency:${token}`])

const place = (order: string, token: string): Decision => ({
  query: Query.make({ types: ["OrderPlaced"], tags: [`idempotency:${token}`] }),
  decide: (seen) => unless([[seen.length > 0, "sent before"]], [placed(order, token)])
})

export const recordDuplication = [
  scenario("an order with a new token is placed", [placed("o1", "t1")], place("o2", "t2"), {
    events: [placed("o2", "t2")]
  }),
  scenario("an order with a used token is refused", [placed("o1", "t1")], place("o2", "t1"), {
    refused: "sent before"
  }),
  contest(
    "of many orders with one token at once one is placed",
    [],
    range(20).map((index) => place(`o${index}`, "t1")),
    {
      accepted: 1,
      others: "sent before"
    }
  ),
  contest(
    "orders with different tokens at once are all placed",
    [],
    range(20).map((index) => place("o", `t${index}`)),
    {
      accepted: 20,
      others: ""
    }
  )
]
