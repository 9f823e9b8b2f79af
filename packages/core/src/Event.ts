/**
 * Event definitions: a name, the fields, and the older versions that stored events may have.
 *
 * Events are plain objects with a `_tag`. What is stored is their JSON encoding with the version of the definition that
 * made it; reading chooses the schema by that version and never guesses.
 */
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import {
  checkName,
  definitionClass,
  type Fields,
  type InputsOf,
  type InstanceOf,
  refuse,
  type ValuesOf
} from "./internal/definitions/definition.ts"
import { compile, type TagPaths } from "./internal/definitions/tagPaths.ts"
import type * as Tag from "./Tag.ts"

/** An older version of an event: its fields, and how an event of it becomes one of the current version. */
export interface OlderVersion<out Current> {
  /** The fields it had. */
  readonly schema: Schema.Codec<any, any>
  readonly decode: (data: Schema.Json) => Effect.Effect<Current, Schema.SchemaError>
}

/** An event definition. `Tag` is the event's name, `F` its fields. */
export interface Event<EventTag extends string, F extends Fields> {
  new(_: never): { readonly _tag: EventTag } & ValuesOf<F>
  readonly tag: EventTag
  readonly fields: F
  readonly schema: Schema.TaggedStruct<EventTag, F>
  /** The current version; 1 unless the definition says otherwise. */
  readonly version: number
  readonly description: string | undefined
  /** The older versions by their numbers. */
  readonly older: ReadonlyMap<number, OlderVersion<unknown>>
  /** Where the event's tags stand. */
  readonly tagPaths: TagPaths
  /**
   * Makes an event. Fields that the event doesn't have are left out, also the `_tag` of another event or of a state; a
   * value its schema refuses is thrown.
   */
  readonly make: <D extends { new(_: never): any }>(
    this: D,
    fields: InputsOf<F>
  ) => InstanceOf<D>
  /** The tags of an event: its ids, each once. */
  readonly tags: (event: unknown) => ReadonlyArray<Tag.Tag>
  readonly "~decode": (version: number, data: Schema.Json) => Effect.Effect<any, EventUndecodable>
  readonly "~encode": (event: any) => Effect.Effect<Schema.Json, Schema.SchemaError>
}

/** Any event definition. */
export interface Any {
  new(_: never): any
  readonly tag: string
  readonly fields: Fields
  /** The schema; only the definition itself says of what, since to compare schemas takes the compiler most of its time. */
  readonly schema: unknown
  readonly version: number
  readonly description: string | undefined
  readonly older: ReadonlyMap<number, OlderVersion<unknown>>
  readonly tagPaths: TagPaths
  readonly tags: (event: unknown) => ReadonlyArray<Tag.Tag>
  readonly "~decode": (version: number, data: Schema.Json) => Effect.Effect<any, EventUndecodable>
  readonly "~encode": (event: any) => Effect.Effect<Schema.Json, Schema.SchemaError>
}

/** The event that a definition defines. */
export type TypeOf<E> = InstanceOf<E>

/** A stored event that no version of its definition decodes. It is never skipped and never given invented defaults. */
export class EventUndecodable extends Schema.TaggedError<EventUndecodable>()("EventUndecodable", {
  event: Schema.String,
  version: Schema.Finite,
  /** What is wrong, with the path of the field. */
  detail: Schema.String
}) {
  override get message(): string {
    return `A stored '${this.event}' of version ${this.version} can't be decoded: ${this.detail}`
  }
}

/** What a definition may say beside its fields. */
export interface Options<Current> {
  readonly description?: string
  /** The current version, when there are older ones. */
  readonly version?: number
  /** Every older version by its number, each made by {@link upcast}. */
  readonly upcasts?: Readonly<Record<number, OlderVersion<Current>>>
}

/**
 * An older version of an event: the fields it had, and the current fields made of them. Tags of stored events don't
 * change: an upcast that adds an id doesn't make old events findable by it.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 *
 * class ProductRenamed extends Event.make("ProductRenamed", { productId: ProductId, name: Schema.String }, {
 *   version: 2,
 *   upcasts: { 1: Event.upcast({ productId: ProductId, title: Schema.String }, ({ productId, title }) => ({ productId, name: title })) }
 * }) {}
 * ```
 */
export const upcast = <const F extends Fields, Current>(
  fields: F,
  toCurrent: (older: ValuesOf<F>) => Current
): OlderVersion<Current> => {
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Schema.Struct(fields)))
  return {
    schema: Schema.Struct(fields) as unknown as Schema.Codec<any, any>,
    decode: (data) => Effect.map(decode(data) as Effect.Effect<ValuesOf<F>, Schema.SchemaError>, toCurrent)
  }
}

/**
 * Defines an event.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 *
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, name: Schema.String }) {}
 * const event: ProductAdded = ProductAdded.make({ productId: ProductId.make("kettle-1"), name: "Kettle" })
 * ```
 */
export const make = <const EventTag extends string, const F extends Fields>(
  tag: EventTag,
  fields: F,
  options: Options<NoInfer<ValuesOf<F>>> = {}
): Event<EventTag, F> => {
  checkName("an event", tag)
  const version = options.version ?? 1
  const upcasts = new Map(Object.entries(options.upcasts ?? {}).map(([older, by]) => [Number(older), by]))
  for (let older = 1; older < version; older++) {
    if (!upcasts.has(older)) refuse(`event '${tag}' is at version ${version} and has no upcast for version ${older}`)
  }
  if (upcasts.size > version - 1) refuse(`event '${tag}' has an upcast that is not older than its version ${version}`)
  const schema = Schema.TaggedStruct(tag, fields)
  const tagPaths = Result.getOrThrowWith(compile(schema), (detail) => new Error(`event '${tag}': ${detail}`))
  const payload = Schema.toCodecJson(Schema.Struct(fields))
  const decodeCurrent = Schema.decodeUnknownEffect(payload)
  const encode = Schema.encodeUnknownEffect(payload)
  const isCurrent = Schema.decodeUnknownEffect(Schema.toType(Schema.Struct(fields)))

  const decode = (storedVersion: number, data: Schema.Json) => {
    const older = upcasts.get(storedVersion)
    const fieldsOf = storedVersion === version
      ? decodeCurrent(data)
      : older === undefined
      ? Effect.fail({ message: `the definition knows the versions 1 to ${version} only` })
      : Effect.flatMap(older.decode(data), isCurrent)
    return Effect.mapBothEager(fieldsOf as Effect.Effect<object, { readonly message: string }>, {
      onSuccess: (decoded) => ({ _tag: tag, ...decoded }),
      onFailure: ({ message }) => new EventUndecodable({ event: tag, version: storedVersion, detail: message })
    })
  }

  return definitionClass<Event<EventTag, F>>({
    tag,
    fields,
    schema,
    version,
    description: options.description,
    older: upcasts,
    tagPaths,
    make: (values: object) => schema.make({ ...values, _tag: tag } as never),
    tags: tagPaths.tags,
    "~decode": decode,
    "~encode": encode
  })
}
