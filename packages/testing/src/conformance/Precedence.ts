/** What must have come before what, and whether that is possible: a graph in which a cycle is a contradiction. */

/** The nodes by name, and for each the nodes that come after it with the reason why. */
export interface Graph {
  readonly names: ReadonlyArray<string>
  readonly after: ReadonlyArray<Map<number, string>>
}

/** A graph without edges. */
export const make = (names: ReadonlyArray<string>): Graph => ({ names, after: names.map(() => new Map()) })

/** `from` comes before `to`. The first reason is kept; it reads as "`from` <reason> `to`". */
export const add = (graph: Graph, from: number, to: number, reason: string): void => {
  if (!graph.after[from]!.has(to)) graph.after[from]!.set(to, reason)
}

/** A shortest contradiction as a sentence, or undefined when there is none. */
export const cycle = (graph: Graph): string | undefined => {
  const remaining = unordered(graph)
  if (remaining.size === 0) return undefined
  let shortest: ReadonlyArray<number> | undefined
  for (const start of remaining) {
    const path = shortestCycle(graph, remaining, start)
    if (path !== undefined && (shortest === undefined || path.length < shortest.length)) shortest = path
    if (shortest?.length === 2) break
  }
  return shortest === undefined ? undefined : sentence(graph, shortest)
}

/** The nodes that are left when every node without a predecessor is taken away, again and again: none if all can be ordered. */
const unordered = (graph: Graph): ReadonlySet<number> => {
  const before = graph.names.map(() => 0)
  for (const next of graph.after) for (const to of next.keys()) before[to] = before[to]! + 1
  const ready = before.flatMap((count, node) => count === 0 ? [node] : [])
  const remaining = new Set(graph.names.keys())
  for (let node = ready.pop(); node !== undefined; node = ready.pop()) {
    remaining.delete(node)
    for (const to of graph.after[node]!.keys()) {
      before[to] = before[to]! - 1
      if (before[to] === 0) ready.push(to)
    }
  }
  return remaining
}

/** A shortest way from the node back to itself. */
const shortestCycle = (graph: Graph, within: ReadonlySet<number>, start: number): ReadonlyArray<number> | undefined => {
  const cameFrom = new Map<number, number>()
  const queue = [start]
  for (let index = 0; index < queue.length; index++) {
    const node = queue[index]!
    for (const to of graph.after[node]!.keys()) {
      if (to === start) {
        const path = [node]
        while (path[0] !== start) path.unshift(cameFrom.get(path[0]!)!)
        return path
      }
      if (!within.has(to) || cameFrom.has(to)) continue
      cameFrom.set(to, node)
      queue.push(to)
    }
  }
  return undefined
}

const sentence = (graph: Graph, path: ReadonlyArray<number>): string =>
  path.map((node, index) => {
    const next = path[(index + 1) % path.length]!
    return `${graph.names[node]} ${graph.after[node]!.get(next)} ${graph.names[next]}`
  }).join("; ")
