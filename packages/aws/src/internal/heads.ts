import type { Copy } from "./items.ts"

/** The last item of a partition that was seen, as far as writers must know it. */
export interface Head {
  readonly version: number
  readonly position: number
  readonly homeSeq: number
}

/** The head of a partition without items. */
export const empty: Head = { version: 0, position: 0, homeSeq: 0 }

/** The head that a copy is. */
export const of = ({ event, homeSeq, version }: Copy): Head => ({ version, homeSeq, position: event.position })

/**
 * The heads that this process has seen. What it remembers of a version is true for ever; that there is nothing behind it
 * is only a guess, which the next write proves or refutes.
 */
export interface Heads {
  readonly get: (partition: string) => Head | undefined
  /** Remembers a head, unless a later one is known. */
  readonly saw: (partition: string, head: Head) => void
}

/** Makes a memory of so many heads; the one that was used longest ago is forgotten first. */
export const make = (capacity: number): Heads => {
  const heads = new Map<string, Head>()
  const put = (partition: string, head: Head) => {
    heads.delete(partition)
    heads.set(partition, head)
    if (heads.size > capacity) heads.delete(heads.keys().next().value!)
  }
  return {
    get: (partition) => {
      const head = heads.get(partition)
      if (head !== undefined) put(partition, head)
      return head
    },
    saw: (partition, head) => {
      const known = heads.get(partition)
      put(partition, known === undefined || known.version < head.version ? head : known)
    }
  }
}
