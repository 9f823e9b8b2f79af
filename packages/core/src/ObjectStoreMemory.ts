/**
 * An object store in memory: for tests and prototypes. Everything is lost when the process ends. The version of an object
 * is a number that grows with each write, also of the same content.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { checkKey, type ObjectInfo, ObjectNotFound, ObjectStore, type ObjectStoreShape } from "./ObjectStore.ts"
import * as Signal from "./Signal.ts"

interface Stored {
  readonly info: ObjectInfo
  readonly content: Uint8Array
}

/** Makes an empty store. */
export const make: Effect.Effect<ObjectStoreShape> = Effect.sync(() => {
  const objects = new Map<string, Stored>()
  const changed = Signal.make()
  let writes = 0

  const get = Effect.fnUntraced(function*(key: string) {
    yield* checkKey(key)
    const found = objects.get(key)
    return found === undefined ? yield* new ObjectNotFound({ key }) : found.content.slice()
  })

  return {
    get,
    text: (key) => Effect.map(get(key), (content) => new TextDecoder().decode(content)),
    put: Effect.fnUntraced(function*(key, content) {
      yield* checkKey(key)
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content.slice()
      const info: ObjectInfo = { key, version: `${++writes}`, size: bytes.length, isWritten: true }
      objects.set(key, { info, content: bytes })
      changed.notify()
      return info
    }),
    remove: Effect.fnUntraced(function*(key) {
      yield* checkKey(key)
      if (objects.delete(key)) changed.notify()
    }),
    list: (prefix) =>
      Stream.suspend(() =>
        Stream.fromIterable([...objects.values()].map(({ info }) => info).filter(({ key }) => key.startsWith(prefix)))
      ),
    changed: changed.next
  }
})

/**
 * A store in memory, empty at first.
 *
 * @example
 * ```ts
 * import { ObjectStore } from "@reventless/core/ObjectStore"
 * import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function*() {
 *   const objects = yield* ObjectStore
 *   return yield* objects.put("products/kettles.csv", "kettle,3000\n")
 * }).pipe(Effect.provide(ObjectStoreMemory.layer))
 * ```
 */
export const layer: Layer.Layer<ObjectStore> = Layer.effect(ObjectStore, make)
