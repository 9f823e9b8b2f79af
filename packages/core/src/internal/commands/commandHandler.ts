import type * as Context from "effect/Context"
import * as Metric from "effect/Metric"
import * as Schema from "effect/Schema"
import * as Aggregate from "../../Aggregate.ts"
import type * as Command from "../../Command.ts"
import * as CommandBus from "../../CommandBus.ts"
import type * as Event from "../../Event.ts"
import type * as Message from "../../Message.ts"
import * as Metrics from "../../Metrics.ts"
import * as Query from "../../Query.ts"
import type * as StateChangeSlice from "../../StateChangeSlice.ts"
import * as Tag from "../../Tag.ts"
import type { ErasedBehavior } from "./behavior.ts"
import * as QueryTemplate from "./queryTemplate.ts"

/** How often a command was answered, by outcome. */
export interface Answered {
  readonly accepted: Metric.Counter<number>
  readonly rejected: Metric.Counter<number>
  readonly failed: Metric.Counter<number>
}

/** A command with everything that handling it takes; slices and aggregates differ in nothing else. */
export interface CommandHandler {
  /** The command with its plugin: `Catalog.AddProduct`. */
  readonly target: string
  /** Whose state the command decides on. */
  readonly component: string
  /** The same with its plugin, `Catalog.Category`: who makes the events. */
  readonly producer: string
  readonly command: Command.Any
  /** Whether the command is taken now and decided later. */
  readonly async: boolean
  /** The entity that a command is about first: those taken for one are decided in the order in which they were taken. */
  readonly lane: (payload: unknown) => string
  readonly behavior: ErasedBehavior
  readonly snapshots: Aggregate.Snapshots<any> | undefined
  readonly consumes: ReadonlyMap<string, Event.Any>
  readonly produces: ReadonlyMap<string, Event.Any>
  /** What the decision on a command is consistent about; undefined when it is about nothing. */
  readonly query: (payload: unknown) => Query.Query | undefined
  /** The aggregate id that a command addresses. */
  readonly entityId: (payload: unknown) => string | undefined
  /** The same as a tag: commands with an equal one may be decided and appended together. */
  readonly entityKey: (payload: unknown) => string | undefined
  /** What a slice's command both reads, by its query, and may write: commands with a common one wait for each other. */
  readonly lockKeys: (query: Query.Query | undefined) => ReadonlyArray<string>
  /** Whether an error is one of the command's own. */
  readonly rejects: (error: unknown) => boolean
  /** Counts its answers by their outcome. */
  readonly answered: Answered
  /** The services of the behaviour. */
  readonly services: Context.Context<never>
}

/** A decoded command with its meta. */
export interface ReceivedCommand {
  readonly handler: CommandHandler
  readonly payload: unknown
  readonly meta: Message.Meta
  /** Under which id the command is remembered, if it is. */
  readonly commandId: string | undefined
}

const byTag = (events: ReadonlyArray<Event.Any>): ReadonlyMap<string, Event.Any> =>
  new Map(events.map((event) => [event.tag, event]))

/** Made once a command: to name a series costs more than to count. */
const answered = (command: string): Answered => {
  const of = (outcome: keyof Answered) => Metric.withAttributes(Metrics.commands, { command, outcome })
  return { accepted: of("accepted"), rejected: of("rejected"), failed: of("failed") }
}

const rejects = (command: Command.Any): (error: unknown) => boolean => {
  const checks = command.errors.map((schema) => Schema.is(schema))
  return (error) => checks.some((is) => is(error))
}

/** The handlers of an aggregate: one for each command. */
export const fromAggregate = (
  plugin: string,
  { behaviors, definition, snapshots }: Aggregate.Behavior<string, unknown>,
  services: Context.Context<never>
): ReadonlyArray<CommandHandler> => {
  const key = Aggregate.idKey(definition)
  const events = byTag(definition.events)
  const types = [...events.keys()]
  return Object.values(definition.commands).map(({ "~address": address, async }): CommandHandler => {
    const { command } = address
    const [field] = [...command.tagPaths.paths].find(([path, at]) => at === key && path in command.fields)!
    const id = (payload: unknown) => (payload as Record<string, string>)[field]!
    const target = `${plugin}.${CommandBus.addressName(address)}`
    return {
      target,
      component: definition.tag,
      producer: `${plugin}.${definition.tag}`,
      command,
      async,
      lane: (payload) => Tag.make(key, id(payload)),
      behavior: behaviors[command.tag]!,
      snapshots,
      consumes: events,
      produces: events,
      query: (payload) => Query.make({ types, tags: [Tag.make(key, id(payload))] }),
      entityId: id,
      entityKey: (payload) => `${definition.tag}|${id(payload)}`,
      lockKeys: () => [],
      rejects: rejects(command),
      answered: answered(target),
      services
    }
  })
}

/** The handler of a slice. */
export const fromSlice = (
  plugin: string,
  { behavior, definition }: StateChangeSlice.Behavior<string, unknown>,
  services: Context.Context<never>
): CommandHandler => {
  const { command, query: template } = definition
  const produces = byTag(definition.produces)
  const target = `${plugin}.${definition.tag}`
  return {
    target,
    component: definition.tag,
    producer: target,
    command,
    async: definition.async,
    lane: (payload) => command.tagPaths.tags(payload)[0] ?? target,
    behavior,
    snapshots: undefined,
    consumes: byTag(definition.consumes),
    produces,
    query: (payload) => QueryTemplate.instantiate(template, command, payload),
    entityId: () => undefined,
    entityKey: () => undefined,
    lockKeys: (query) =>
      (query?.items ?? []).flatMap(({ tags = [], types = [] }) => {
        const written = types.filter((type) => produces.has(type))
        return tags.length === 0 ? written : written.flatMap((type) => tags.map((tag) => `${type}|${tag}`))
      }),
    rejects: rejects(command),
    answered: answered(target),
    services
  }
}
