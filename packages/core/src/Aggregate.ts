/**
 * Aggregates: an entity with its commands and events. The consistency boundary is one id: commands for one id run one
 * after another, different ids run in parallel.
 */
import * as Schema from "effect/Schema"
import * as Command from "./Command.ts"
import type * as CommandBus from "./CommandBus.ts"
import type * as Event from "./Event.ts"
import type * as EventMapping from "./EventMapping.ts"
import type * as Id from "./Id.ts"
import type {
  DecideContext,
  Decision,
  ErasedBehavior,
  Evolve,
  EvolveInput,
  Literal,
  NoExcess,
  ServicesOf
} from "./internal/commands/behavior.ts"
import type { NoForbidden } from "./internal/commands/forbidden.ts"
import {
  checkName,
  definitionClass,
  type ErrorsOf,
  type InstanceOf,
  refuse
} from "./internal/definitions/definition.ts"
import { tagKey } from "./internal/definitions/tagAnnotations.ts"

/** What an aggregate definition says. */
export interface Options<Key extends string, C extends Command.Any, E extends Event.Any, Async extends boolean> {
  /** The kind of id. Each command has exactly one field of it, and each event at least one. */
  readonly id: Id.Id<Key>
  readonly commands: ReadonlyArray<C>
  readonly events: ReadonlyArray<E>
  /** Take commands now and decide them later, those of one id in the order in which they were taken. */
  readonly async?: Async
  readonly description?: string
}

/** The addresses of an aggregate's commands. */
export type Addresses<C extends Command.Any, Async extends boolean = false, Name extends string = string> = {
  readonly [K in C["tag"]]: CommandBus.Target<
    Extract<C, { readonly tag: K }>["fields"],
    Extract<C, { readonly tag: K }>["errors"],
    Async,
    Name
  >
}

/** The decisions of an aggregate: one for each command, each with that command's errors. */
export type Decide<State, C extends Command.Any, Produced> = {
  readonly [K in C["tag"]]: (
    command: Command.TypeOf<Extract<C, { readonly tag: K }>>,
    state: State,
    context: DecideContext
  ) => Decision<Produced, ErrorsOf<Extract<C, { readonly tag: K }>["errors"]>>
}

type Outputs<D> = { [K in keyof D]: D[K] extends (...args: any) => infer Out ? Out : never }[keyof D]

/** Snapshots of the state, to shorten replays. */
export interface Snapshots<State> {
  /** Take one after so many events. */
  readonly every: number
  /** Raise it when the state or `evolve` changes: an older snapshot is then ignored. */
  readonly version: number
  readonly state: Schema.Codec<State, any>
}

/** An aggregate definition. */
export interface Aggregate<
  Name extends string,
  Key extends string,
  C extends Command.Any,
  E extends Event.Any,
  Async extends boolean = false
> {
  new(_: never): object
  readonly kind: "Aggregate"
  readonly tag: Name
  readonly id: Id.Id<Key>
  readonly commands: Addresses<C, Async, Name>
  readonly events: ReadonlyArray<E>
  readonly description: string | undefined
  /** The aggregate's behaviour: how the state follows from its events, and a decision for each command. */
  readonly behavior: <
    Self extends Any,
    State,
    L extends Literal,
    Ev extends Evolve<State, E>,
    D extends Decide<State, C, InstanceOf<E>>
  >(
    this: Self,
    behavior: {
      readonly initial: State
      readonly evolve: Ev & EvolveInput<NoInfer<State>, E, L> & NoExcess<Ev, E["tag"], "events">
      readonly decide:
        & D
        & Decide<NoInfer<State>, C, InstanceOf<E>>
        & NoExcess<D, C["tag"], "commands">
        & NoForbidden<Outputs<D>>
      readonly snapshots?: Snapshots<NoInfer<State>>
      /** The commands that events of this aggregate are mapped to. */
      readonly eventMappings?: ReadonlyArray<EventMapping.EventMapping<E>>
    }
  ) => Behavior<Name, ServicesOf<Outputs<D>>, Self>
}

/** An aggregate with its behaviour, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D extends Any = Any> {
  readonly kind: "AggregateBehavior"
  readonly name: Name
  readonly definition: D
  /** By command. */
  readonly behaviors: Readonly<Record<string, ErasedBehavior>>
  readonly snapshots: Snapshots<any> | undefined
  readonly eventMappings: ReadonlyArray<EventMapping.EventMapping>
  readonly "~R": (_: never) => R
}

/** Any aggregate definition. */
export interface Any {
  readonly kind: "Aggregate"
  readonly tag: string
  readonly id: Schema.Constraint
  readonly commands: Readonly<Record<string, CommandBus.AnyTarget>>
  readonly events: ReadonlyArray<Event.Any>
  readonly description: string | undefined
}

/** The commands without a field of the aggregate's id. */
type WithoutId<Key extends string, C extends Command.Any> = C extends Command.Any
  ? { [F in keyof C["fields"]]: C["fields"][F] extends Id.Id<Key> ? F : never }[keyof C["fields"]] extends never
    ? C["tag"]
  : never
  : never

/** Refuses commands without a field of the aggregate's id, with a sentence. */
type AllWithId<Key extends string, C extends Command.Any> = [WithoutId<Key, C>] extends [never] ? unknown
  : { readonly [K in `command '${WithoutId<Key, C>}' has no field of the aggregate's id`]: never }

/**
 * Defines an aggregate. Its commands are addressed as `Category.commands.CreateCategory`.
 *
 * @example
 * ```ts
 * import * as Aggregate from "@reventless/core/Aggregate"
 * import * as Command from "@reventless/core/Command"
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const CategoryId = Id.make("category")
 * class CategoryCreated extends Event.make("CategoryCreated", { categoryId: CategoryId, name: Schema.String }) {}
 * class CategoryExists extends Schema.TaggedError<CategoryExists>()("CategoryExists", { categoryId: CategoryId }) {}
 *
 * class Category extends Aggregate.make("Category", {
 *   id: CategoryId,
 *   commands: [
 *     Command.make("CreateCategory", { categoryId: CategoryId, name: Schema.NonEmptyString }, { errors: [CategoryExists] })
 *   ],
 *   events: [CategoryCreated]
 * }) {}
 *
 * const CategoryLive = Category.behavior({
 *   initial: { exists: false },
 *   evolve: { CategoryCreated: () => ({ exists: true }) },
 *   decide: {
 *     CreateCategory: (command, state) =>
 *       state.exists
 *         ? Effect.fail(new CategoryExists({ categoryId: command.categoryId }))
 *         : Effect.succeed([CategoryCreated.make(command)])
 *   }
 * })
 * ```
 */
export const make = <
  const Name extends string,
  const Key extends string,
  C extends Command.Any,
  E extends Event.Any,
  const Async extends boolean = false
>(
  name: Name,
  options: Options<Key, C, E, Async> & { readonly commands: ReadonlyArray<C> & AllWithId<NoInfer<Key>, C> }
): Aggregate<Name, Key, C, E, Async> => {
  checkName("an aggregate", name)
  const key = tagKey(options.id.ast)
  if (key === undefined) return refuse(`the id of aggregate '${name}' is not made by Id.make`)
  for (const command of options.commands as ReadonlyArray<Command.Any>) {
    const fields = [...command.tagPaths.paths].filter(([path, at]) => at === key && path in command.fields)
    if (fields.length !== 1) {
      refuse(`command '${command.tag}' of aggregate '${name}' needs exactly one field of the id '${key}'`)
    }
  }
  for (const event of options.events) {
    if (!event.tagPaths.keys.has(key)) refuse(`event '${event.tag}' of aggregate '${name}' has no id '${key}'`)
  }
  const commands = Object.fromEntries((options.commands as ReadonlyArray<Command.Any>).map((command) => [
    command.tag,
    {
      component: name,
      fields: command.fields,
      errors: command.errors,
      async: options.async === true,
      "~address": { component: name, command, async: options.async === true }
    }
  ]))
  const behavior = (
    { decide, eventMappings = [], evolve, initial, snapshots }: {
      readonly initial: unknown
      readonly evolve: ErasedBehavior["evolve"]
      readonly decide: Readonly<Record<string, ErasedBehavior["decide"]>>
      readonly snapshots?: Snapshots<any>
      readonly eventMappings?: ReadonlyArray<EventMapping.EventMapping>
    }
  ): Behavior<Name, never> => ({
    kind: "AggregateBehavior",
    name,
    definition: self,
    behaviors: Object.fromEntries(Object.entries(decide).map(([tag, one]) => [tag, { initial, evolve, decide: one }])),
    snapshots,
    eventMappings,
    "~R": (_) => _
  })
  const self = definitionClass<Aggregate<Name, Key, C, E, Async> & Any>({
    kind: "Aggregate" as const,
    tag: name,
    id: options.id,
    commands,
    events: options.events,
    description: options.description,
    behavior
  })
  return self
}

/** The tag key of an aggregate's id. */
export const idKey = (aggregate: Any): string => tagKey(aggregate.id.ast)!
