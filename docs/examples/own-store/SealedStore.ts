/** An event store that keeps what events say sealed, in any other store. Types, tags and meta stay readable. */
import {
  type Appended,
  EventStore,
  EventStoreError,
  type NewEvent,
  PositionedEventStore,
  type PositionedEventStoreShape,
  type SequencedEvent,
  StoreUnreadable
} from "@reventless/core/EventStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto"

const algorithm = "aes-256-gcm"

const seal = (key: Uint8Array) => (event: NewEvent): NewEvent => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv(algorithm, key, nonce)
  const text = Buffer.concat([cipher.update(JSON.stringify(event.data), "utf8"), cipher.final()])
  return { ...event, data: Buffer.concat([nonce, cipher.getAuthTag(), text]).toString("base64") }
}

const open = (key: Uint8Array) => (event: SequencedEvent): Effect.Effect<SequencedEvent, EventStoreError> =>
  Effect.try({
    try: () => {
      const sealed = Buffer.from(String(event.data), "base64")
      const decipher = createDecipheriv(algorithm, key, sealed.subarray(0, 12)).setAuthTag(sealed.subarray(12, 28))
      const text = Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]).toString("utf8")
      return { ...event, data: JSON.parse(text) }
    },
    catch: () => {
      const detail = `the event at ${event.position} was sealed with another key`
      return new EventStoreError({ reason: new StoreUnreadable({ detail }) })
    }
  })

// #region make
/** The store with its contents sealed by a key of 32 bytes. */
export const make = (key: Uint8Array, store: PositionedEventStoreShape): PositionedEventStoreShape => {
  const openAll = Effect.forEach(open(key))
  const opened = (appended: Appended) =>
    Effect.map(openAll(appended.events), (events): Appended => ({ ...appended, events }))
  return {
    read: (query, options) => Stream.mapEffect(store.read(query, options), open(key)),
    readBoundary: (query, options) =>
      Effect.flatMap(
        store.readBoundary(query, options),
        ({ boundary, events }) => Effect.map(openAll(events), (events) => ({ boundary, events }))
      ),
    append: (events, options) => Effect.flatMap(store.append(events.map(seal(key)), options), opened),
    confirm: (boundary, options) =>
      Effect.flatMap(
        store.confirm(boundary, options),
        (earlier) => earlier === undefined ? Effect.undefined : opened(earlier)
      ),
    reached: store.reached,
    subscribe: (options) =>
      Stream.mapEffect(
        store.subscribe(options),
        (batch) => Effect.map(openAll(batch.events), (events) => ({ ...batch, events }))
      )
  }
}
// #endregion make

// #region layer
/** Seals the store that it is given. */
export const layer = (key: Uint8Array) =>
  Layer.effectContext(
    Effect.map(PositionedEventStore, (store) => {
      const sealed = make(key, store)
      return Context.make(EventStore, sealed).pipe(Context.add(PositionedEventStore, sealed))
    })
  )
// #endregion layer
