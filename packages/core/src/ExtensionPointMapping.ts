/**
 * Mappings of an extension point: how a plugin's own events become the contract's events, and the contract's commands its
 * own commands. A plugin lists them as its `extensionPoints`; several of one extension point are one component.
 *
 * What leaves is driven by the log: events are mapped in the commit order of their entity, from a checkpoint, and each is
 * published once. A mapping that fails is tried again; when its attempts are used up, the event is parked with the mapping's
 * name and reason, and holds up the later ones of its entity alone.
 */
import type * as Effect from "effect/Effect"
import type * as Action from "./Action.ts"
import type * as Aggregate from "./Aggregate.ts"
import type * as Command from "./Command.ts"
import type { AnyTarget } from "./CommandBus.ts"
import type * as Directive from "./Directive.ts"
import type * as Event from "./Event.ts"
import type * as ExtensionPoint from "./ExtensionPoint.ts"
import type { InstanceOf } from "./internal/definitions/definition.ts"
import type * as Message from "./Message.ts"
import type { QueryEngine } from "./QueryEngine.ts"

/** What a mapping knows beside the message. */
export interface MappingContext {
  /** The entity that the message is about: for an event the id that orders it, for a command its first id. */
  readonly id: string
  /** The meta of the message. */
  readonly meta: Message.Meta
  /** Asks the views of the platform. */
  readonly queries: QueryEngine["Service"]
}

/** What maps a message: a plain function, or an Effect program that may fail, and is then run again. */
export type Answer<A> = Action.Actions<A> | void | Effect.Effect<Action.Actions<A> | void, any, any>

/** What a mapping maps from: an aggregate, or events of the plugin's slices. */
export type Source = Aggregate.Any | ReadonlyArray<Event.Any>

/** The events of a source. */
export type EventsOf<S> = S extends
  { readonly kind: "Aggregate"; readonly events: ReadonlyArray<infer E extends Event.Any> } ? E
  : S extends ReadonlyArray<infer E extends Event.Any> ? E
  : never

/** What an event of the plugin may come to: events of the contract, and directives. */
export type Leaving<E extends Event.Any, D extends Directive.Any> =
  | Action.PublishEvent<InstanceOf<E>>
  | Action.HandleDirective<InstanceOf<D>, any>

/** What a command of the contract may come to: commands of the plugin, and directives. */
export type Entering<D extends Directive.Any> = Action.PublishCommand | Action.HandleDirective<InstanceOf<D>, any>

/** What each event comes to. */
export type OfEvents<From extends Event.Any, A, Context> = {
  readonly [K in From["tag"]]: (event: InstanceOf<Extract<From, { readonly tag: K }>>, context: Context) => Answer<A>
}

/** What each command comes to. */
export type OfCommands<C extends Command.Any, A, Context> = {
  readonly [K in C["tag"]]: (command: Command.TypeOf<Extract<C, { readonly tag: K }>>, context: Context) => Answer<A>
}

/** A mapping of an extension point, to be listed in a plugin's `extensionPoints`. */
export interface Mapping<out Point extends string = string, out Targets extends string = string, out R = unknown>
  extends Part<Point, Targets, R>
{
  readonly kind: "ExtensionPointMapping"
  /** Its own name; without one it is called after what it maps from. */
  readonly name: string | undefined
  /** What it maps from; undefined when it only takes commands. */
  readonly source: MappedSource | undefined
  /** What an event comes to, by its name. */
  readonly outgoing: Handlers
  /** What a command comes to, by its name; undefined when it takes none. */
  readonly incoming: Handlers | undefined
  /** The commands that it may send, for who draws the plugin; undefined when it doesn't say. */
  readonly sends: ReadonlyArray<AnyTarget> | undefined
  /** The commands that its directives may send or schedule, for who draws the plugin; undefined when it doesn't say. */
  readonly directivesSend: ReadonlyArray<AnyTarget> | undefined
}

/** An older major version that is still served, to be listed in a plugin's `extensionPoints`. */
export interface Older<out Point extends string = string> extends Part<Point, never, never> {
  readonly kind: "OlderContract"
  readonly older: ExtensionPoint.Any
  /** What an event of the current version is in the older one, by its name; none when it isn't there. */
  readonly down: Readonly<Record<string, (event: any) => { readonly _tag: string } | undefined>>
  /** What a command of the older version is in the current one, by its name. */
  readonly up: Readonly<Record<string, (command: any) => Action.PublishCommand>>
}

/** What a mapping maps from. */
export interface MappedSource {
  /** The aggregate, unless they are events of slices. */
  readonly aggregate: Aggregate.Any | undefined
  readonly events: ReadonlyArray<Event.Any>
  /** The kind of id that orders the events, which each of them carries. */
  readonly key: string
}

/** Handlers of messages by their names, erased. */
export type Handlers = Readonly<Record<string, (message: any, context: any) => Answer<any>>>

/** What all parts of an extension point have in common. */
export interface Part<out Point extends string, out Targets extends string, out R> {
  readonly kind: "ExtensionPointMapping" | "OlderContract"
  readonly point: ExtensionPoint.Any
  readonly "~Point": (_: never) => Point
  /** The components that it commands. */
  readonly "~Targets": (_: never) => Targets
  readonly "~R": (_: never) => R
}

/** Any part of an extension point. */
export type Any = Mapping | Older

/** What the handlers of a mapping or extension answer with. */
type Answers<H> = H extends object ? { [K in keyof H]: H[K] extends (...args: any) => infer A ? A : never }[keyof H]
  : never

/** The actions in an answer. */
type ActionsIn<A> = A extends Effect.Effect<infer Done, any, any> ? OneOf<Done> : OneOf<A>
type OneOf<A> = A extends ReadonlyArray<infer One> ? One : A

/** The components that handlers command. */
export type TargetsOf<H> = ComponentOf<ActionsIn<Answers<H>>>
type ComponentOf<A> = A extends Action.PublishCommand<infer T> ? T["component"] : never

/** Refuses commands that `sends` doesn't list, with a sentence. Without `sends` every command is allowed. */
export type NoUnlisted<H, Sends extends AnyTarget> = [Sends] extends [never] ? unknown
  : [Unlisted<H, Sends>] extends [never] ? unknown
  : { readonly [K in `a handler sends ${NameOf<Unlisted<H, Sends>>}, which 'sends' doesn't list`]: never }

type Unlisted<H, Sends extends AnyTarget> = Exclude<
  Extract<ActionsIn<Answers<H>>, { readonly _tag: "PublishCommand" }>,
  Action.ActionOf<Sends>
>

type NameOf<A> = A extends Action.PublishCommand<infer T> ? `'${T["component"]}'` : never

/** The services that handlers need, those of their directives included. */
export type NeedsOf<H> = [EffectNeeds<Answers<H>> | DirectiveNeedsOf<H>] extends [infer R] ? R : never
type EffectNeeds<A> = A extends Effect.Effect<any, any, infer R> ? R : never

/** The services that the directives of handlers need. */
export type DirectiveNeedsOf<H> = DirectiveNeeds<ActionsIn<Answers<H>>>
type DirectiveNeeds<A> = A extends Action.HandleDirective<any, infer R> ? R : never
