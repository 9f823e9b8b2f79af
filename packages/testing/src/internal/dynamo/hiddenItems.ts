/** Items of committed transactions that reads don't see yet. */

/** An item, or its key. Which attributes are the key is agreed: `pk` and `sk`. */
export type Item = Readonly<Record<string, unknown>>

/** An item in its table. */
export interface Place {
  readonly table: string
  readonly item: Item
}

/** What became of an item that a transaction puts. */
interface Entry {
  readonly content: string
  /** How long it is hidden once it is committed, in milliseconds; 0 for one that isn't. */
  readonly lasts: number
  /** When it will be seen, in milliseconds; unknown while its transaction is on its way. */
  until: number
}

const onItsWay = Number.POSITIVE_INFINITY

/** The items that are hidden from the reads of all who share it. */
export interface HiddenItems {
  /** Before a transaction is sent. What the same transaction was told before counts on: what was seen stays visible. */
  readonly begin: (puts: ReadonlyArray<Place>, lasts: ReadonlyArray<number>) => void
  /** The transaction is applied, or may be. */
  readonly committed: (puts: ReadonlyArray<Place>, now: number) => void
  /** The transaction was refused. */
  readonly refused: (puts: ReadonlyArray<Place>) => void
  /** Whether reads don't see the item. */
  readonly hides: (place: Place, now: number) => boolean
  /** Whether a transaction holds the item with this key. */
  readonly holds: (key: Place, now: number) => boolean
  /** When the last of the items will be seen, in milliseconds; 0 when that is already so. */
  readonly seenAt: (puts?: ReadonlyArray<Place>) => number
  /** How many items have been hidden. */
  readonly count: () => number
}

const keyOf = ({ item, table }: Place): string => JSON.stringify([table, item["pk"], item["sk"]])

/** The order of the attributes isn't kept. */
const contentOf = ({ item }: Place): string =>
  JSON.stringify(Object.entries(item).sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0))

/** Nothing is hidden yet. */
export const make = (): HiddenItems => {
  const entries = new Map<string, Array<Entry>>()
  let count = 0

  const at = (place: Place): ReadonlyArray<Entry> => entries.get(keyOf(place)) ?? []
  const find = (place: Place) => {
    const content = contentOf(place)
    return at(place).find((entry) => entry.content === content)
  }

  return {
    begin: (puts, lasts) => {
      for (const [index, place] of puts.entries()) {
        if (find(place) !== undefined) continue
        const last = lasts[index]!
        const entry = { content: contentOf(place), lasts: last, until: last === 0 ? 0 : onItsWay }
        entries.set(keyOf(place), [...at(place), entry])
      }
    },
    committed: (puts, now) => {
      for (const place of puts) {
        const entry = find(place)
        if (entry?.until !== onItsWay) continue
        entry.until = now + entry.lasts
        count++
      }
    },
    refused: (puts) => {
      for (const place of puts) {
        const content = contentOf(place)
        entries.set(keyOf(place), at(place).filter((entry) => entry.content !== content || entry.until !== onItsWay))
      }
    },
    hides: (place, now) => now < (find(place)?.until ?? 0),
    holds: (key, now) => at(key).some(({ until }) => now < until),
    seenAt: (puts) => {
      const found = puts === undefined ? [...entries.values()].flat() : puts.flatMap((place) => find(place) ?? [])
      return Math.max(0, ...found.map(({ until }) => until).filter((until) => until !== onItsWay))
    },
    count: () => count
  }
}
