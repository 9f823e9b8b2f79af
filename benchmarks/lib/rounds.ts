/** Measures contenders side by side: in every round each has its turn, in another order, and one round warms up. */
import * as Effect from "effect/Effect"
import { progress, tidy } from "./progress.ts"

/** What a contender's rounds gave, in order, so that two contenders can be compared round by round. */
export type Rounds<A> = ReadonlyMap<string, ReadonlyArray<A>>

export const interleaved = Effect.fnUntraced(function*<C extends { readonly name: string }, A>(options: {
  readonly label: string
  readonly rounds: number
  readonly contenders: ReadonlyArray<C>
  readonly warmUp?: boolean
  /** `lap` is unique, for names of boundaries that nobody used before. */
  readonly measure: (contender: C, lap: string) => Effect.Effect<A>
  readonly show: (measured: A) => string
}) {
  const { contenders, label, rounds } = options
  const results = new Map<string, Array<A>>(contenders.map(({ name }) => [name, []]))
  for (let round = options.warmUp === false ? 1 : 0; round <= rounds; round++) {
    const first = round % Math.max(1, contenders.length)
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      tidy()
      const measured = yield* options.measure(contender, `${label.replaceAll(/\W+/g, "-")}-${round}`)
      if (round === 0) continue
      results.get(contender.name)!.push(measured)
      progress(`${label}, round ${round} of ${rounds}: ${contender.name} ${options.show(measured)}`)
    }
  }
  return results as Rounds<A>
})
