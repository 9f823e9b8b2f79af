import { AppendConflict, type Appended, Contended, type EventStoreError } from "@reventless/core/EventStore"
import type * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import type { Item } from "../Dynamo.ts"
import * as Attempt from "./attempt.ts"
import * as Heads from "./heads.ts"
import * as Items from "./items.ts"
import * as Partitions from "./partitions.ts"
import * as Receipts from "./receipts.ts"
import { backoff } from "./retries.ts"
import { readHead, readTogether, type Table } from "./tableReader.ts"
import * as Vector from "./vector.ts"
import * as Write from "./write.ts"

/** How often an append moves behind what others added before it gives up with `Contended`. */
const maxRounds = 64

/**
 * How often in a row an append only steps behind the item in its way. To read what else was added takes as long as others
 * take to add more: who always reads first may never get a turn among those who write without a pause.
 */
const maxSteps = 3

/** What a decision was made from: a query, and how far the partitions were seen that it is read through. */
export interface Seen {
  readonly query: Query.Query
  readonly vector: Vector.Vector
}

const receiptKey = (table: Table, commandId: string): Item => Items.key(table.prefix, Partitions.receipt(commandId), 0)

/** The result of the command that has this id, if it wrote something. */
export const remembered = Effect.fnUntraced(function*(table: Table, commandId: string) {
  const [receipt] = yield* readTogether(table, [receiptKey(table, commandId)])
  return receipt === undefined ? undefined : yield* Receipts.replay(table, receipt)
})

/** What an append knows of the partitions while it goes on. */
interface Progress {
  /** How far the partitions of the query were seen, or shown to hold nothing more that matches. */
  readonly vector: Map<string, number>
  /** Behind which items the next attempt writes. */
  readonly heads: Map<string, Heads.Head>
}

/** The partitions of which this process doesn't know the item at the version that was seen, or knows a later one. */
const unsettled = (table: Table, { vector }: Progress): ReadonlyArray<string> =>
  [...vector].filter(([partition, version]) => (table.heads.get(partition)?.version ?? 0) !== version)
    .map(([partition]) => partition)

/**
 * Looks at what was added to partitions. What was read moves behind it, unless it matches the query: then the decision
 * must be made anew. What is only written moves to its new head.
 */
const moveOn = Effect.fnUntraced(function*(
  table: Table,
  query: Query.Query | undefined,
  progress: Progress,
  partitions: ReadonlyArray<string>
) {
  const read = partitions.filter((partition) => progress.vector.has(partition))
  const written = partitions.filter((partition) => !progress.vector.has(partition))
  const [delta, heads] = yield* Effect.all([
    Vector.readDelta(table, progress.vector, read),
    Effect.forEach(written, (partition) => readHead(table, partition), { concurrency: "unbounded" })
  ], { concurrency: "unbounded" })
  if (query !== undefined && Vector.touches(query, delta)) return yield* new AppendConflict()
  for (const [partition, head] of delta.heads) {
    progress.vector.set(partition, head.version)
    progress.heads.set(partition, head)
  }
  for (const [index, partition] of written.entries()) progress.heads.set(partition, heads[index]!)
})

/** Steps behind an item that is next in its partition and the last of its transaction; whether it is. */
const stepBehind = (table: Table, { heads, vector }: Progress, copy: Items.Copy): boolean => {
  const { partition, through, version } = copy
  if (through !== version || version !== (heads.get(partition)?.version ?? 0) + 1) return false
  const head = Heads.of(copy)
  heads.set(partition, head)
  if (vector.has(partition)) vector.set(partition, version)
  table.heads.saw(partition, head)
  table.positions.saw(head.position)
  return true
}

/** Appends, moving behind what others add as long as nothing of it matches the query. */
const settle = Effect.fnUntraced(function*(
  table: Table,
  intent: Attempt.Intent,
  seen: Seen | undefined,
  writeId: () => string
) {
  const progress: Progress = { vector: new Map(seen?.vector), heads: new Map() }
  for (const partition of new Set([...intent.reads, ...intent.events.flatMap(({ partitions }) => partitions)])) {
    const head = table.heads.get(partition) ?? (progress.vector.has(partition) ? Heads.empty : undefined)
    if (head !== undefined) progress.heads.set(partition, head)
  }
  let moved = [
    ...unsettled(table, progress),
    ...intent.events.flatMap(({ partitions }) => partitions).filter((partition) => !progress.heads.has(partition))
  ]
  const own = new Map<string, Attempt.Attempt>()
  for (let round = 1; round <= maxRounds; round++) {
    if (moved.length > 0) yield* moveOn(table, seen?.query, progress, [...new Set(moved)])
    const attempt = yield* Attempt.make(table, intent, progress.heads, writeId())
    own.set(attempt.writeId, attempt)
    const outcome = yield* Write.send(table, attempt)
    // An attempt whose answer was lost stands in its own way: before all else, look whose item it is.
    const applied = outcome._tag === "Applied"
      ? attempt
      : outcome.places.map(({ item }) => own.get(Items.writeIdOf(item) ?? "")).find((found) => found !== undefined)
    if (applied !== undefined) {
      for (const [partition, head] of applied.heads) table.heads.saw(partition, head)
      return { events: applied.stored, token: { extent: applied.token }, replayed: false } satisfies Appended
    }
    const places = outcome._tag === "Taken" ? outcome.places : []
    const receipt = places.find(({ partition }) =>
      intent.commandId !== undefined && partition === Partitions.receipt(intent.commandId)
    )
    if (receipt !== undefined) return yield* Receipts.replay(table, receipt.item!)
    // What is in the way says itself whether it matches; whoever decides anew reads all that was added, only once then.
    const inTheWay = places.map(({ item }) => item).filter((item) => item !== undefined)
    const copies = yield* Items.decodeCopies(table.prefix, inTheWay)
    const read = copies.filter(({ partition }) => progress.vector.has(partition))
    if (seen !== undefined && Vector.touchesNew(seen.query, progress.vector, read)) return yield* new AppendConflict()
    const stepped = new Set(
      round % (maxSteps + 1) === 0
        ? []
        : copies.filter((copy) => stepBehind(table, progress, copy)).map(({ partition }) => partition)
    )
    moved = places.map(({ partition }) => partition).filter((partition) => !stepped.has(partition))
    if (moved.length > 0 && round > 1) yield* backoff(Math.ceil(round / (maxSteps + 1)))
  }
  return yield* new Contended({ attempts: maxRounds })
})

type Failure = AppendConflict | Contended | EventStoreError

/** A command that is remembered is answered with its first result, also when its decision is old by now. */
const unlessRemembered = <A>(table: Table, commandId: string | undefined, effect: Effect.Effect<A, Failure>) =>
  commandId === undefined ? effect : Effect.catchTag(effect, "AppendConflict", (conflict) =>
    Effect.flatMap(
      remembered(table, commandId),
      (first): Effect.Effect<Appended, Failure> => first === undefined ? Effect.fail(conflict) : Effect.succeed(first)
    ))

/** Appends on a decision. */
export const append = (
  table: Table,
  intent: Attempt.Intent,
  seen: Seen | undefined,
  writeId: () => string
): Effect.Effect<Appended, Failure> =>
  unlessRemembered(
    table,
    intent.commandId,
    Effect.andThen(Attempt.checkSize(intent), settle(table, intent, seen, writeId))
  )

/**
 * Proves a decision without events: reads the next slot of every partition, and the receipt, at one instant. Two reads one
 * after the other would prove nothing: the state that they show together may never have been.
 */
export const confirm = (
  table: Table,
  seen: Seen,
  commandId: string | undefined
): Effect.Effect<Appended | undefined, Failure> => unlessRemembered(table, commandId, prove(table, seen, commandId))

const prove = Effect.fnUntraced(function*(table: Table, { query, vector }: Seen, commandId: string | undefined) {
  const reads = [...vector.keys()]
  yield* Attempt.checkSize({ events: [], reads, commandId })
  const progress: Progress = { vector: new Map(vector), heads: new Map() }
  let moved = unsettled(table, progress)
  for (let round = 1; round <= maxRounds; round++) {
    if (moved.length > 0) yield* moveOn(table, query, progress, moved)
    const slots = reads.map((partition) => Items.key(table.prefix, partition, progress.vector.get(partition)! + 1))
    const found = yield* readTogether(
      table,
      commandId === undefined ? slots : [...slots, receiptKey(table, commandId)]
    )
    const receipt = found[reads.length]
    if (receipt !== undefined) return yield* Receipts.replay(table, receipt)
    moved = reads.filter((_, index) => found[index] !== undefined)
    if (moved.length === 0) return undefined
    if (round > 1) yield* backoff(round)
  }
  return yield* new Contended({ attempts: maxRounds })
})
