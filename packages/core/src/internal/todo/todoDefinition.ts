import type * as DateTime from "effect/DateTime"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Schema from "effect/Schema"
import type * as Action from "../../Action.ts"
import type { AnyTarget } from "../../CommandBus.ts"
import type * as Event from "../../Event.ts"
import type { EventStore, PositionedEventStore } from "../../EventStore.ts"
import type { EventStores } from "../../EventStores.ts"
import type { SnapshotStores } from "../../SnapshotStore.ts"
import type { ViewStores } from "../../ViewStore.ts"
import type { WorkStores } from "../../WorkStore.ts"
import type { ServicesOf } from "../commands/behavior.ts"
import type { Fields, InstanceOf, ValuesOf } from "../definitions/definition.ts"
import type { CollectContext, ExhaustedContext } from "./todoList.ts"

/** An item of a todo list. */
export type ItemOf<F extends Fields> = ValuesOf<F>

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

/** What a definition is called, and what it is about. */
export interface Any<Kind extends string> {
  readonly kind: Kind
  readonly tag: string
  readonly item: Fields
  readonly key: string
  readonly collects: ReadonlyArray<Event.Any>
  readonly resolves: ReadonlyArray<Event.Any>
  readonly sends: ReadonlyArray<AnyTarget>
  readonly description: string | undefined
}

/** The class of a definition, without what makes its behaviour. */
export interface Definition<
  Kind extends string,
  Name extends string,
  F extends Fields,
  Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any,
  Sends extends AnyTarget
> extends Any<Kind> {
  new(_: never): object
  readonly tag: Name
  readonly item: F
  readonly key: Key
  readonly collects: ReadonlyArray<Collects>
  readonly resolves: ReadonlyArray<Resolves>
  readonly sends: ReadonlyArray<Sends>
}

/** What every todo list's behaviour says besides the work on an item. */
export interface Author<
  F extends Fields,
  Key extends string,
  Collects extends Event.Any,
  Resolves extends Event.Any,
  Sends extends AnyTarget,
  C,
  Exhausted extends Does
> {
  /** What each event adds: an item, several, or none. */
  readonly collect: C & Collect<Collects, ItemOf<F>>
  /** The keys whose items an event closes; without it those are all its ids of the key. */
  readonly resolve?: Resolve<Resolves, KeyOf<F, Key>>
  /** The commands that say that an item's attempts are used up; afterwards it is parked. */
  readonly onExhausted?: (
    item: ItemOf<F>,
    context: ExhaustedContext
  ) => Exhausted & NoStores<Exhausted, "onExhausted"> & NoUndeclared<Exhausted, Sends, "onExhausted">
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
  readonly resolve?: Readonly<Record<string, ((event: any) => unknown) | undefined>> | undefined
  readonly work: (item: any, context: any) => Does
  readonly onExhausted?: ((item: any, context: ExhaustedContext) => Does) | undefined
}
