import * as Action from "@reventless/core/Action"
import { addressName, type AnyTarget } from "@reventless/core/CommandBus"
import type * as Event from "@reventless/core/Event"
import type * as Extension from "@reventless/core/Extension"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import type * as ExtensionPointMapping from "@reventless/core/ExtensionPointMapping"
import * as Message from "@reventless/core/Message"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import type { PluginDefinition } from "@reventless/core/Registry"
import * as Tag from "@reventless/core/Tag"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import { differences, failure, lines, show, showTagged, under } from "./difference.ts"
import type { Tagged } from "./eventDifference.ts"
import { type Expected, mustFail, mustSucceed } from "./programOutcome.ts"
import { storeEvents } from "./storedEvents.ts"

/** What a mapping or an extension came to: an event that is published, a command that is sent, a directive. */
export type Outcome = Action.PublishEvent | Action.PublishCommand | Tagged

/** What a test may say about what a mapping or an extension knows beside the message; the rest is made up. */
export interface Context {
  readonly id?: string | undefined
  readonly meta?: Message.Meta | undefined
  readonly queries?: QueryEngine["Service"] | undefined
  readonly provider?: PluginDefinition | undefined
}

/** A mapping or an extension that was given a message. */
export interface TalkCase {
  readonly name: string
  readonly point: ExtensionPoint.Any
  readonly handlers: ExtensionPointMapping.Handlers
  readonly message: unknown
  readonly tag: string
  readonly context: Required<Pick<Context, "id" | "meta">> & Omit<Context, "id" | "meta">
}

type Part = ExtensionPointMapping.Mapping | Extension.Extension

/** How a part is called in failures. */
export const nameOf = ({ kind, name, point, source }: Part): string =>
  `the ${kind === "Extension" ? "extension" : "mapping"}${name === undefined ? "" : ` '${name}'`} of ${point.tag}${
    source?.aggregate === undefined ? "" : ` from ${source.aggregate.tag}`
  }`

const noQueries = new Proxy({}, {
  get: (_, name) => () =>
    Effect.die(new Error(`it asks 'queries.${String(name)}': give the specification its 'queries'`))
}) as QueryEngine["Service"]

const noProvider = ({ plugin, tag, version }: ExtensionPoint.Any): PluginDefinition => ({
  name: plugin,
  version: "1.0.0",
  heartbeatInterval: 300_000,
  extensionPoints: [{ name: tag, ...version, older: [] }],
  extensions: []
})

const metaOf = (context: Context, service: string, version: number) =>
  context.meta === undefined ? Message.root(`Spec.${service}`, version) : Effect.succeed(context.meta)

/** Gives a part an event: one of its source, or one of the contract. */
export const onEvent = Effect.fnUntraced(function*(
  part: Part,
  definitions: ReadonlyArray<Event.Any>,
  handlers: ExtensionPointMapping.Handlers,
  key: string | undefined,
  event: Tagged,
  context: Context
) {
  const name = nameOf(part)
  const [stored] = yield* storeEvents(name, definitions, "given", [event])
  const { definition, tags } = stored!
  const tag = key === undefined ? tags[0] : tags.find((one) => Tag.key(one) === key)
  const test: TalkCase = {
    name,
    point: part.point,
    handlers,
    message: event,
    tag: event._tag,
    context: {
      ...context,
      id: context.id ?? (tag === undefined ? "" : Tag.value(tag)),
      meta: yield* metaOf(context, definition.tag, definition.version)
    }
  }
  return test
})

/** Gives a mapping a command of the contract. */
export const onCommand = Effect.fnUntraced(
  function*(part: ExtensionPointMapping.Mapping, to: AnyTarget, payload: unknown, context: Context) {
    const name = nameOf(part)
    const { command } = to["~address"]
    const { incoming, point } = part
    if (!point.commandDefinitions.includes(command) || incoming?.[command.tag] === undefined) {
      return yield* failure(name, [`it doesn't map the command ${addressName(to["~address"])}`])
    }
    const checked = yield* Effect.mapError(
      Schema.decodeUnknownEffect(Schema.toType(command.schema as Schema.Codec<unknown>))(payload),
      ({ message }) => failure(name, under(`${command.tag} is no command of the contract`, message.split("\n")))
    )
    const [tag] = command.tagPaths.tags(checked)
    const test: TalkCase = {
      name,
      point,
      handlers: incoming,
      message: checked,
      tag: command.tag,
      context: {
        ...context,
        id: context.id ?? (tag === undefined ? "" : Tag.value(tag)),
        meta: yield* metaOf(context, command.tag, 1)
      }
    }
    return test
  }
)

/** Runs the handler of a message, as a platform does. */
const answered = ({ context, handlers, message, point, tag }: TalkCase) =>
  Effect.exit(Effect.map(
    Effect.suspend(() => {
      const { provider = noProvider(point), queries = noQueries, ...known } = context
      const answer = handlers[tag]!(message, { ...known, queries, provider })
      return Effect.isEffect(answer) ? answer as Effect.Effect<any, unknown> : Effect.succeed(answer)
    }),
    (answer): ReadonlyArray<Action.PublishEvent | Action.PublishCommand | Action.HandleDirective> => Action.list(answer)
  ))

/** What a published event is once it has left: encoded by the contract and read back. */
const left = Effect.fnUntraced(function*(name: string, { events, tag }: ExtensionPoint.Any, event: Tagged) {
  const definition = events.find((one) => one.tag === event._tag)
  if (definition === undefined) return yield* failure(name, [`it publishes ${event._tag}, which is no event of ${tag}`])
  const data = yield* Effect.mapError(
    definition["~encode"](event),
    ({ message }) => failure(name, under(`it publishes a wrong ${event._tag}`, message.split("\n")))
  )
  return (yield* Effect.orDie(definition["~decode"](definition.version, data))) as Tagged
})

/** An outcome in one line. */
const shown = (outcome: Outcome): string => {
  if ("to" in outcome) {
    const after = outcome.delay === undefined ? "" : ` after ${show(outcome.delay)}`
    return `command ${addressName(outcome.to["~address"])} ${show(outcome.command)}${after}`
  }
  if (outcome._tag === "PublishEvent" && "event" in outcome) {
    const about = outcome.entity === undefined ? "" : ` about ${outcome.entity}`
    return `event ${showTagged(outcome.event as object)}${about}`
  }
  return `directive ${showTagged(outcome)}`
}

/** Runs a case and checks that it came to exactly these outcomes, in this order. */
export const assertOutcomes = Effect.fnUntraced(function*(test: TalkCase, expected: ReadonlyArray<Outcome>) {
  const exit = yield* answered(test)
  yield* mustSucceed(test.name, exit)
  const actions = Exit.isSuccess(exit) ? exit.value : []
  const received: ReadonlyArray<Outcome> = yield* Effect.forEach(
    actions,
    (action): Effect.Effect<Outcome, ReturnType<typeof failure>> =>
      action._tag === "PublishEvent"
        ? Effect.map(left(test.name, test.point, action.event), (event) => ({ ...action, event }))
        : Effect.succeed(action._tag === "HandleDirective" ? action.directive : action)
  )
  const report = Array.from({ length: Math.max(expected.length, received.length) }, (_, index) => {
    const [one, other] = [expected[index], received[index]]
    const place = `action ${index + 1}`
    if (one === undefined) return [`${place}  received ${shown(other!)}  expected nothing`]
    if (other === undefined) return [`${place}  expected ${shown(one)}  received nothing`]
    const same = "to" in one && "to" in other ? one.to === other.to : !("to" in one) && !("to" in other)
    const found = same ? differences(valueOf(one), valueOf(other)) : []
    if (!same) return [`${place}  expected ${shown(one)}  received ${shown(other)}`]
    return found.length === 0 ? [] : under(`${place} ${shown(other).split(" {")[0]}`, lines(found))
  }).flat()
  if (report.length > 0) return yield* failure(test.name, under("what it came to differs", report))
})

const valueOf = (outcome: Outcome): unknown =>
  "to" in outcome ? { command: outcome.command, delay: outcome.delay } : outcome

/** Runs a case and checks that it failed with this error. */
export const assertFails = Effect.fnUntraced(function*(test: TalkCase, expected: Expected) {
  const exit = yield* answered(test)
  const count = Exit.isSuccess(exit) ? exit.value.length : 0
  yield* mustFail(test.name, exit, expected, `came to ${count} action${count === 1 ? "" : "s"}`)
})
