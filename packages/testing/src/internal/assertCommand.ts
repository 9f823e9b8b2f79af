import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { differences, failure, lines, showTagged, under } from "./difference.ts"
import { eventDifferences, fieldsOf, place, type Tagged } from "./eventDifference.ts"
import { type Case, definitionsOf, type Outcome, runCommand } from "./runCommand.ts"
import { storeEvents } from "./storedEvents.ts"

/** An expected error: its class, or one with its fields. */
export type ExpectedError = Schema.Codec<{ readonly _tag: string }, any> | Tagged

const count = (events: number): string => events === 0 ? "no event" : events === 1 ? "1 event" : `${events} events`

/** Runs the command and checks that it made exactly these events. */
export const assertEvents = Effect.fnUntraced(function*<R>(test: Case<R>, expected: ReadonlyArray<Tagged>) {
  const { component } = test
  const outcome: Outcome = yield* runCommand(test)
  if (outcome._tag === "Failed") {
    return yield* failure(
      component,
      under(`expected ${count(expected.length)}, but the command failed`, [`received ${showTagged(outcome.error)}`])
    )
  }
  yield* storeEvents(component, definitionsOf(test.behavior), "expected", expected)
  const found = eventDifferences(expected, outcome.events)
  if (found.length > 0) {
    return yield* failure(component, under(expected.length === 0 ? "expected no event" : "the events differ", found))
  }
})

const isSchema = (expected: ExpectedError): expected is Exclude<ExpectedError, Tagged> => Schema.isSchema(expected)

/** How an error differs from the expected one, in lines; none when it is the one. */
const errorDifference = (name: string, expected: ExpectedError, error: Tagged): ReadonlyArray<string> => {
  if (isSchema(expected) ? Schema.is(expected)(error) : error._tag === expected._tag) {
    const found = isSchema(expected) ? [] : differences({ ...expected }, { ...error })
    return found.length === 0 ? [] : under(`the error ${name} differs`, lines(found))
  }
  return under(`expected ${name}, but the command failed otherwise`, [`received ${showTagged(error)}`])
}

/** Runs the command and checks that it failed with this error. */
export const assertError = Effect.fnUntraced(function*<R>(test: Case<R>, expected: ExpectedError) {
  const outcome: Outcome = yield* runCommand(test)
  const name = isSchema(expected) ? (expected as { readonly name?: string }).name ?? "that error" : expected._tag
  const report = outcome._tag === "Failed"
    ? errorDifference(name, expected, outcome.error)
    : under(
      `expected ${name}, but the command made ${count(outcome.events.length)}`,
      outcome.events.flatMap((event, index) => under(place(index, event), [fieldsOf(event)]))
    )
  if (report.length > 0) return yield* failure(test.component, report)
})
