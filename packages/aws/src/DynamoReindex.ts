/**
 * Copying an event store into a table for another index plan: what a plugin needs whose new queries find its events by
 * other tags. The writers are stopped meanwhile. The events keep their positions, data and meta, and command ids stay
 * remembered; boundaries, checkpoints, tokens and snapshots of the old table mean nothing in the new one, so views are
 * rebuilt.
 *
 * The source isn't changed. A copy that was interrupted is begun again and writes the same once more; until it is done no
 * store opens the target.
 */
import type { EventStoreError } from "@reventless/core/EventStore"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as StoreRules from "@reventless/core/StoreRules"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { Dynamo, type Item } from "./Dynamo.ts"
import { refuse } from "./internal/failure.ts"
import * as Heads from "./internal/heads.ts"
import * as Items from "./internal/items.ts"
import * as Partitions from "./internal/partitions.ts"
import * as Receipts from "./internal/receipts.ts"
import * as Registry from "./internal/registry.ts"
import { untilAnswered } from "./internal/retries.ts"
import * as Scanning from "./internal/scanning.ts"
import { type Place as StorePlace, readCopy } from "./internal/tableReader.ts"
import * as Tokens from "./internal/tokens.ts"

/** One side of a copy. */
export interface Place {
  readonly table: string
  readonly keyPrefix?: string | undefined
}

/** What is copied, where to, and for which plan. */
export interface Options {
  readonly from: Place
  /** The table must be there. Nothing but an earlier copy may stand in the place. */
  readonly to: Place
  /** The plan of the new table: `plan` of the plugin as it is now. */
  readonly plan: IndexPlan.IndexPlan
  /** Is told now and then how many events were copied, of how many. */
  readonly onProgress?: ((copied: number, all: number) => Effect.Effect<void>) | undefined
}

/** How much was copied. */
export interface Copied {
  readonly events: number
  readonly commandIds: number
}

/** How many events are read and written at the same time. */
const concurrency = 32

/** Where an event stands in the source, and its place in the order of all. */
interface Home {
  readonly place: Receipts.Place
  readonly position: number
}

/** What of the source has to be copied. */
interface Found {
  readonly homes: Array<Home>
  readonly receipts: Array<Item>
}

const look = (from: StorePlace): Effect.Effect<Found, EventStoreError> =>
  Stream.runFoldEffect(
    Scanning.scan(from),
    (): Found => ({ homes: [], receipts: [] }),
    (found, items) =>
      Effect.map(Scanning.copiesOf(from, items), (copies) => {
        for (const { event, home, partition, version } of copies) {
          if (home) found.homes.push({ place: [partition, version], position: event.position })
        }
        found.receipts.push(
          ...items.filter((item) => Partitions.isReceipt(Scanning.partitionOf(from, item) ?? ""))
        )
        return found
      })
  )

/** Lays events down in the order of their positions: the same items whenever it begins anew. */
const makeLayout = (prefix: string, plan: IndexPlan.IndexPlan) => {
  const heads = new Map<string, Heads.Head>()
  const headOf = (partition: string) => heads.get(partition) ?? Heads.empty
  return Effect.fnUntraced(function*({ event }: Items.Copy) {
    const detail = StoreRules.invalidEvent(plan, event)
    if (detail !== undefined) return yield* refuse(detail)
    const encoded = yield* Effect.mapError(Effect.fromResult(Items.encodeEvent(event)), refuse)
    const partitions = Partitions.ofEvent(plan, event)
    const home = partitions[0]!
    const versions = Object.fromEntries(partitions.map((partition) => [partition, headOf(partition).version + 1]))
    const items = partitions.map((partition) => {
      const version = versions[partition]!
      const homeSeq = headOf(partition).homeSeq + (partition === home ? 1 : 0)
      heads.set(partition, { version, homeSeq, position: event.position })
      return Items.encodeCopy(
        prefix,
        { partition, version, writeId, homeSeq, through: version, home: partition === home, versions },
        event.position,
        encoded
      )
    })
    const place: Receipts.Place = [home, versions[home]!]
    return { items, place, versions }
  })
}

/** Who wrote the items of a copy. No attempt of a store has such an id. */
const writeId = "copy"

/** Copies a store. Its writers must be stopped; answers when the target can be opened. */
export const copy = Effect.fn("DynamoReindex.copy")(function*({ from, onProgress, plan, to }: Options) {
  const dynamo = yield* Dynamo
  const source: StorePlace = { dynamo, name: from.table, prefix: Items.prefixOf(from.keyPrefix) }
  const target: StorePlace = { dynamo, name: to.table, prefix: Items.prefixOf(to.keyPrefix) }
  yield* Registry.beginCopy(target, plan)
  const put = (item: Item) => untilAnswered(target.name, dynamo.send("PutItem", { TableName: target.name, Item: item }))

  const { homes, receipts } = yield* look(source)
  homes.sort((a, b) => a.position - b.position)
  const layDown = makeLayout(target.prefix, plan)
  const moved = new Map<
    string,
    { readonly place: Receipts.Place; readonly versions: Readonly<Record<string, number>> }
  >()
  let copied = 0
  yield* Stream.fromIterable(homes).pipe(
    Stream.mapEffect(
      ({ place: [partition, version] }) => readCopy(source, partition, version),
      { concurrency }
    ),
    Stream.mapEffect(Effect.fnUntraced(function*(copy) {
      const { items, place, versions } = yield* layDown(copy)
      moved.set(`${copy.partition} ${copy.version}`, { place, versions })
      return items
    })),
    Stream.mapEffect((items) => Effect.forEach(items, put, { discard: true }), { concurrency }),
    Stream.runForEach(() =>
      ++copied % 1000 === 0 && onProgress !== undefined ? onProgress(copied, homes.length) : Effect.void
    )
  )

  yield* Effect.forEach(receipts, (item) =>
    Effect.gen(function*() {
      const { places } = yield* Effect.fromResult(Receipts.decode(item))
      const found = places.map(([partition, version]) => moved.get(`${partition} ${version}`)!)
      const newPlaces = found.map(({ place }) => place)
      const token = Tokens.extentOf(found.flatMap(({ versions }) => Object.entries(versions)), newPlaces).versions
      const partition = Scanning.partitionOf(source, item)!
      yield* put(Receipts.encode(target.prefix, partition, writeId, { places: newPlaces, token }))
    }), { concurrency, discard: true })
  if (onProgress !== undefined) yield* onProgress(homes.length, homes.length)
  yield* Registry.endCopy(source, target, plan)
  return { events: homes.length, commandIds: receipts.length } satisfies Copied
})
