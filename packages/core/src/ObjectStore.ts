/**
 * Where objects are kept by key: files that others drop, exports, pictures. The port that a platform implements; a folder
 * is one, see `ObjectStoreFolder`, and so is the memory, see `ObjectStoreMemory`.
 *
 * A key is a path: names with `/` between them. Names that are made while somebody works on something are no objects, and
 * can't be keys: those that begin with a dot, and those that end with `.tmp`, `.part` or `~`.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import { faultOfKey } from "./internal/tasks/objectKey.ts"

/** What is known about an object without reading it. */
export interface ObjectInfo {
  readonly key: string
  /** Another one after each change of the content, as far as the store can tell: see its implementation. */
  readonly version: string
  /** In bytes. */
  readonly size: number
  /** False while somebody may still be writing it: then it is there, and its content may be the half of it. */
  readonly isWritten: boolean
}

/** The object store failed, or can't do what was asked. */
export class ObjectStoreError extends Schema.TaggedError<ObjectStoreError>()("ObjectStoreError", {
  detail: Schema.String,
  isRetryable: Schema.Boolean,
  cause: Schema.optionalKey(Schema.Defect())
}) {
  override get message(): string {
    return `The object store failed: ${this.detail}.${this.isRetryable ? " A retry can help." : ""}`
  }
}

/** There is no object with this key. */
export class ObjectNotFound extends Schema.TaggedError<ObjectNotFound>()("ObjectNotFound", { key: Schema.String }) {
  override get message(): string {
    return `There is no object '${this.key}'. 'list' says which there are.`
  }
}

/** The operations of an object store. A key that can't be one is an `ObjectStoreError` that no retry helps. */
export interface ObjectStoreShape {
  /** The content of an object. The whole of it is in memory. */
  readonly get: (key: string) => Effect.Effect<Uint8Array, ObjectStoreError | ObjectNotFound>
  /** The content of an object as text: UTF-8, a byte order mark at the beginning left out. */
  readonly text: (key: string) => Effect.Effect<string, ObjectStoreError | ObjectNotFound>
  /** Writes an object, or replaces the one with its key, in one step: nobody sees the half of it. Text becomes UTF-8. */
  readonly put: (key: string, content: Uint8Array | string) => Effect.Effect<ObjectInfo, ObjectStoreError>
  /** Removes an object. One that isn't there is no error. */
  readonly remove: (key: string) => Effect.Effect<void, ObjectStoreError>
  /**
   * The objects whose key begins with a text, all of them when it is empty, in no particular order. They are those that
   * are there when it is read: one that is missing was not there at some time after the stream began.
   */
  readonly list: (prefix: string) => Stream.Stream<ObjectInfo, ObjectStoreError>
  /**
   * Gives an effect that completes when objects are written, changed or removed after now, as soon as the store notices.
   * A store may miss changes of other processes: look again after a while, whatever it says.
   */
  readonly changed: Effect.Effect<Effect.Effect<void>>
}

/**
 * Keeps objects.
 *
 * @example
 * ```ts
 * import { ObjectStore } from "@reventless/core/ObjectStore"
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 *
 * const program = Effect.gen(function*() {
 *   const objects = yield* ObjectStore
 *   yield* objects.put("products/kettles.csv", "kettle,3000\n")
 *   const found = yield* Stream.runCollect(objects.list("products/"))
 *   return yield* Effect.forEach(found, ({ key }) => objects.text(key))
 * })
 * ```
 */
export class ObjectStore extends Context.Service<ObjectStore, ObjectStoreShape>()("@reventless/core/ObjectStore") {}

/** Refuses what can't be a key, with the reason. For those who implement a store: each operation checks its key. */
export const checkKey = (key: string): Effect.Effect<void, ObjectStoreError> => {
  const fault = faultOfKey(key)
  return fault === undefined
    ? Effect.void
    : Effect.fail(new ObjectStoreError({ detail: `'${key}' can't be a key: ${fault}`, isRetryable: false }))
}
