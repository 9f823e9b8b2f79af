/** Properties: claims about a plugin that are tried with values made from its schemas. */
import * as Arbitrary from "effect/Arbitrary"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Random from "effect/Random"
import * as Result from "effect/Result"

/** A claim about a plugin. `run` fails when the claim is wrong, with a small input for which it is. */
export interface Property<out R> {
  readonly group: string
  /** The claim, as a sentence. */
  readonly name: string
  /** Why it can't be tried: no values can be made from a schema. Undefined where it can. */
  readonly untried: string | undefined
  readonly run: Effect.Effect<void, PropertyFailed, R>
}

/** The claim is wrong for an input. */
export class PropertyFailed extends Data.TaggedError("PropertyFailed")<{ readonly message: string }> {}

/** How hard properties are tried. */
export interface Effort {
  /** How many inputs a claim about single values is tried with; one about histories with a fifth of them. */
  readonly runs: number
  /** What inputs are made from. Each run draws its own when absent, and names it when it fails. */
  readonly seed: string | undefined
}

/** How hard properties are tried: with 100 inputs unless something else is provided. */
export const Effort = Context.Reference<Effort>("@reventless/testing/properties/Property/Effort", {
  defaultValue: () => ({ runs: 100, seed: undefined })
})

/** What is wrong with an input. */
export class Wrong extends Data.TaggedError("Wrong")<{ readonly message: string }> {}

/** Says what is wrong, as a sentence. */
export const wrong = (message: string): Effect.Effect<never, Wrong> => Effect.fail(new Wrong({ message }))

/** Says what is wrong, unless the condition holds. */
export const holds = (condition: boolean, message: () => string): Effect.Effect<void, Wrong> =>
  condition ? Effect.void : wrong(message())

/** A value as text, for people. */
export const show = (value: unknown): string => Formatter.format(value, { space: 2 })

/** How large values are made: texts and lists of a dozen parts, whole numbers up to some hundreds. */
const size = 12

/** A defect is wrong too; the runner of properties would let it through without an input. */
const contained = <R>(claim: Effect.Effect<void, Wrong, R>): Effect.Effect<boolean, Wrong, R> =>
  Effect.catchCause(Effect.as(claim, true), (cause) => {
    const failure = cause.reasons.find((reason) => reason._tag === "Fail")
    return Cause.hasInterruptsOnly(cause)
      ? Effect.failCause(cause)
      : wrong(failure === undefined ? Cause.pretty(cause) : failure.error.message)
  })

/** Makes the properties of one chapter; each is tried with this part of the inputs. */
export const chapter = (group: string, part = 1) =>
<A, R>(
  name: string,
  inputs: () => Arbitrary.Arbitrary<A>,
  claim: (input: A) => Effect.Effect<void, Wrong, R>
): Property<R> => {
  const made = Result.try({ try: inputs, catch: (error) => error instanceof Error ? error.message : String(error) })
  return Result.isFailure(made)
    ? { group, name, untried: made.failure, run: Effect.void }
    : { group, name, untried: undefined, run: tried(`${group}: ${name}`, part, made.success, claim) }
}

const tried = Effect.fnUntraced(function*<A, R>(
  name: string,
  part: number,
  inputs: Arbitrary.Arbitrary<A>,
  claim: (input: A) => Effect.Effect<void, Wrong, R>
) {
  const { runs, seed: asked } = yield* Effort
  const seed = asked ?? String(yield* Random.nextIntBetween(0, 2 ** 31))
  const result = yield* Arbitrary.checkEffect(inputs, (input) => contained(claim(input)), {
    runs: Math.ceil(runs * part),
    size,
    maxShrinks: 300,
    seed: `${seed} ${name}`
  })
  if (result._tag === "Passed") return
  const reason = result._tag === "Falsified" && result.failure._tag === "PropertyError"
    ? `${result.failure.error.message}\nIt is so with ${show(result.shrunkInput)}`
    : Arbitrary.formatCheckFailure(result)
  return yield* new PropertyFailed({ message: `${name}\n${reason}\nREVENTLESS_SEED=${seed} repeats it.` })
})
