/** Invoices are numbered without gaps, however many are made at once. */
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import { chapter, equal } from "../Check.ts"
import { type Decision, fact, scenarios, unless } from "../Decision.ts"
import { append, ofTypes, range, read, readBoundary, together } from "../Fixture.ts"

const { scenario } = scenarios("invoice number")
const check = chapter("example: invoice number")

const created = (number: number) => fact("InvoiceCreated", [`invoice:${number}`], { number })

const create: Decision = {
  query: Query.make({ types: ["InvoiceCreated"] }),
  decide: (seen) => unless([], [created(seen.length + 1)])
}

export const invoiceNumber = [
  scenario("the first invoice is number 1", [], create, { events: [created(1)] }),
  scenario("the next invoice has the next number", [created(1), created(2)], create, { events: [created(3)] }),
  check(
    "many invoices at once are numbered without gaps and without repeats",
    Effect.gen(function*() {
      const invoice = Effect.gen(function*() {
        let { boundary, events: { length: count } } = yield* readBoundary(create.query)
        while (true) {
          yield* Effect.yieldNow
          const accepted = yield* append([created(count + 1)], { boundary }).pipe(
            Effect.as(true),
            Effect.catchTag("AppendConflict", () => Effect.succeed(false))
          )
          if (accepted) return
          const delta = yield* readBoundary(create.query, boundary)
          boundary = delta.boundary
          count += delta.events.length
        }
      })
      yield* together(range(15).map(() => invoice))
      const numbers = (yield* read(ofTypes("InvoiceCreated"))).map(({ data }) => (data as { number: number }).number)
      yield* equal(numbers, range(15).map((index) => index + 1), "the numbers, in their order")
    })
  )
]
