import { differences, lines, show, under } from "./difference.ts"

/** An event, as a value. */
export interface Tagged {
  readonly _tag: string
}

/** An expected and a received event that belong together, by index; one of them may be missing. */
interface Pair {
  readonly expected: number | undefined
  readonly received: number | undefined
}

/** What it costs to leave an event without a partner; a pair costs how much of it differs, less than two of these. */
const alone = 1

const cost = (expected: Tagged, received: Tagged): number =>
  expected._tag !== received._tag ? Infinity : differences(expected, received).length === 0 ? 0 : 0.5

/** Pairs events of equal names in order, so that one missing event doesn't make all later ones look wrong. */
const pair = (expected: ReadonlyArray<Tagged>, received: ReadonlyArray<Tagged>): ReadonlyArray<Pair> => {
  /** The cheapest way to pair what is left from these indexes on. */
  const best: Array<Array<{ readonly cost: number; readonly first: Pair | undefined }>> = []
  for (let i = expected.length; i >= 0; i--) {
    best[i] = []
    for (let j = received.length; j >= 0; j--) {
      const ways: Array<{ readonly cost: number; readonly first: Pair | undefined }> = []
      if (i < expected.length && j < received.length) {
        ways.push({
          cost: best[i + 1]![j + 1]!.cost + cost(expected[i]!, received[j]!),
          first: { expected: i, received: j }
        })
      }
      if (i < expected.length) {
        ways.push({ cost: best[i + 1]![j]!.cost + alone, first: { expected: i, received: undefined } })
      }
      if (j < received.length) {
        ways.push({ cost: best[i]![j + 1]!.cost + alone, first: { expected: undefined, received: j } })
      }
      best[i]![j] = ways.length === 0
        ? { cost: 0, first: undefined }
        : ways.reduce((a, b) => b.cost < a.cost ? b : a)
    }
  }
  const pairs: Array<Pair> = []
  let [i, j] = [0, 0]
  for (let next = best[i]![j]!.first; next !== undefined; next = best[i]![j]!.first) {
    pairs.push(next)
    if (next.expected !== undefined) i++
    if (next.received !== undefined) j++
  }
  return pairs
}

/** An event of the history, by its place: `event 1 ProductAdded`. */
export const place = (index: number, { _tag }: Tagged): string => `event ${index + 1} ${_tag}`

/** The fields of an event in one line. */
export const fieldsOf = ({ _tag, ...fields }: Tagged): string => show(fields)

/** What differs between two lists of events, in lines; none when they are equal. */
export const eventDifferences = (
  expected: ReadonlyArray<Tagged>,
  received: ReadonlyArray<Tagged>
): ReadonlyArray<string> =>
  pair(expected, received).flatMap((found) => {
    const [wanted, made] = [expected[found.expected ?? -1], received[found.received ?? -1]]
    if (wanted !== undefined && made !== undefined) {
      const fields = differences(wanted, made)
      return fields.length === 0 ? [] : under(place(found.expected!, wanted), lines(fields))
    }
    return wanted !== undefined
      ? under(`${place(found.expected!, wanted)}  expected, but not made`, [fieldsOf(wanted)])
      : under(`${place(found.received!, made!)}  made, but not expected`, [fieldsOf(made!)])
  })
