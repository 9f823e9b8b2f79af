/** The value below which the part `p` of the values lies; not a number when there are none. */
export const quantile = (values: ReadonlyArray<number>, p: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  if (sorted.length === 0) return NaN
  const place = p * (sorted.length - 1)
  const below = Math.floor(place)
  const above = Math.ceil(place)
  return sorted[below]! + (sorted[above]! - sorted[below]!) * (place - below)
}

export const median = (values: ReadonlyArray<number>): number => quantile(values, 0.5)

export const sum = (values: ReadonlyArray<number>): number => values.reduce((total, value) => total + value, 0)

/** Jain's index: 1 when all get the same, 1/n when one gets everything. */
export const fairness = (shares: ReadonlyArray<number>): number => {
  const squares = sum(shares.map((share) => share * share))
  return squares === 0 ? NaN : sum(shares) ** 2 / (shares.length * squares)
}

/** A generator of numbers from 0 to 1 that gives the same for the same seed. */
export const random = (seed: number): () => number => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}
