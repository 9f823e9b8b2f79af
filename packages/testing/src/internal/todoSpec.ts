import * as Action from "@reventless/core/Action"
import type * as AutomationSlice from "@reventless/core/AutomationSlice"
import { addressName } from "@reventless/core/CommandBus"
import type * as EventMapping from "@reventless/core/EventMapping"
import type { SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Message from "@reventless/core/Message"
import type * as OutboundTranslationSlice from "@reventless/core/OutboundTranslationSlice"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import * as ReactionPipeline from "@reventless/core/ReactionPipeline"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Effect from "effect/Effect"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import type { SpecFailure } from "../SpecFailure.ts"
import { differences, failure, lines, show, under } from "./difference.ts"
import { place, type Tagged } from "./eventDifference.ts"
import { countCommands, type Expected, mustAsk, mustFail, mustSucceed } from "./programOutcome.ts"
import { storeEvents } from "./storedEvents.ts"

/** A behaviour with a todo list. */
export type ListBehavior = AutomationSlice.Behavior<string, any> | OutboundTranslationSlice.Behavior<string, any>

/** A todo list with its history. */
export interface ListCase {
  readonly behavior: ListBehavior
  readonly given: ReadonlyArray<Tagged>
}

/** What is done with its items: an attempt of each, or what is said when the attempts are used up. */
export type Step = { readonly attempt: number } | { readonly reason: string }

/** An item that isn't done, with the event that it comes from. */
interface Item {
  readonly id: string
  readonly item: unknown
  readonly meta: Message.Meta
}

const Content = Schema.Struct({ item: Schema.Json, meta: Message.Meta })

/** The items that the history leaves to be done, collected by the pipeline that platforms run, each event twice. */
const collect = Effect.fnUntraced(
  function*({ behavior, given }: ListCase): Effect.fn.Return<ReadonlyArray<Item>, SpecFailure> {
    const { items, list, name } = behavior
    const stored = yield* storeEvents(name, list.consumes, "given", given)
    const events = yield* Effect.forEach(
      stored,
      ({ data, definition, tags }, index) =>
        Effect.map(Message.root(`Spec.${definition.tag}`, definition.version), (meta): SequencedEvent => ({
          type: definition.tag,
          tags,
          data,
          meta,
          position: index + 1
        }))
    )
    const rows = yield* ViewStoreMemory.make
    const work = yield* WorkStoreMemory.make
    const [{ generation }] = yield* Effect.orDie(rows.open(name, "spec"))
    const runtime = { plugin: { name: "Spec" }, rows, work, handlers: [] } as unknown as PluginRuntime
    for (const [from, to] of [...events.map((_, index) => [index, index + 1]), [0, events.length]] as const) {
      const { react } = ReactionPipeline.ofTodoList(runtime, behavior, generation)
      const outcomes = yield* Effect.orDie(react(events.slice(from, to), { extent: Extent.upTo(to!) }))
      for (const outcome of outcomes) {
        if (outcome._tag !== "Parked" || outcome.reason === undefined) {
          continue
        }
        const event = place(outcome.position - 1, given[outcome.position - 1]!)
        return yield* failure(name, under(`${event} can't be collected`, [outcome.reason]))
      }
    }
    const left = yield* Effect.orDie(work.list(name, { limit: Infinity }))
    if (items._tag === "Commands") {
      return []
    }
    return yield* Effect.orDie(Effect.forEach(left, ({ content, id }) =>
      Effect.gen(function*() {
        const { item, meta } = yield* Schema.decodeUnknownEffect(Content)(content)
        return { id, meta, item: yield* Schema.decodeUnknownEffect(items.codec)(item) }
      })))
  },
  Effect.provideService(References.MinimumLogLevel, "None")
)

/** Collects the history and checks that exactly these items are left to be done, in this order. */
export const assertItems = Effect.fnUntraced(function*(test: ListCase, expected: ReadonlyArray<unknown>) {
  const items = yield* collect(test)
  const report = Array.from({ length: Math.max(expected.length, items.length) }, (_, index) => {
    const name = `item ${index + 1}`
    if (index >= items.length) return [`${name}  expected, but not there  ${show(expected[index])}`]
    const { item } = items[index]!
    if (index >= expected.length) return [`${name}  there, but not expected  ${show(item)}`]
    const found = differences(expected[index], item)
    return found.length === 0 ? [] : under(name, lines(found))
  }).flat()
  if (report.length > 0) return yield* failure(test.behavior.name, under("the items differ", report))
})

/** Does a step with each item, in their order, until one fails. */
const work = Effect.fnUntraced(function*(test: ListCase, step: Step) {
  const { behavior } = test
  const { items, list, name } = behavior
  const asked: Array<Action.PublishCommand> = []
  const left = yield* collect(test)
  if (left.length === 0) return yield* failure(name, ["there is nothing to do: no item is left by the given events"])
  if (items._tag === "Commands") return { asked, exit: yield* Effect.exit(Effect.void) }
  const exit = yield* Effect.exit(Effect.forEach(left, ({ id, item, meta }) =>
    Effect.suspend(() =>
      "attempt" in step
        ? items.work(item, { meta, idempotencyKey: id, attempt: step.attempt })
        : items.exhausted?.(item, { meta, idempotencyKey: id, reason: step.reason }) ?? Effect.succeed([])
    ).pipe(Effect.tap((actions) => Effect.sync(() => asked.push(...actions)))), { discard: true }))
  const foreign = asked.find(({ to }) => !list.sends.includes(to))
  if (foreign !== undefined) {
    return yield* failure(name, [`it sends '${addressName(foreign.to["~address"])}', which 'sends' doesn't list`])
  }
  return { asked, exit }
})

/** Does a step with each item and checks that it asked for exactly these commands. */
export const assertSends = Effect.fnUntraced(
  function*(test: ListCase, step: Step, expected: ReadonlyArray<Action.PublishCommand>) {
    const { asked, exit } = yield* work(test, step)
    yield* mustSucceed(test.behavior.name, exit)
    yield* mustAsk(test.behavior.name, expected, asked)
  }
)

/** Does a step with each item and checks that it failed with this error. */
export const assertFails = Effect.fnUntraced(function*(test: ListCase, step: Step, expected: Expected) {
  const { asked, exit } = yield* work(test, step)
  yield* mustFail(test.behavior.name, exit, expected, `asked for ${countCommands(asked.length)}`)
})

/** Maps an event and checks that it comes to exactly these commands. */
export const assertMaps = Effect.fnUntraced(
  function*(mapping: EventMapping.EventMapping, event: Tagged, expected: ReadonlyArray<Action.PublishCommand>) {
    const name = mapping.name ?? "the mapping"
    const [stored] = yield* storeEvents(name, mapping.from, "given", [event])
    const { definition } = stored!
    const meta = yield* Message.root(`Spec.${definition.tag}`, definition.version)
    const exit = yield* Effect.exit(Effect.sync(() => Action.list(mapping.map(event, { meta }))))
    yield* mustSucceed(name, exit)
    yield* mustAsk(name, expected, exit._tag === "Success" ? exit.value : [])
  }
)
