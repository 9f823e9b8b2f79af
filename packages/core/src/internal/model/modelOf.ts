import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type * as Access from "../../Access.ts"
import { addressName, type AnyTarget } from "../../CommandBus.ts"
import type * as Event from "../../Event.ts"
import { logName } from "../../EventStores.ts"
import type * as ExtensionPointMapping from "../../ExtensionPointMapping.ts"
import type { ModelCommand, ModelEvent, ModelPlugin, ModelSlice } from "../../Model.ts"
import type * as Plugin from "../../Plugin.ts"
import type * as Task from "../../Task.ts"
import { errorOf, fieldsOf } from "../contracts/shapeOf.ts"
import { tagKey } from "../definitions/tagAnnotations.ts"
import { encodeWhen } from "../tasks/timetable.ts"

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

const namesOf = (targets: ReadonlyArray<AnyTarget>): ReadonlyArray<string> =>
  targets.map((target) => addressName(target["~address"]))

const sends = (targets: ReadonlyArray<AnyTarget> | undefined): { readonly sends?: ReadonlyArray<string> } =>
  targets === undefined ? {} : { sends: namesOf(targets) }

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
export const modelOf = (plugin: Plugin.Plugin<string, unknown>): ModelPlugin => {
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
      sends: namesOf(targets),
      ...access(definition.access)
    })),
    tasks: plugin.tasks.map(({ definition, name }) => ({
      name,
      ...description(definition),
      trigger: trigger(definition.trigger),
      ...sends(definition.sends)
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
        commands: Object.keys(mapping.incoming ?? {}),
        ...(mapping.directivesSend === undefined ? {} : { directivesSend: namesOf(mapping.directivesSend) })
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
