/**
 * The model of an application, drawn from its definitions: which commands there are, which events they make and decide on,
 * what is shown of these, what follows on them, and how plugins talk. It is data, the same for the same plugins, and can be
 * kept as JSON and drawn, see `Mermaid`.
 *
 * What a function does isn't part of it. What follows on an event is known where a definition lists what it `sends`:
 * automations, translations, and the tasks, mappings, directives and extensions that say so.
 */
import * as Schema from "effect/Schema"
import { Field } from "./internal/contracts/shape.ts"
import { modelOf } from "./internal/model/modelOf.ts"
import type * as Plugin from "./Plugin.ts"

const Names = Schema.Array(Schema.String)
const Fields = Schema.Record(Schema.String, Field)
const described = { description: Schema.optionalKey(Schema.String) }

/** Who may do it: a rule, with its groups or field; absent where the platform's default rules. */
const Rule = Schema.optionalKey(Schema.Struct({
  rule: Schema.Literals(["anyone", "authenticated", "groups", "owner", "deny"]),
  groups: Schema.optionalKey(Names),
  field: Schema.optionalKey(Schema.String)
}))

/** A command of an aggregate or slice: how it is addressed, its fields, the errors that it may be answered with. */
export const ModelCommand = Schema.Struct({
  name: Schema.String,
  ...described,
  fields: Fields,
  errors: Names,
  access: Rule
})

/** An event of a plugin, with the kinds of ids that it is found by. */
export const ModelEvent = Schema.Struct({
  name: Schema.String,
  ...described,
  version: Schema.Int,
  ids: Names,
  fields: Fields
})

/** An aggregate. Which of its events a command makes isn't known: any of them. */
export const ModelAggregate = Schema.Struct({
  name: Schema.String,
  ...described,
  /** The kind of id. */
  id: Schema.String,
  async: Schema.Boolean,
  commands: Schema.Array(ModelCommand),
  events: Names
})

/** A state change slice: its command, what the decision looks at, what it makes. */
export const ModelSlice = Schema.Struct({
  ...ModelCommand.fields,
  async: Schema.Boolean,
  consumes: Names,
  produces: Names
})

/** A state view or read model. */
export const ModelView = Schema.Struct({
  name: Schema.String,
  ...described,
  kind: Schema.Literals(["StateViewSlice", "ReadModel"]),
  live: Schema.Boolean,
  key: Schema.String,
  fields: Fields,
  consumes: Names,
  access: Rule
})

/** What follows on events: an automation, an outbound translation, or the event mappings of an aggregate. */
export const ModelReaction = Schema.Struct({
  name: Schema.String,
  ...described,
  kind: Schema.Literals(["AutomationSlice", "OutboundTranslationSlice", "EventMapping"]),
  /** The events that add items. */
  collects: Names,
  /** The events that close them. */
  resolves: Names,
  /** The commands that it may send. */
  sends: Names
})

/** What comes in from outside. */
export const ModelInbound = Schema.Struct({
  name: Schema.String,
  ...described,
  signed: Schema.Boolean,
  sends: Names,
  access: Rule
})

/** A program that runs by the clock, or for objects. */
export const ModelTask = Schema.Struct({
  name: Schema.String,
  ...described,
  trigger: Schema.String,
  /** The commands that it may send; absent where it doesn't say. */
  sends: Schema.optionalKey(Names)
})

const MappedFrom = {
  /** What it is called, and so its list of what is to be done. */
  name: Schema.String,
  /** What it maps from: an aggregate, or the plugin's log. */
  from: Schema.optionalKey(Schema.String),
  /** The plugin's own events that it maps. */
  events: Names,
  /** The commands that it may send; absent where it doesn't say. */
  sends: Schema.optionalKey(Names)
}

const Versions = Schema.Struct({ commands: Schema.String, events: Schema.String })

/** An extension point that a plugin provides. */
export const ModelExtensionPoint = Schema.Struct({
  name: Schema.String,
  ...described,
  version: Versions,
  /** The older versions that are still served. */
  older: Schema.Array(Versions),
  /** The plugins that may connect; every one when absent. */
  connect: Schema.optionalKey(Names),
  commands: Names,
  events: Names,
  directives: Names,
  mappings: Schema.Array(Schema.Struct({
    ...MappedFrom,
    /** The contract's commands that it takes. */
    commands: Names,
    /** The commands that its directives may send or schedule; absent where it doesn't say. */
    directivesSend: Schema.optionalKey(Names)
  }))
})

/** What a plugin follows of an extension point, and sends to it. */
export const ModelExtension = Schema.Struct({
  point: Schema.String,
  version: Versions,
  parts: Schema.Array(Schema.Struct({
    ...MappedFrom,
    /** The contract's events that it follows. */
    follows: Names
  }))
})

/** A plugin with all that it is made of, in the order in which it lists it. */
export const ModelPlugin = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  /** The name of its log. */
  log: Schema.String,
  events: Schema.Array(ModelEvent),
  aggregates: Schema.Array(ModelAggregate),
  slices: Schema.Array(ModelSlice),
  views: Schema.Array(ModelView),
  reactions: Schema.Array(ModelReaction),
  inbound: Schema.Array(ModelInbound),
  tasks: Schema.Array(ModelTask),
  extensionPoints: Schema.Array(ModelExtensionPoint),
  extensions: Schema.Array(ModelExtension)
})

/** A plugin with all that it is made of. */
export type ModelPlugin = typeof ModelPlugin.Type

/** The model of an application: JSON. */
export const Model = Schema.Struct({
  /** The version of the application, when it was given. */
  version: Schema.optionalKey(Schema.String),
  plugins: Schema.Array(ModelPlugin)
}).annotate({ identifier: "Model" })

/** The model of an application: JSON. */
export type Model = typeof Model.Type

/** The model of one plugin. */
export const ofPlugin = (plugin: Plugin.Plugin<string, unknown>): ModelPlugin => modelOf(plugin)

/**
 * The model of an application: of its plugins, in the order in which they are given.
 *
 * @example
 * ```ts
 * import * as Model from "@reventless/core/Model"
 * import * as Plugin from "@reventless/core/Plugin"
 *
 * const Notes = Plugin.make("Notes", { version: "1.0.0" })
 * const { plugins } = Model.of({ version: "1.0.0", plugins: [Notes] })
 * // [{ name: "Notes", version: "1.0.0", log: "NotesDcbEventLog", events: [], aggregates: [], ... }]
 * ```
 */
export const of = (application: {
  readonly version?: string | undefined
  readonly plugins: ReadonlyArray<Plugin.Plugin<string, unknown>>
}): Model => ({
  ...(application.version === undefined ? {} : { version: application.version }),
  plugins: application.plugins.map(ofPlugin)
})
