import type { NewEvent, SequencedEvent } from "@reventless/core/EventStore"
import { AppendTooLarge, EventStoreError } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import type { Item, Requests } from "../Dynamo.ts"
import * as Heads from "./heads.ts"
import * as Items from "./items.ts"
import * as Partitions from "./partitions.ts"
import * as Receipts from "./receipts.ts"
import type { Table } from "./tableReader.ts"
import * as Tokens from "./tokens.ts"

/** An event to be written: its attributes and its partitions, its home first. */
export interface Prepared {
  readonly event: NewEvent
  readonly encoded: Items.EncodedEvent
  readonly partitions: ReadonlyArray<string>
}

/** What an append asks for. */
export interface Intent {
  readonly events: ReadonlyArray<Prepared>
  /** The partitions that were read, and must not have moved. */
  readonly reads: ReadonlyArray<string>
  readonly commandId: string | undefined
}

type TransactItem = NonNullable<Requests["TransactWriteItems"]["TransactItems"]>[number]

/** One place that an attempt claims. */
interface Claim {
  readonly partition: string
  readonly item: TransactItem
}

/** One attempt to write: the same places with the same content, however often it is sent. */
export interface Attempt {
  readonly writeId: string
  readonly claims: ReadonlyArray<Claim>
  readonly stored: ReadonlyArray<SequencedEvent>
  /** Of each partition that is read or written, its head when the attempt is applied. */
  readonly heads: ReadonlyMap<string, Heads.Head>
  readonly token: Tokens.Versions
}

/** The most items that a transaction may have. */
export const maxItems = 100

/** The most bytes that a transaction, and one item, may have. */
const maxBytes = 4 * 1024 * 1024
const maxItemBytes = 400 * 1024

const absent = {
  ConditionExpression: "attribute_not_exists(pk)",
  ReturnValuesOnConditionCheckFailure: "ALL_OLD"
} as const

const tooLarge = (counted: string, size: number, limit: number) =>
  new EventStoreError({ reason: new AppendTooLarge({ counted, size, limit }) })

/** Refuses what DynamoDB could not write at once. Depends on the intent alone, so that it is known before any request. */
export const checkSize = ({ commandId, events, reads }: Intent): Effect.Effect<void, EventStoreError> => {
  const written = new Set(events.flatMap(({ partitions }) => partitions))
  const copies = events.reduce((sum, { partitions }) => sum + partitions.length, 0)
  const checks = reads.filter((partition) => !written.has(partition)).length
  const items = copies + checks + (commandId === undefined ? 0 : 1)
  return items <= maxItems ? Effect.void : Effect.fail(tooLarge(
    `items of one transaction (${copies} for ${events.length} events in each of their partitions, ${checks} for ` +
      `partitions that were only read, ${commandId === undefined ? "none" : "1"} for the command id)`,
    items,
    maxItems
  ))
}

/** Lays the events down behind the heads: the versions, positions and items of one attempt. */
export const make = Effect.fnUntraced(function*(
  table: Table,
  { commandId, events, reads }: Intent,
  known: ReadonlyMap<string, Heads.Head>,
  writeId: string
) {
  const above = Math.max(0, ...[...known.values()].map(({ position }) => position))
  const positions = yield* table.positions.take(above, events.length)
  const heads = new Map(known)
  const places: Array<Receipts.Place> = []
  const through = new Map<string, number>()
  for (const partition of events.flatMap(({ partitions }) => partitions)) {
    through.set(partition, (through.get(partition) ?? heads.get(partition)!.version) + 1)
  }

  const items: Array<{ readonly partition: string; readonly item: Item }> = []
  for (const [index, { encoded, partitions }] of events.entries()) {
    const position = positions[index]!
    const home = partitions[0]!
    const versions = Object.fromEntries(partitions.map((partition) => [partition, heads.get(partition)!.version + 1]))
    places.push([home, versions[home]!])
    for (const partition of partitions) {
      const version = versions[partition]!
      const homeSeq = heads.get(partition)!.homeSeq + (partition === home ? 1 : 0)
      heads.set(partition, { version, position, homeSeq })
      const copy = {
        partition,
        version,
        writeId,
        homeSeq,
        versions,
        through: through.get(partition)!,
        home: partition === home
      }
      items.push({ partition, item: Items.encodeCopy(table.prefix, copy, position, encoded) })
    }
  }
  const stored = events.map(({ event }, index): SequencedEvent => ({
    ...event,
    tags: [...new Set(event.tags)],
    position: positions[index]!
  }))
  const token = Tokens.extentOf([...heads].map(([partition, { version }]) => [partition, version]), places)
  if (commandId !== undefined) {
    const partition = Partitions.receipt(commandId)
    items.push({
      partition,
      item: Receipts.encode(table.prefix, partition, writeId, { places, token: token.versions })
    })
  }
  yield* checkBytes(items.map(({ item }) => item))

  const puts = items.map(({ item, partition }): Claim => ({
    partition,
    item: { Put: { TableName: table.name, Item: item, ...absent } }
  }))
  const checks = reads.filter((partition) => !through.has(partition)).map((partition): Claim => ({
    partition,
    item: {
      ConditionCheck: {
        TableName: table.name,
        Key: Items.key(table.prefix, partition, known.get(partition)!.version + 1),
        ...absent
      }
    }
  }))
  return { writeId, claims: [...puts, ...checks], stored, heads, token } satisfies Attempt
})

const checkBytes = (items: ReadonlyArray<Item>): Effect.Effect<void, EventStoreError> => {
  const sizes = items.map(Items.sizeOf)
  const largest = Math.max(...sizes)
  if (largest > maxItemBytes) return Effect.fail(tooLarge("bytes in one event", largest, maxItemBytes))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return total > maxBytes
    ? Effect.fail(tooLarge("bytes in all copies of the events", total, maxBytes))
    : Effect.void
}
