/** Views: whatever they are fed, and however it is cut, delivered again or ordered, the rows are the same. */
import type { SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import type { Plugin } from "@reventless/core/Plugin"
import type { PluginRuntime } from "@reventless/core/PluginRuntime"
import { DeliveryOrder } from "@reventless/core/ReactionPipeline"
import * as ReactionPipeline from "@reventless/core/ReactionPipeline"
import type * as View from "@reventless/core/View"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Random from "effect/Random"
import { everyRow } from "../internal/everyRow.ts"
import { shuffleLanes } from "../internal/shuffleLanes.ts"
import { commandsOf } from "./commandsOf.ts"
import { asStored, commandHistories, eventHistories, sendAll, stored, withRuntime } from "./histories.ts"
import { chapter, holds, type Property, show } from "./Property.ts"

const claim = chapter("views", 0.2)

type Behavior = View.Behavior<string, unknown>

/** What a view shows, and what it could not apply. */
const contents = Effect.fnUntraced(function*({ rows }: PluginRuntime, view: string, generation: number) {
  const found = yield* rows.list(view, generation, everyRow)
  const parked = yield* rows.parked(view, generation)
  return {
    rows: found.map(({ row }) => row.row),
    parked: parked.map(({ lane, position, reason }) => ({ lane, position, reason }))
  }
})

/** Feeds a new generation of a view with batches of events. */
const feed = Effect.fnUntraced(function*(
  runtime: PluginRuntime,
  behavior: Behavior,
  batches: ReadonlyArray<ReadonlyArray<SequencedEvent>>
) {
  const { spec } = behavior.definition
  const { generation } = yield* runtime.rows.build(spec.name, spec.fingerprint)
  const pipeline = ReactionPipeline.of(runtime, behavior, generation)
  for (const batch of batches) {
    yield* pipeline.react(batch, { extent: Extent.upTo(batch.at(-1)!.position) })
  }
  return yield* contents(runtime, spec.name, generation)
}, Effect.orDie)

/** The events in parts, each of which comes twice and is then followed by a delivery of everything so far. */
const inParts = (events: ReadonlyArray<SequencedEvent>, cuts: ReadonlyArray<number>) => {
  const batches: Array<ReadonlyArray<SequencedEvent>> = []
  let from = 0
  for (let turn = 0; from < events.length; turn++) {
    const to = from + cuts[turn % cuts.length]!
    batches.push(events.slice(from, to), events.slice(from, to), events.slice(0, to))
    from = to
  }
  return batches
}

const shuffled = Effect.provideService(
  DeliveryOrder,
  (deliveries) => Random.withSeed(shuffleLanes(deliveries), "properties")
)

const consumed = ({ definition }: Behavior, events: ReadonlyArray<SequencedEvent>) =>
  events.filter(({ type }) => definition.spec.lane.types.includes(type))

/** The properties of a plugin's views. */
export const views = <R>(plugin: Plugin<string, R>) => {
  const known = plugin as Plugin<string, unknown>
  const made = commandsOf(known).length === 0 ? [] : known.views.flatMap((behavior) => [
    claim(
      `${behavior.name} applies every event that the commands make`,
      () => commandHistories(known),
      ({ history }) =>
        withRuntime(
          plugin,
          Effect.fnUntraced(function*(runtime) {
            yield* sendAll(runtime, history)
            const events = consumed(behavior, yield* stored(runtime))
            if (events.length === 0) return
            const { parked } = yield* feed(runtime, behavior, [events])
            yield* holds(
              parked.length === 0,
              () => `it parked ${show(parked)} of ${show(events.map(({ data }) => data))}`
            )
          })
        )
    ),
    claim(
      `${behavior.name} is the same built in parts, delivered twice and in any order that its lanes allow`,
      () => commandHistories(known),
      ({ cuts, history }) =>
        withRuntime(
          plugin,
          Effect.fnUntraced(function*(runtime) {
            yield* sendAll(runtime, history)
            yield* sameInParts(runtime, behavior, yield* stored(runtime), cuts, true)
          })
        )
    )
  ])
  const given = known.views.map((behavior) =>
    claim(`${behavior.name} is the same built in parts, of whatever events`, () => eventHistories(known), (
      { cuts, history }
    ) =>
      withRuntime(
        plugin,
        (runtime) =>
          Effect.flatMap(asStored(known, history), (events) => sameInParts(runtime, behavior, events, cuts, false))
      ))
  )
  const all: ReadonlyArray<Property<Exclude<R, never>>> = []
  return [...all, ...made, ...given]
}

const sameInParts = Effect.fnUntraced(function*(
  runtime: PluginRuntime,
  behavior: Behavior,
  all: ReadonlyArray<SequencedEvent>,
  cuts: ReadonlyArray<number>,
  shuffle: boolean
) {
  const events = consumed(behavior, all)
  if (events.length === 0) return
  const whole = yield* feed(runtime, behavior, [events])
  const feeding = feed(runtime, behavior, inParts(events, cuts))
  const parts = yield* shuffle ? shuffled(feeding) : feeding
  yield* holds(
    Equal.equals(parts, whole),
    () => `at once it is ${show(whole)}, in parts ${show(parts)}`
  )
})
