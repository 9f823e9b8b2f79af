import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Action from "../Action.ts"
import type { AnyTarget } from "../CommandBus.ts"
import type * as Event from "../Event.ts"
import type { EventStore, PositionedEventStore } from "../EventStore.ts"
import type { EventStores } from "../EventStores.ts"
import * as Lane from "../Lane.ts"
import type { SnapshotStores } from "../SnapshotStore.ts"
import type { ViewStores } from "../ViewStore.ts"
import type { WorkStores } from "../WorkStore.ts"
import type { ServicesOf } from "./behavior.ts"
import { checkName, type Fields, type InstanceOf, refuse } from "./definition.ts"
import { tagKey } from "./tagAnnotations.ts"
import type { CollectContext, ExhaustedContext, OwnItems, TodoBehavior, TodoList } from "./todoList.ts"

/** An item of a todo list. */
export type ItemOf<F extends Fields> = Schema.Struct<F>["Type"]

/** The value of an item's key. */
export type KeyOf<F extends Fields, Key> = Key extends keyof ItemOf<F> ? ItemOf<F>[Key] : never

/** What every todo list's definition says. */
export interface Options<
  F extends Fields,
  Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any,
  Sends extends AnyTarget
> {
  /** The fields of an item. */
  readonly item: F
  /**
   * The field that says which entity an item is about, made by `Id.make`. Events are followed in the commit order of that
   * id, which each of them must carry, and the items of one entity are worked on one after another.
   */
  readonly key: Key
  /** The events that add items. */
  readonly collects: ReadonlyArray<Collects>
  /** The events that close items of their entity, those from earlier events of it, whatever their state. */
  readonly resolves?: ReadonlyArray<Resolves>
  /** The commands that it may send, all of its plugin. */
  readonly sends?: ReadonlyArray<Sends>
  /** How often an item is tried before it is parked; 8 when absent. */
  readonly attempts?: number
  /** How long an attempt may take, its commands included. */
  readonly timeout?: Duration.Input
  /** Events from before this instant, by their meta's time, add and close nothing. The whole history when absent. */
  readonly since?: DateTime.DateTime
  /**
   * Raise it to have the whole history collected anew, when an event type was added or `collect` finds what it didn't find
   * before. Items that are known already aren't done again.
   */
  readonly version?: number
  readonly description?: string
}

/** Refuses a key that is no id among the item's fields, with a sentence. */
export type CheckKey<F extends Fields, Key extends string> = Key extends IdFields<F> ? unknown
  : { readonly [P in `the key '${Key}' is no field of the item made by Id.make`]: never }

type IdFields<F extends Fields> = {
  [K in keyof F]: F[K] extends Schema.brand<typeof Schema.NonEmptyString, infer _Key> ? K : never
}[keyof F]

/** What each collected event adds: an item, several, or none. */
export type Collect<Collects extends Event.Any, Item> = {
  readonly [K in Collects["tag"]]: (
    event: InstanceOf<Extract<Collects, { readonly tag: K }>>,
    context: CollectContext
  ) => Item | ReadonlyArray<Item> | undefined
}

/** The keys whose items an event closes, where it isn't all of its ids. */
export type Resolve<Resolves extends Event.Any, Key> = {
  readonly [K in Resolves["tag"]]?: (
    event: InstanceOf<Extract<Resolves, { readonly tag: K }>>
  ) => Key | ReadonlyArray<Key> | undefined
}

/** What an effect's actions may be: commands for the declared targets, or nothing. */
export type Does = Effect.Effect<Action.Actions<Action.PublishCommand> | void, any, any>

/** What the work on an item may not use: it would read or write past the framework. */
type Forbidden = EventStore | PositionedEventStore | EventStores | ViewStores | SnapshotStores | WorkStores

/** Refuses work that uses the stores, with a sentence. */
export type NoStores<Out, Of extends string> = [Extract<Known<ServicesOf<Out>>, Forbidden>] extends [never] ? unknown
  : { readonly [K in `${Of} may not use the stores: it sends commands and asks the QueryEngine`]: never }

/** Refuses commands that aren't declared, with a sentence. */
export type NoUndeclared<Out, Sends extends AnyTarget, Of extends string> =
  [Undeclared<Known<Effect.Success<Out>>, Sends>] extends [never] ? unknown
    : {
      readonly [K in `${Of} sends ${NameOf<Undeclared<Effect.Success<Out>, Sends>>}, which 'sends' doesn't list`]: never
    }

type Undeclared<A, Sends extends AnyTarget> = Exclude<
  A extends ReadonlyArray<infer One> ? One : A,
  Action.ActionOf<Sends> | undefined | void
>

type NameOf<A> = A extends Action.PublishCommand<infer T>
  ? T extends { readonly tag: infer Name extends string } ? `'${Name}'` : "a command of an aggregate"
  : "what is no action"

/** While the compiler still infers, a type is `any`: nothing is refused yet. */
type Known<T> = 0 extends 1 & T ? never : T

/** The behaviour of a todo list as its author gives it, erased. */
export interface ErasedBehavior {
  readonly collect: Readonly<Record<string, (event: any, context: CollectContext) => unknown>>
  readonly resolve: Readonly<Record<string, ((event: any) => unknown) | undefined>> | undefined
  readonly work: (item: any, context: any) => Does
  readonly onExhausted: ((item: any, context: ExhaustedContext) => Does) | undefined
}

const defaultAttempts = 8

const listOf = (answer: unknown): ReadonlyArray<any> =>
  answer === undefined ? [] : Array.isArray(answer) ? answer : [answer]

/** The key of an item must be an id that every event carries: there is no order without it. */
const laneOf = (what: string, options: AnyOptions, consumes: ReadonlyArray<Event.Any>): Lane.Lane => {
  const field = options.item[options.key]
  const key = field === undefined ? undefined : tagKey(field.ast)
  if (key === undefined) return refuse(`the key '${options.key}' of ${what} is no field of its item made by Id.make`)
  const without = consumes.find((event) => !event.tagPaths.keys.has(key))
  if (without !== undefined) {
    return refuse(
      `${what} is keyed by '${key}', which its event '${without.tag}' doesn't carry; add the id to the event`
    )
  }
  return Lane.keyed([...new Set(consumes.map((event) => event.tag))], key)
}

const attemptsOf = (what: string, attempts: number | undefined = defaultAttempts): number =>
  Number.isInteger(attempts) && attempts >= 1
    ? attempts
    : refuse(`${what} is tried ${attempts} times; 'attempts' must be a whole number of at least 1`)

type AnyOptions = Options<Fields, string, Event.Any, Event.Any, AnyTarget>

/** Queues that the platform has for itself. */
const reserved = ["commands", "tasks"]

/** Checks what a todo list's definition says, and gives what makes a behaviour of it. */
export const make = <Name extends string>(
  kind: Exclude<TodoList["kind"], "EventMapping">,
  name: Name,
  options: AnyOptions,
  defaultTimeout: Duration.Input
): (definition: unknown, behavior: ErasedBehavior) => TodoBehavior<Name, never, never> => {
  const what = `${kind === "AutomationSlice" ? "automation" : "translation"} '${name}'`
  checkName("an automation or translation", name)
  if (reserved.includes(name)) refuse(`${what} needs another name: the platform has a queue of that name`)
  const { collects, item, key, resolves = [], sends = [], since, timeout = defaultTimeout, version = 1 } = options
  const consumes = [...new Set([...collects, ...resolves])]
  const list: TodoList = {
    kind,
    name,
    consumes,
    lane: laneOf(what, options, consumes),
    sends,
    attempts: attemptsOf(what, options.attempts),
    timeout: Duration.fromInputUnsafe(timeout),
    since: since === undefined ? undefined : DateTime.toEpochMillis(since),
    version
  }
  const codec = Schema.toCodecJson(Schema.Struct(item)) as unknown as Schema.Codec<any, Schema.Json>
  const resolving = new Set(resolves.map((event) => event.tag))
  return (definition, { collect, onExhausted, resolve, work }) => {
    const items: OwnItems = {
      _tag: "Items",
      codec,
      key,
      collect: (event, context) => listOf(collect[event._tag]?.(event, context)),
      closes: resolving.size > 0,
      resolve: (event) => {
        if (!resolving.has(event._tag)) return []
        const keys = resolve?.[event._tag]
        return keys === undefined ? "all" : listOf(keys(event))
      },
      work: (one, context) => Effect.map(work(one, context), Action.list) as ReturnType<OwnItems["work"]>,
      exhausted: onExhausted === undefined
        ? undefined
        : (one, context) => Effect.map(onExhausted(one, context), Action.list) as ReturnType<OwnItems["work"]>
    }
    return { kind: `${kind}Behavior`, name, definition: definition as never, list, items, "~R": (_) => _ }
  }
}
