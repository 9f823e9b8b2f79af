import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** How many writers there can be at a time whose positions are never equal. */
const writers = 4096

/** 2020-01-01, in milliseconds since 1970: where ticks begin, so that positions stay whole numbers until 2089. */
const beginning = 1_577_836_800_000

const tickOf = (position: number): number => Math.floor(position / writers)

/**
 * Positions of events: a hybrid logical clock (Kulkarni et al., 2014) with the writer's number in its low bits. They are
 * unique, and increase in each partition and along cause and effect. Between unrelated partitions they are no commit
 * order, so nothing resumes or decides by them; a wrong clock makes them odd and nothing else.
 */
export interface Positions {
  /** Takes note of a position that was read: whatever is written from now on comes after it. */
  readonly saw: (position: number) => void
  /** So many ascending positions, greater than `above` and than all that were given or seen before. */
  readonly take: (above: number, count: number) => Effect.Effect<ReadonlyArray<number>>
}

/** Makes the positions of a writer, who is the `start`th that was ever started on the table. */
export const make = (start: number): Positions => {
  const writer = start % writers
  let last = 0
  return {
    saw: (position) => {
      last = Math.max(last, tickOf(position))
    },
    take: (above, count) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const first = Math.max(Math.floor(now - beginning), last + 1, tickOf(above) + 1)
        last = first + count - 1
        return Array.from({ length: count }, (_, index) => (first + index) * writers + writer)
      })
  }
}
