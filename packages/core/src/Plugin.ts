/**
 * Plugins: a bounded context with its aggregates, slices, views and read models. A plugin is a value; it names no
 * provider and runs on any platform. Plugins talk through versioned extension points only.
 */
import * as Duration from "effect/Duration"
import type * as Aggregate from "./Aggregate.ts"
import type * as Event from "./Event.ts"
import type * as Extension from "./Extension.ts"
import type * as ExtensionPoint from "./ExtensionPoint.ts"
import type * as ExtensionPointMapping from "./ExtensionPointMapping.ts"
import type * as InboundTranslationSlice from "./InboundTranslationSlice.ts"
import type { IndexPlan } from "./IndexPlan.ts"
import { checkName } from "./internal/definitions/definition.ts"
import { planIndex } from "./internal/definitions/planIndex.ts"
import * as PluginRules from "./internal/definitions/pluginRules.ts"
import * as ExtensionParts from "./internal/talking/extensionParts.ts"
import { todoListOf } from "./internal/todo/eventMappings.ts"
import type { TodoBehavior } from "./internal/todo/todoList.ts"
import * as Lane from "./Lane.ts"
import type * as StateChangeSlice from "./StateChangeSlice.ts"
import type * as Task from "./Task.ts"
import type * as View from "./View.ts"

/** What a plugin is made of. */
export interface Options<
  A extends Aggregate.Behavior<string, any>,
  S extends StateChangeSlice.Behavior<string, any>,
  V extends View.Behavior<string, any>,
  M extends View.Behavior<string, any>,
  U extends TodoBehavior<string, any>,
  O extends TodoBehavior<string, any>,
  I extends InboundTranslationSlice.Behavior<string, any>,
  T extends Task.Behavior<string, any>,
  P extends ExtensionPointMapping.Part<string, any, any>,
  X extends Extension.Extension<string, any, any>
> {
  /** The version of the plugin, SemVer: of several that are connected the highest is current. */
  readonly version: string
  /** How often the plugin says that it is alive: a duration of a second to a day, or a number of seconds. 5 minutes when absent. */
  readonly heartbeatInterval?: Duration.Input
  readonly aggregates?: ReadonlyArray<A>
  readonly stateChangeSlices?: ReadonlyArray<S>
  readonly stateViewSlices?: ReadonlyArray<V>
  readonly readModels?: ReadonlyArray<M>
  readonly automationSlices?: ReadonlyArray<U>
  readonly outboundTranslationSlices?: ReadonlyArray<O>
  readonly inboundTranslationSlices?: ReadonlyArray<I>
  readonly tasks?: ReadonlyArray<T>
  /** What other plugins may follow and send; several mappings of one extension point are one component. */
  readonly extensionPoints?: ReadonlyArray<P>
  /** What it follows of other plugins; several extensions of one extension point are one component. */
  readonly extensions?: ReadonlyArray<X>
  /** Where the plugin's user interface is loaded from; kept in the registry. */
  readonly uiBundleUrl?: string
  /** Handed untouched to whoever builds infrastructure from the plugin; typed by the provider. */
  readonly opts?: unknown
}

/**
 * A plugin. `R` are the services that its behaviours need, `Provides` the extension points that it provides, `Listens` those
 * that it follows.
 */
export interface Plugin<
  out Name extends string,
  out R,
  out Provides extends string = string,
  out Listens extends string = string
> {
  readonly name: Name
  readonly version: string
  readonly heartbeatInterval: Duration.Duration
  readonly aggregates: ReadonlyArray<Aggregate.Behavior<string, unknown>>
  readonly stateChangeSlices: ReadonlyArray<StateChangeSlice.Behavior<string, unknown>>
  /** State views and read models; one engine runs both. */
  readonly views: ReadonlyArray<View.Behavior<string, unknown>>
  /** Automations, outbound translations and event mappings; one engine runs them. */
  readonly todoLists: ReadonlyArray<TodoBehavior<string, unknown>>
  readonly inboundTranslations: ReadonlyArray<InboundTranslationSlice.Behavior<string, unknown>>
  readonly tasks: ReadonlyArray<Task.Behavior<string, unknown>>
  readonly extensionPoints: ReadonlyArray<ProvidedPoint>
  readonly extensions: ReadonlyArray<ListenedPoint>
  readonly uiBundleUrl: string | undefined
  readonly opts: unknown
  /** Every event definition of the plugin by its name. */
  readonly events: ReadonlyMap<string, Event.Any>
  /** By which tags the plugin's events are found. */
  readonly plan: IndexPlan
  readonly "~R": (_: never) => R
  readonly "~Provides": (_: never) => Provides
  readonly "~Listens": (_: never) => Listens
}

/** An extension point with all its mappings, which are one component. */
export interface ProvidedPoint {
  readonly point: ExtensionPoint.Any
  /** Each under a name of its own. */
  readonly mappings: ReadonlyArray<ExtensionPointMapping.Mapping & { readonly name: string }>
  /** The older major versions that are still served. */
  readonly older: ReadonlyArray<ExtensionPointMapping.Older>
  readonly outputs: PointOutputs
}

/** What an extension point is made of, for whoever builds infrastructure or draws it. */
export interface PointOutputs {
  readonly name: string
  /** What its mappings map from: aggregates, and the plugin's log `{Plugin}DcbEventLog` for its slices. */
  readonly aggregateNames: ReadonlyArray<string>
  /** Where extensions send commands. */
  readonly commandTopic: string
  /** Where events are published. */
  readonly eventTopic: string
}

/** All extensions of one extension point, which are one component. */
export interface ListenedPoint {
  readonly point: ExtensionPoint.Any
  /** Each under a name of its own. */
  readonly extensions: ReadonlyArray<Extension.Extension & { readonly name: string }>
}

/** Refuses commands to what is no component of the plugin, with a sentence. */
type NoForeign<B, Own extends string, What extends string> = [Foreign<B, Own>] extends [never] ? unknown
  : { readonly [K in `${What} commands '${Foreign<B, Own>}', which is no component of this plugin`]: never }

type Foreign<B, Own> = B extends { readonly "~Targets": (_: never) => infer T extends string } ? Exclude<T, Own> : never

/** Refuses extension points that another plugin provides, with a sentence. */
type OwnPoints<P, Name extends string> = [Exclude<PointOf<P>, `${Name}.${string}`>] extends [never] ? unknown
  : {
    readonly [
      K in `extension point '${Exclude<PointOf<P>, `${Name}.${string}`>}' can't be provided by plugin '${Name}'`
    ]: never
  }

/** The extension points of a list of mappings or extensions. */
export type PointOf<B> = B extends { readonly "~Point": (_: never) => infer P extends string } ? P : never

/** The services that a list of behaviours needs. */
export type ServicesOf<B> = B extends { readonly "~R": (_: never) => infer R } ? R : never

/**
 * Makes a plugin of its components. Refuses at once, with a sentence, two components or events of one name and a slice's
 * query that no index could serve.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as Plugin from "@reventless/core/Plugin"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Effect from "effect/Effect"
 *
 * const NoteId = Id.make("note")
 * class NoteTaken extends Event.make("NoteTaken", { noteId: NoteId }) {}
 * class TakeNote extends StateChangeSlice.make("TakeNote", {
 *   command: { noteId: NoteId },
 *   consumes: [NoteTaken],
 *   produces: [NoteTaken]
 * }) {}
 * const TakeNoteLive = TakeNote.behavior({
 *   initial: 0,
 *   evolve: { NoteTaken: (count) => count + 1 },
 *   decide: (command, count) => Effect.succeed(count === 0 ? [NoteTaken.make(command)] : [])
 * })
 *
 * const Notes = Plugin.make("Notes", { version: "1.0.0", stateChangeSlices: [TakeNoteLive] })
 * ```
 */
export const make = <
  const Name extends string,
  A extends Aggregate.Behavior<string, any> = never,
  S extends StateChangeSlice.Behavior<string, any> = never,
  V extends View.Behavior<string, any> = never,
  M extends View.Behavior<string, any> = never,
  U extends TodoBehavior<string, any> = never,
  O extends TodoBehavior<string, any> = never,
  I extends InboundTranslationSlice.Behavior<string, any> = never,
  T extends Task.Behavior<string, any> = never,
  P extends ExtensionPointMapping.Part<string, any, any> = never,
  X extends Extension.Extension<string, any, any> = never
>(
  name: Name,
  options: Options<A, S, V, M, U, O, I, T, P, X> & {
    readonly extensionPoints?:
      & ReadonlyArray<P>
      & NoForeign<P, A["name"] | S["name"], "an extension point's mapping">
      & OwnPoints<P, NoInfer<Name>>
    readonly extensions?:
      & ReadonlyArray<X>
      & NoForeign<X, A["name"] | S["name"] | PointOf<X>, "an extension">
  }
): Plugin<Name, ServicesOf<A | S | V | M | U | O | I | T | P | X>, PointOf<P>, PointOf<X>> => {
  checkName("a plugin", name)
  const aggregates = options.aggregates ?? []
  const stateChangeSlices = options.stateChangeSlices ?? []
  const views = [...options.stateViewSlices ?? [], ...options.readModels ?? []]
  const todoLists: ReadonlyArray<TodoBehavior<string, unknown>> = [
    ...options.automationSlices ?? [],
    ...options.outboundTranslationSlices ?? [],
    ...aggregates.flatMap((aggregate) => todoListOf(aggregate) ?? [])
  ]
  const inboundTranslations = options.inboundTranslationSlices ?? []
  const tasks = options.tasks ?? []
  const extensionPoints = ExtensionParts.provided(name, (options.extensionPoints ?? []) as ReadonlyArray<any>)
  const extensions = ExtensionParts.listened(name, (options.extensions ?? []) as ReadonlyArray<any>)
  const mapped = ExtensionParts.sourcesOf({ extensionPoints, extensions })
  const later = [...todoLists, ...inboundTranslations, ...tasks]
  PluginRules.checkUnique(
    name,
    [...aggregates, ...stateChangeSlices, ...views, ...later].map((component) => component.name)
  )
  const senders = [
    ...todoLists.map(({ list }) => list),
    ...inboundTranslations,
    ...tasks.map(({ definition: { sends = [] }, name }) => ({ name, sends })),
    ...extensionPoints.flatMap(({ mappings, point }) =>
      mappings.map(({ directivesSend: sends = [] }) => ({ name: `a directive of ${point.tag}`, sends }))
    )
  ]
  PluginRules.checkSends(name, senders, [
    ...aggregates.flatMap(({ definition }) => Object.values(definition.commands)),
    ...stateChangeSlices.map(({ definition }) => definition)
  ])
  PluginRules.checkSources(name, views, [...aggregates, ...stateChangeSlices].map((component) => component.name))
  const events = PluginRules.collectEvents(name, [
    ...aggregates.flatMap(({ definition }) => definition.events),
    ...stateChangeSlices.flatMap(({ definition }) => [...definition.consumes, ...definition.produces]),
    ...views.flatMap(({ definition }) => definition.spec.consumes),
    ...todoLists.flatMap(({ list }) => list.consumes),
    ...mapped.flatMap(({ events }) => events)
  ])
  const { heartbeatInterval = "5 minutes" } = options
  return {
    name,
    version: options.version,
    heartbeatInterval: Duration.fromInputUnsafe(
      typeof heartbeatInterval === "number" ? Duration.seconds(heartbeatInterval) : heartbeatInterval
    ),
    aggregates,
    stateChangeSlices,
    views,
    todoLists,
    inboundTranslations,
    tasks,
    extensionPoints,
    extensions,
    uiBundleUrl: options.uiBundleUrl,
    opts: options.opts,
    events,
    plan: planIndex({
      name,
      events,
      aggregates: aggregates.map(({ definition }) => definition),
      slices: stateChangeSlices.map(({ definition }) => definition),
      fed: [
        ...views.map(({ definition }) => definition.spec.lane),
        ...todoLists.map(({ list }) => list.lane),
        ...mapped.map(({ events, key }) => Lane.keyed(events.map((event) => event.tag), key))
      ]
    }),
    "~R": (_) => _,
    "~Provides": (_) => _,
    "~Listens": (_) => _
  }
}
