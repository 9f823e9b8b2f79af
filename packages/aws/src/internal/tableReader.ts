import { EventStoreError, StoreUnavailable } from "@reventless/core/EventStore"
import * as StoreRules from "@reventless/core/StoreRules"
import * as Effect from "effect/Effect"
import type { DynamoShape, Item } from "../Dynamo.ts"
import { refuse } from "./failure.ts"
import * as Heads from "./heads.ts"
import * as Items from "./items.ts"
import type { Positions } from "./positions.ts"
import { backoff, maxTries, untilAnswered, untilVisible } from "./retries.ts"

/** Where a store's items are. */
export interface Place {
  readonly dynamo: DynamoShape
  /** The table's name. */
  readonly name: string
  /** What stands before the name of every partition. */
  readonly prefix: string
}

/** A place that is read and written, with what this process knows of it. */
export interface Table extends Place {
  readonly heads: Heads.Heads
  readonly positions: Positions
}

/** A contiguous part of a partition. */
export interface Page {
  readonly copies: ReadonlyArray<Items.Copy>
  /** The last item that was seen, be it one from before. */
  readonly head: Heads.Head
  /** Whether nothing more was there. */
  readonly end: boolean
}

/** How often a boundary's own last item is looked for before it is said not to be there. */
const triesForLast = 5

const inProgress = (partition: string) => `a commit to '${partition}' that has begun doesn't come to its end`

/**
 * The copies in a partition after a version, contiguous and in order; at most `limit` when one is given.
 *
 * A query can show the second item of a transaction before its first. So a missing version, and an end before the last
 * version that its transaction adds, mean a commit in progress: the rest is read again, and never skipped. No filter
 * takes part: it would hide such a hole.
 *
 * The read begins with the item at the version itself: an item that isn't there was never seen in this table. Whoever
 * knows that it is there says so: then it is waited for as long as any other.
 */
export const readAfter = Effect.fnUntraced(function*(
  table: Table,
  partition: string,
  after: number,
  limit = Infinity,
  isKnown = false
) {
  const copies: Array<Items.Copy> = []
  let last: Items.Copy | undefined
  let tries = 0
  while (true) {
    const next: number = last === undefined ? after : last.version + 1
    const { items, more } = yield* query(table, partition, Math.max(1, next), limit - copies.length + 1)
    const found = yield* Items.decodeCopies(table.prefix, items)
    const contiguous = found.filter(({ version }, index) => version === Math.max(1, next) + index)
    for (const copy of contiguous) {
      last = copy
      if (copy.version > after) copies.push(copy)
    }
    if (copies.length >= limit) return seen(table, partition, copies.slice(0, limit), last, false)
    const whole = contiguous.length === found.length
    if (whole && more && found.length > 0) continue
    if (whole && !more && (last === undefined ? after === 0 : last.through <= last.version)) {
      return seen(table, partition, copies, last, true)
    }
    tries++
    // What this process has written itself is there, even if a transaction is acknowledged before it can be seen.
    const known = isKnown || (table.heads.get(partition)?.version ?? 0) >= after
    if (last === undefined && found.length === 0 && tries > triesForLast && !known) {
      return yield* refuse(StoreRules.aheadOfLog)
    }
    if (tries > maxTries) {
      return yield* new EventStoreError({ reason: new StoreUnavailable({ detail: inProgress(partition) }) })
    }
    yield* backoff(tries)
  }
})

/** One page of a partition, from a version on. */
const query = (table: Table, partition: string, from: number, limit: number) =>
  Effect.map(
    untilAnswered(
      table.name,
      table.dynamo.send("Query", {
        TableName: table.name,
        ConsistentRead: true,
        KeyConditionExpression: "pk = :p AND sk >= :v",
        ExpressionAttributeValues: { ":p": { S: table.prefix + partition }, ":v": { N: String(from) } },
        ...(limit === Infinity ? {} : { Limit: limit })
      })
    ),
    ({ Items: items = [], LastEvaluatedKey }) => ({ items, more: LastEvaluatedKey !== undefined })
  )

const seen = (
  table: Table,
  partition: string,
  copies: ReadonlyArray<Items.Copy>,
  last: Items.Copy | undefined,
  end: boolean
): Page => {
  const head = last === undefined ? Heads.empty : Heads.of(copies.at(-1) ?? last)
  if (last !== undefined) {
    table.heads.saw(partition, head)
    table.positions.saw(head.position)
  }
  return { copies, head, end }
}

/** The copies after a version, up to one that is known to be committed: waits until it can be seen. */
export const readUntil = (
  table: Table,
  partition: string,
  after: number,
  until: number
): Effect.Effect<ReadonlyArray<Items.Copy>, EventStoreError> =>
  untilVisible(inProgress(partition), maxTries, () =>
    Effect.map(
      readAfter(table, partition, after, until - after, true),
      ({ copies }) => copies.length === until - after ? copies : undefined
    ))

/** The copy at a version that is known to be committed. */
export const readCopy = (
  place: Place,
  partition: string,
  version: number
): Effect.Effect<Items.Copy, EventStoreError> =>
  untilVisible(inProgress(partition), maxTries, () =>
    Effect.gen(function*() {
      const { Item: item } = yield* untilAnswered(
        place.name,
        place.dynamo.send("GetItem", {
          TableName: place.name,
          ConsistentRead: true,
          Key: Items.key(place.prefix, partition, version)
        })
      )
      return item === undefined ? undefined : yield* Effect.fromResult(Items.decodeCopy(place.prefix, item))
    }))

/** Reads items at one instant. What a transaction in progress holds is waited for. */
export const readTogether = (table: Place, keys: ReadonlyArray<Item>) =>
  Effect.map(
    untilAnswered(
      table.name,
      table.dynamo.send("TransactGetItems", {
        TransactItems: keys.map((Key) => ({ Get: { TableName: table.name, Key } }))
      })
    ),
    ({ Responses: found = [] }) => keys.map((_, index) => found[index]?.Item)
  )

/** The head of a partition: its last item, behind all that the last transaction adds. */
export const readHead = (table: Table, partition: string): Effect.Effect<Heads.Head, EventStoreError> =>
  untilVisible(inProgress(partition), maxTries, () =>
    Effect.gen(function*() {
      const { Items: items = [] } = yield* untilAnswered(
        table.name,
        table.dynamo.send("Query", {
          TableName: table.name,
          ConsistentRead: true,
          KeyConditionExpression: "pk = :p",
          ExpressionAttributeValues: { ":p": { S: table.prefix + partition } },
          ScanIndexForward: false,
          Limit: 1
        })
      )
      const [copy] = yield* Items.decodeCopies(table.prefix, items)
      if (copy === undefined) return Heads.empty
      if (copy.through > copy.version) return undefined
      const head = Heads.of(copy)
      table.heads.saw(partition, head)
      table.positions.saw(head.position)
      return head
    }))
