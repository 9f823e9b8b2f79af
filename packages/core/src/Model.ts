/**
 * The model of an application, drawn from its definitions: which commands there are, which events they make and decide on,
 * what is shown of these, what follows on them, and how plugins talk. It is data, the same for the same plugins, and can be
 * kept as JSON and drawn, see `Mermaid`.
 *
 * What a function does isn't part of it. What follows on an event is known where a definition lists what it `sends`:
 * automations, translations, and the mappings and extensions that say so.
 */
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import type * as Access from "./Access.ts"
import { addressName, type AnyTarget } from "./CommandBus.ts"
import type * as Event from "./Event.ts"
import { logName } from "./EventStores.ts"
import type * as ExtensionPointMapping from "./ExtensionPointMapping.ts"
import { errorOf, Field, fieldsOf } from "./internal/shape.ts"
import { tagKey } from "./internal/tagAnnotations.ts"
import { encodeWhen } from "./internal/timetable.ts"
import type * as Plugin from "./Plugin.ts"
import type * as Task from "./Task.ts"

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
export const ModelTask = Schema.Struct({ name: Schema.String, ...described, trigger: Schema.String })

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
    commands: Names
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

const tagsOf = (definitions: ReadonlyArray<{ readonly tag: string }>): ReadonlyArray<string> => [
  ...new Set(definitions.map(({ tag }) => tag))
]

const description = (of: { readonly description?: string | undefined }) =>
  of.description === undefined ? {} : { description: of.description }

const access = (
  rule: Access.Access | undefined
): { readonly access?: NonNullable<typeof ModelSlice.Type["access"]> } => {
  switch (rule?._tag) {
    case undefined:
      return {}
    case "Groups":
      return { access: { rule: "groups", groups: rule.groups } }
    case "Owner":
      return { access: { rule: "owner", field: rule.field } }
    default:
      return { access: { rule: rule!._tag.toLowerCase() as "anyone" } }
  }
}

const command = (target: AnyTarget): typeof ModelCommand.Type => {
  const { command } = target["~address"]
  return {
    name: addressName(target["~address"]),
    ...description(command),
    fields: fieldsOf(command.fields),
    errors: command.errors.map((error, index) => errorOf(error, index)[0]),
    ...access(command.access)
  }
}

const event = ({ fields, tag, tagPaths, version, ...of }: Event.Any): typeof ModelEvent.Type => ({
  name: tag,
  ...description(of),
  version,
  ids: [...tagPaths.keys],
  fields: fieldsOf(fields)
})

const sends = (targets: ReadonlyArray<AnyTarget> | undefined): { readonly sends?: ReadonlyArray<string> } =>
  targets === undefined ? {} : { sends: targets.map((target) => addressName(target["~address"])) }

/** A calendar as five numbers, or six with seconds; `*` for any. */
const calendar = ({ days, hours, minutes, months, seconds, weekdays, zone }: CronParts): string => {
  const any = (numbers: ReadonlyArray<number>) => numbers.length === 0 ? "*" : numbers.join(",")
  const fields = [minutes, hours, days, months, weekdays].map(any)
  const withSeconds = seconds.join() === "0" ? fields : [any(seconds), ...fields]
  return [...withSeconds, ...(zone === undefined ? [] : [zone])].join(" ")
}

type CronParts = Extract<ReturnType<typeof encodeWhen>, { readonly cron: unknown }>["cron"]

/** What runs a task: `every 1h`, `cron 0 3 * * *`, `created products/*.csv`. */
const trigger = (trigger: Task.Trigger): string => {
  if (trigger._tag !== "Schedule") {
    return `${trigger._tag === "ObjectCreated" ? "created" : "removed"} ${trigger.prefix}*${trigger.suffix}`
  }
  const when = encodeWhen(trigger.when)
  if ("at" in when) return `at ${DateTime.formatIso(DateTime.makeUnsafe(when.at))}`
  return "every" in when ? `every ${Duration.format(Duration.millis(when.every))}` : `cron ${calendar(when.cron)}`
}

/** What a mapping or extension has in common with others. */
const mapped = (
  log: string,
  { name, outgoing, sends: targets, source }: Pick<ExtensionPointMapping.Mapping, "outgoing" | "sends" | "source"> & {
    readonly name: string
  }
) => ({
  name,
  ...(source === undefined ? {} : { from: source.aggregate?.tag ?? log }),
  events: Object.keys(outgoing),
  ...sends(targets)
})

const reaction = ({ definition, list, name }: Plugin.Plugin<string, unknown>["todoLists"][number]) => {
  const { collects, description: text, resolves = [] } = definition as {
    readonly collects?: ReadonlyArray<Event.Any>
    readonly resolves?: ReadonlyArray<Event.Any>
    readonly description?: string
  }
  return {
    name,
    ...description({ description: text }),
    kind: list.kind,
    collects: tagsOf(collects ?? list.consumes),
    resolves: tagsOf(resolves),
    sends: sends(list.sends).sends ?? []
  }
}

/** The model of one plugin. */
export const ofPlugin = (plugin: Plugin.Plugin<string, unknown>): ModelPlugin => {
  const log = logName(plugin.name)
  return {
    name: plugin.name,
    version: plugin.version,
    log,
    events: [...plugin.events.values()].map(event),
    aggregates: plugin.aggregates.map(({ definition }) => {
      const targets = Object.values(definition.commands)
      return {
        name: definition.tag,
        ...description(definition),
        id: tagKey(definition.id.ast) ?? "",
        async: targets.some((target) => target.async),
        commands: targets.map(command),
        events: tagsOf(definition.events)
      }
    }),
    slices: plugin.stateChangeSlices.map(({ definition }) => ({
      ...command(definition),
      ...description(definition),
      async: definition.async,
      consumes: tagsOf(definition.consumes),
      produces: tagsOf(definition.produces)
    })),
    views: plugin.views.map(({ definition: { kind, spec } }) => ({
      name: spec.name,
      ...description(spec),
      kind,
      live: spec.live,
      key: spec.key,
      fields: fieldsOf(spec.fields),
      consumes: tagsOf(spec.consumes),
      ...access(spec.access)
    })),
    reactions: plugin.todoLists.map(reaction),
    inbound: plugin.inboundTranslations.map(({ definition, name, sends: targets }) => ({
      name,
      ...description(definition),
      signed: definition.signed,
      sends: targets.map((target) => addressName(target["~address"])),
      ...access(definition.access)
    })),
    tasks: plugin.tasks.map(({ definition, name }) => ({
      name,
      ...description(definition),
      trigger: trigger(definition.trigger)
    })),
    extensionPoints: plugin.extensionPoints.map(({ mappings, older, point }) => ({
      name: point.tag,
      ...description(point),
      version: point.version,
      older: older.map((one) => one.older.version),
      ...(point.connect === undefined ? {} : { connect: point.connect }),
      commands: tagsOf(point.commandDefinitions),
      events: tagsOf(point.events),
      directives: tagsOf(point.directives),
      mappings: mappings.map((mapping) => ({
        ...mapped(log, mapping),
        commands: Object.keys(mapping.incoming ?? {})
      }))
    })),
    extensions: plugin.extensions.map(({ extensions, point }) => ({
      point: point.tag,
      version: point.version,
      parts: extensions.map((extension) => ({
        ...mapped(log, extension),
        follows: Object.keys(extension.incoming ?? {})
      }))
    }))
  }
}

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
