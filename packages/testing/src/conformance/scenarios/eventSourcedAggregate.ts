/** An aggregate is a boundary of one tag: all its events are read, and every one of them moves it. */
import * as Boundary from "@reventless/core/Boundary"
import { EventStore } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import { chapter, conflicts, equal } from "../Check.ts"
import { type Decision, fact, scenarios, unless } from "../Decision.ts"
import { append, labels, range, readBoundary, tagged } from "../Fixture.ts"

const { contest, scenario } = scenarios("event-sourced aggregate")
const check = chapter("example: event-sourced aggregate")

const opened = (account: string) => fact("Opened", [`account:${account}`])
const deposited = (account: string, amount: number) => fact("Deposited", [`account:${account}`], { amount })
const withdrawn = (account: string, amount: number) => fact("Withdrawn", [`account:${account}`], { amount: -amount })

const withdraw = (account: string, amount: number): Decision => ({
  query: tagged(`account:${account}`),
  decide: (seen) => {
    const balance = seen.reduce((sum, { data }) => sum + ((data as { amount: number } | null)?.amount ?? 0), 0)
    return unless([[seen.length === 0, "no such account"], [balance < amount, "too little money"]], [
      withdrawn(account, amount)
    ])
  }
})

export const eventSourcedAggregate = [
  scenario("what is there can be withdrawn", [opened("1"), deposited("1", 10)], withdraw("1", 10), {
    events: [withdrawn("1", 10)]
  }),
  scenario("an aggregate sees its own events only", [opened("1"), opened("2"), deposited("2", 10)], withdraw("1", 1), {
    refused: "too little money"
  }),
  scenario("an aggregate without events doesn't exist", [opened("2")], withdraw("1", 1), {
    refused: "no such account"
  }),
  contest(
    "many withdrawals at once never take more than there is",
    [opened("1"), deposited("1", 7)],
    range(15).map(() => withdraw("1", 1)),
    { accepted: 7, others: "too little money" }
  ),
  check(
    "an aggregate that was loaded stays usable through its own writes and is refreshed by a delta",
    Effect.gen(function*() {
      const store = yield* EventStore
      const query = tagged("account:1")
      yield* append([opened("1")], { boundary: Boundary.absent(query) })
      const loaded = yield* readBoundary(query)
      yield* append([deposited("1", 5)], { boundary: loaded.boundary })
      yield* conflicts(store.confirm(loaded.boundary), "the boundary before the own write")
      const refreshed = yield* readBoundary(query, loaded.boundary)
      yield* equal(labels(refreshed.events), labels([deposited("1", 5)]), "the delta after the own write")
      yield* append([withdrawn("1", 5)], { boundary: refreshed.boundary })
    })
  )
]
