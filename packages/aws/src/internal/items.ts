import { EventStoreError, type NewEvent, type SequencedEvent, StoreUnreadable } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { Item } from "../Dynamo.ts"

/** One copy of an event: in one of its partitions, at one version. */
export interface Copy {
  readonly partition: string
  readonly version: number
  /** Who wrote it: the same for all items of one attempt to write. */
  readonly writeId: string
  /** How many events of the partition, up to and including this one, have it as their home. */
  readonly homeSeq: number
  /** The last version that the same attempt added to this partition. */
  readonly through: number
  /** Whether the partition is the event's home. */
  readonly home: boolean
  /** The event's versions in all its partitions, its home first. */
  readonly versions: Readonly<Record<string, number>>
  readonly event: SequencedEvent
}

/** Which event a copy is of: its home and its version there. A position may be another event's, too, if rarely. */
export const identity = ({ versions }: Copy): string => {
  const [home] = Object.entries(versions)
  return JSON.stringify(home)
}

/** The order of events between partitions: by position, and where two are equal the same everywhere. */
export const compare = (a: Copy, b: Copy): number =>
  a.event.position - b.event.position || (identity(a) < identity(b) ? -1 : 1)

/** The parts of an event that are the same in all its copies. */
export interface EncodedEvent {
  readonly t: { readonly S: string }
  readonly g: { readonly S: string }
  readonly d: { readonly S: string }
  readonly m: { readonly S: string }
}

/** An event's type, tags, data and meta as attributes. Data and meta are JSON text, so that the order of keys is kept. */
export const encodeEvent = ({ data, meta, tags, type }: NewEvent): Result.Result<EncodedEvent, string> =>
  Result.try({
    try: () => ({
      t: { S: type },
      g: { S: JSON.stringify([...new Set(tags)]) },
      d: { S: JSON.stringify(data) },
      m: { S: JSON.stringify(meta) }
    }),
    catch: (cause) => `the data of '${type}' is not JSON: ${String(cause)}`
  }).pipe(Result.filterOrFail(({ d }) => typeof d.S === "string", () => `'${type}' has no data`))

/** What stands before the names of a store's partitions: no `/` of a prefix is left, so one can't be the start of another. */
export const prefixOf = (keyPrefix: string | undefined): string =>
  keyPrefix === undefined ? "" : `${encodeURIComponent(keyPrefix)}/`

/** The key of an item. */
export const key = (prefix: string, partition: string, version: number): Item => ({
  pk: { S: prefix + partition },
  sk: { N: String(version) }
})

/** The item of a copy. */
export const encodeCopy = (prefix: string, copy: Omit<Copy, "event">, position: number, event: EncodedEvent): Item => ({
  ...key(prefix, copy.partition, copy.version),
  w: { S: copy.writeId },
  p: { N: String(position) },
  h: { N: String(copy.homeSeq) },
  u: { N: String(copy.through) },
  v: { S: JSON.stringify(copy.versions) },
  ...(copy.home ? { home: { BOOL: true } } : {}),
  ...event
})

/** Who wrote an item. */
export const writeIdOf = (item: Item | undefined): string | undefined => item?.["w"]?.S

const text = (item: Item, name: string): string => {
  const value = item[name]?.S
  if (value === undefined) throw new Error(`the attribute '${name}' is no text`)
  return value
}

const number = (item: Item, name: string): number => {
  const value = Number(item[name]?.N)
  if (!Number.isSafeInteger(value)) throw new Error(`the attribute '${name}' is no whole number`)
  return value
}

/** A copy from its item. */
export const decodeCopy = (prefix: string, item: Item): Result.Result<Copy, EventStoreError> =>
  Result.try({
    try: (): Copy => ({
      partition: text(item, "pk").slice(prefix.length),
      version: number(item, "sk"),
      writeId: text(item, "w"),
      homeSeq: number(item, "h"),
      through: number(item, "u"),
      home: item["home"]?.BOOL === true,
      versions: JSON.parse(text(item, "v")),
      event: {
        type: text(item, "t"),
        tags: JSON.parse(text(item, "g")),
        data: JSON.parse(text(item, "d")),
        meta: JSON.parse(text(item, "m")),
        position: number(item, "p")
      }
    }),
    catch: (cause) =>
      unreadable(`the item ${item["pk"]?.S ?? "?"} ${item["sk"]?.N ?? "?"} is damaged: ${(cause as Error).message}`)
  })

/** What is stored can't be read. */
export const unreadable = (detail: string): EventStoreError =>
  new EventStoreError({ reason: new StoreUnreadable({ detail }) })

/** Copies from their items, in their order. */
export const decodeCopies = (
  prefix: string,
  items: ReadonlyArray<Item>
): Effect.Effect<ReadonlyArray<Copy>, EventStoreError> =>
  Effect.suspend(() => {
    const copies: Array<Copy> = []
    for (const item of items) {
      const copy = decodeCopy(prefix, item)
      if (Result.isFailure(copy)) return Effect.fail(copy.failure)
      copies.push(copy.success)
    }
    return Effect.succeed(copies)
  })

/** The size of an item in bytes, as DynamoDB counts it: names and values in UTF-8. Numbers are counted a little high. */
export const sizeOf = (item: Item): number => {
  let size = 0
  for (const [name, value] of Object.entries(item)) {
    size += name.length + (value.S === undefined ? 1 + (value.N?.length ?? 0) : byteLength(value.S))
  }
  return size
}

/** How many bytes a text has in UTF-8. */
export const byteLength = (text: string): number => {
  let length = text.length
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    // A surrogate is half of a character of four bytes.
    if (code > 0x7f) length += code > 0x7ff && (code < 0xd800 || code > 0xdfff) ? 2 : 1
  }
  return length
}
