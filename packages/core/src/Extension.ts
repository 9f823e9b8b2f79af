/**
 * Extensions: how a plugin follows an extension point of another. Events of the contract become commands of its own
 * components, its own events become commands for the extension point. A plugin lists them as its `extensions`; several of
 * one extension point are one component, named after the plugin.
 *
 * Events are delivered in the order of their entity, from a checkpoint, and the commands that they come to are handled once.
 * An extension that fails on an event tries it again; when its attempts are used up, the event is parked with the reason and
 * holds up the later ones of its entity alone.
 */
import type * as Action from "./Action.ts"
import type { AnyTarget, CommandBus } from "./CommandBus.ts"
import type * as Directive from "./Directive.ts"
import type * as ExtensionPoint from "./ExtensionPoint.ts"
import type * as ExtensionPointMapping from "./ExtensionPointMapping.ts"
import type { InstanceOf } from "./internal/definitions/definition.ts"
import type { QueryEngine } from "./QueryEngine.ts"
import type { PluginDefinition } from "./Registry.ts"
import type { Scheduler } from "./Scheduler.ts"

/** What an extension knows beside an event of the contract. */
export interface IncomingContext extends ExtensionPointMapping.MappingContext {
  /** The plugin that provides the extension point, as it is registered. */
  readonly provider: PluginDefinition
}

/** What a message may come to: commands of the plugin or for the extension point, and directives. */
export type Does<D extends Directive.Any> = Action.PublishCommand | Action.HandleDirective<InstanceOf<D>, any>

/** An extension, to be listed in a plugin's `extensions`. */
export interface Extension<out Point extends string = string, out Targets extends string = string, out R = unknown> {
  readonly kind: "Extension"
  readonly point: ExtensionPoint.Any
  /** Its own name; without one it is called after the extension point, and its outgoing part after what it maps from. */
  readonly name: string | undefined
  /** What an event of the contract comes to, by its name; undefined when it listens to none. */
  readonly incoming: ExtensionPointMapping.Handlers | undefined
  /** Whose events become commands; undefined when it only listens. */
  readonly source: ExtensionPointMapping.MappedSource | undefined
  /** What an own event comes to, by its name. */
  readonly outgoing: ExtensionPointMapping.Handlers
  /** The commands that it may send, for who draws the plugin; undefined when it doesn't say. */
  readonly sends: ReadonlyArray<AnyTarget> | undefined
  readonly "~Point": (_: never) => Point
  /** The components that it commands, the extension point included. */
  readonly "~Targets": (_: never) => Targets
  readonly "~R": (_: never) => R
}

/** Any extension. */
export type Any = Extension

/** Refuses directives of extensions whose handlers ask the platform, with a sentence. */
export type NoPlatform<H> =
  [Extract<Known<ExtensionPointMapping.DirectiveNeedsOf<H>>, Scheduler | QueryEngine | CommandBus>] extends [never] ?
    unknown
    : {
      readonly "a directive of an extension is handled by itself: its handler may not use Scheduler, QueryEngine or CommandBus":
        never
    }

/** While the compiler still infers, the services are `any`: nothing is refused yet. */
type Known<R> = 0 extends 1 & R ? never : R
