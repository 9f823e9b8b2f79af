/** A map of bounded size that forgets what was used longest ago. */
export interface Lru<K, V> {
  readonly get: (key: K) => V | undefined
  readonly set: (key: K, value: V) => void
  readonly delete: (key: K) => void
}

/** Makes a map of at most `capacity` entries. */
export const make = <K, V>(capacity: number): Lru<K, V> => {
  const entries = new Map<K, V>()
  return {
    get: (key) => {
      const value = entries.get(key)
      if (value === undefined) return undefined
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    set: (key, value) => {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size > capacity) {
        const [oldest] = entries.keys()
        entries.delete(oldest!)
      }
    },
    delete: (key) => {
      entries.delete(key)
    }
  }
}
