/** Something that may be begun at a time. Of those that may be begun at once, the one with the least sequence is first. */
interface Waiting {
  readonly sequence: number
}

interface Place<A> {
  readonly at: number
  readonly item: A
}

/** Items by the time at which they may be begun. */
export interface ReadyLine<A> {
  /** Gives an item its time, instead of the one that it has; it leaves the line without one. */
  readonly set: (item: A, at: number | undefined) => void
  /** The item that may be begun first, with its time. */
  readonly first: () => { readonly at: number; readonly item: A } | undefined
  readonly all: () => Iterable<A>
}

/**
 * Makes an empty line: a binary heap, in which an item that got another time leaves its old place behind until that comes
 * to the front, or until most places are old.
 */
export const make = <A extends Waiting>(): ReadyLine<A> => {
  const current = new Map<A, Place<A>>()
  let heap: Array<Place<A>> = []

  const isBefore = (a: Place<A>, b: Place<A>): boolean =>
    a.at < b.at || (a.at === b.at && a.item.sequence < b.item.sequence)

  const swap = (a: number, b: number): void => {
    const place = heap[a]!
    heap[a] = heap[b]!
    heap[b] = place
  }

  const rise = (from: number): void => {
    let index = from
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (!isBefore(heap[index]!, heap[parent]!)) return
      swap(index, parent)
      index = parent
    }
  }

  const sink = (from: number): void => {
    let index = from
    while (true) {
      let least = index
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && isBefore(heap[child]!, heap[least]!)) least = child
      }
      if (least === index) return
      swap(index, least)
      index = least
    }
  }

  const isOld = (place: Place<A>): boolean => current.get(place.item) !== place

  return {
    set: (item, at) => {
      if (at === undefined) {
        current.delete(item)
        return
      }
      const place = { at, item }
      current.set(item, place)
      heap.push(place)
      rise(heap.length - 1)
      if (heap.length > 2 * current.size + 64) {
        heap = [...current.values()]
        for (let index = (heap.length >> 1) - 1; index >= 0; index--) sink(index)
      }
    },
    first: () => {
      while (heap.length > 0 && isOld(heap[0]!)) {
        const last = heap.pop()!
        if (heap.length > 0) {
          heap[0] = last
          sink(0)
        }
      }
      return heap[0]
    },
    all: () => current.keys()
  }
}
