/** The commits of a simulated server, as what they mean: decisions that were applied, with their events. */
import { keyOf } from "./Table.ts"
import type { Commit } from "./Transactions.ts"
import type { Item } from "./Wire.ts"

/** An event as it was committed. */
export interface AppliedEvent {
  readonly id: string
  readonly type: string
  readonly tags: ReadonlyArray<string>
  readonly position: number
  /** The partitions and versions that it was written to. */
  readonly copies: ReadonlyArray<{ readonly partition: string; readonly version: number; readonly home: boolean }>
  /** The versions that its copies say it has. */
  readonly said: Readonly<Record<string, number>>
}

/** A decision that was applied. */
export interface Applied {
  /** The id of the decision. */
  readonly decision: string
  readonly events: ReadonlyArray<AppliedEvent>
  readonly writes: ReadonlySet<string>
  readonly reads: ReadonlySet<string>
  readonly began: number
  readonly ended: number
}

/** A copy of an event, from its item. */
export interface Copy {
  readonly partition: string
  readonly version: number
  readonly position: number
  readonly homeSeq: number
  readonly through: number
  readonly home: boolean
  readonly writeId: string
}

/** Whether an item is a copy of an event, and not a receipt or something about the table. */
export const isCopy = (item: Item): boolean => item["d"] !== undefined

/** A copy of an event, from its item. */
export const copyOf = (item: Item): Copy => {
  const { partition, sort } = keyOf(item)
  return {
    partition,
    version: sort,
    position: Number(item["p"]?.N),
    homeSeq: Number(item["h"]?.N),
    through: Number(item["u"]?.N),
    home: item["home"]?.BOOL === true,
    writeId: item["w"]?.S ?? ""
  }
}

const appliedOf = ({ began, checks, ended, puts }: Commit): Applied | undefined => {
  const copies = puts.filter(isCopy)
  if (copies.length === 0) return undefined
  const events = Map.groupBy(copies, (item) => item["m"]!.S!)
  return {
    decision: (JSON.parse(copies[0]!["d"]!.S!) as { readonly decision: string }).decision,
    began,
    ended,
    writes: new Set(copies.map((item) => keyOf(item).partition)),
    reads: new Set(checks.map(({ partition }) => partition)),
    events: [...events].map(([meta, items]) => ({
      id: (JSON.parse(meta) as { readonly messageId: string }).messageId,
      type: items[0]!["t"]!.S!,
      tags: JSON.parse(items[0]!["g"]!.S!) as ReadonlyArray<string>,
      position: Number(items[0]!["p"]!.N),
      copies: items.map(copyOf).map(({ home, partition, version }) => ({ partition, version, home })),
      said: JSON.parse(items[0]!["v"]!.S!) as Readonly<Record<string, number>>
    }))
  }
}

/** What was applied, in the order of commit. */
export const make = (commits: ReadonlyArray<Commit>): ReadonlyArray<Applied> =>
  commits.flatMap((commit) => appliedOf(commit) ?? [])
