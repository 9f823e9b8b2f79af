import type { Appended, EventStoreError } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Item } from "../Dynamo.ts"
import * as Items from "./items.ts"
import { readCopy, type Table } from "./tableReader.ts"

/** Where an event is: its home and its version there. */
export type Place = readonly [home: string, version: number]

/** What is remembered of an append that had a command id. */
export interface Receipt {
  readonly places: ReadonlyArray<Place>
  /** The versions of the append's token. */
  readonly token: Readonly<Record<string, number>>
}

/** The item of a receipt. It stands in the same transaction as the events. */
export const encode = (prefix: string, partition: string, writeId: string, receipt: Receipt): Item => ({
  ...Items.key(prefix, partition, 0),
  w: { S: writeId },
  e: { S: JSON.stringify(receipt) }
})

/** What a receipt remembers. */
export const decode = (item: Item): Result.Result<Receipt, EventStoreError> =>
  Result.try({
    try: (): Receipt => JSON.parse(item["e"]?.S ?? ""),
    catch: () => Items.unreadable(`the receipt ${item["pk"]?.S ?? "?"} is damaged`)
  })

/** The result of the append that a receipt remembers. */
export const replay = Effect.fnUntraced(function*(table: Table, item: Item) {
  const { places, token } = yield* Effect.fromResult(decode(item))
  const copies = yield* Effect.forEach(places, ([home, version]) => readCopy(table, home, version), { concurrency: 16 })
  return {
    events: copies.map(({ event }) => event),
    token: { extent: Extent.versions(token) },
    replayed: true
  } satisfies Appended
})
