/** What is to happen when, the earliest first; of what is to happen at one time, the first that was added. */

/** Something that is to happen. */
export interface Event {
  readonly at: number
  readonly task: () => void
}

/** Tasks by their time: a binary heap. */
export interface EventQueue {
  /** Adds a task; what is returned takes it away again. */
  readonly add: (at: number, task: () => void) => () => void
  /** The earliest task, which is then no longer in the queue. */
  readonly take: () => Event | undefined
}

interface Entry extends Event {
  readonly order: number
  cancelled: boolean
}

const before = (a: Entry, b: Entry): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/** An empty queue. */
export const make = (): EventQueue => {
  const heap: Array<Entry> = []
  let added = 0

  const add = (at: number, task: () => void) => {
    const entry: Entry = { at, task, order: added++, cancelled: false }
    let index = heap.length
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!before(entry, heap[parent]!)) break
      heap[index] = heap[parent]!
      index = parent
    }
    heap[index] = entry
    return () => {
      entry.cancelled = true
    }
  }

  /** Puts the entry where the first one was, and lets it sink to its place. */
  const sink = (entry: Entry) => {
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && before(heap[child + 1]!, heap[child]!)) child++
      if (!before(heap[child]!, entry)) break
      heap[index] = heap[child]!
      index = child
    }
    heap[index] = entry
  }

  const take = (): Event | undefined => {
    while (heap.length > 0) {
      const first = heap[0]!
      const last = heap.pop()!
      if (heap.length > 0) sink(last)
      if (!first.cancelled) return first
    }
    return undefined
  }

  return { add, take }
}
