import type { SequencedEvent } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import * as Message from "@reventless/core/Message"
import * as ReactionPipeline from "@reventless/core/ReactionPipeline"
import type * as View from "@reventless/core/View"
import * as ViewStoreMemory from "@reventless/core/ViewStoreMemory"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import * as References from "effect/References"
import * as Schema from "effect/Schema"
import type { SpecFailure } from "../SpecFailure.ts"
import { failure, under } from "./difference.ts"
import { place, type Tagged } from "./eventDifference.ts"
import { everyRow } from "./everyRow.ts"
import { type Row, rowDifferences } from "./rowDifference.ts"
import { shuffleLanes } from "./shuffleLanes.ts"
import { type StoredEvent, storeEvents } from "./storedEvents.ts"

/** A behaviour that projects rows. */
export type ViewBehavior = View.Behavior<string, unknown>

/** One way in which a platform may deliver a history. */
interface Delivery {
  /** How it is told in failures. */
  readonly told: string
  /** The order of the events, by index. */
  readonly order: ReadonlyArray<number>
  /** From and to which event of that order each batch goes. */
  readonly batches: ReadonlyArray<readonly [from: number, to: number]>
  /** Shuffles what has no order within a batch; the order given when absent. */
  readonly seed: number | undefined
}

/** How many seeds what has no order is shuffled by. */
const shuffles = 20

/** Every way that is tried; the first one is the plain one. Each batch is delivered twice, and the whole at the end. */
const deliveries = Effect.fnUntraced(function*(count: number, lane: View.Spec["lane"]["_tag"]) {
  const order = Array.from({ length: count }, (_, index) => index)
  const whole: Delivery["batches"] = [[0, count]]
  const single: Delivery["batches"] = order.map((index) => [index, index + 1])
  const overlapping: Delivery["batches"] = order.map((index) => [Math.max(0, index - 1), index + 1])
  const found: Array<Delivery> = [
    { told: "all at once", order, batches: whole, seed: undefined },
    { told: "one by one", order, batches: single, seed: undefined },
    { told: "in batches that overlap", order, batches: overlapping, seed: undefined }
  ]
  if (lane === "Total" || count < 2) return found
  for (let seed = 1; seed <= shuffles; seed++) {
    found.push(
      lane === "Keyed"
        ? { told: `with its keys shuffled by seed ${seed}`, order, batches: whole, seed }
        : {
          told: `shuffled by seed ${seed}`,
          order: yield* Random.withSeed(Random.shuffle(order), seed),
          batches: seed % 2 === 0 ? whole : single,
          seed: undefined
        }
    )
  }
  return found
})

/** The rows that the history gives, whatever way it is delivered; fails where the way makes a difference. */
export const runProjection = (
  behavior: ViewBehavior,
  given: ReadonlyArray<Tagged>
): Effect.Effect<ReadonlyArray<Row>, SpecFailure> =>
  Effect.gen(function*() {
    const { spec } = behavior.definition
    const stored = yield* storeEvents(spec.name, spec.consumes, "given", given)
    const events = yield* Effect.forEach(stored, toNewEvent)
    const [plain, ...others] = yield* deliveries(given.length, spec.lane._tag)
    const rows = yield* deliver(behavior, given, events, plain!)
    for (const other of others) {
      const words = [isReordered(other) ? "in the given order" : plain!.told, "here"] as const
      const found = rowDifferences(spec, rows, yield* deliver(behavior, given, events, other), words)
      if (found.length > 0) return yield* dependsOnDelivery(spec, given, other, found)
    }
    return rows
  }).pipe(Effect.provideService(References.MinimumLogLevel, "None"))

const toNewEvent = Effect.fnUntraced(function*({ data, definition, tags }: StoredEvent) {
  return { type: definition.tag, tags, data, meta: yield* Message.root(`Spec.${definition.tag}`, definition.version) }
})

const tellOrder = (given: ReadonlyArray<Tagged>, order: ReadonlyArray<number>): string =>
  order.map((index) => place(index, given[index]!)).join(", ")

const isReordered = ({ order }: Delivery): boolean => order.some((event, index) => event !== index)

const dependsOnDelivery = (
  spec: View.Spec,
  given: ReadonlyArray<Tagged>,
  delivery: Delivery,
  found: ReadonlyArray<string>
): SpecFailure =>
  failure(
    spec.name,
    isReordered(delivery)
      ? under("the rows depend on the order of the events, and a view without a key gets none", [
        `${delivery.told}: ${tellOrder(given, delivery.order)}`,
        ...found
      ])
      : under(`the rows depend on how the events are delivered; here ${delivery.told}`, found)
  )

/** Feeds a view that is new, as if the process had stopped after every batch before it could say that it was done. */
const deliver = Effect.fnUntraced(function*(
  behavior: ViewBehavior,
  given: ReadonlyArray<Tagged>,
  events: ReadonlyArray<Omit<SequencedEvent, "position">>,
  delivery: Delivery
) {
  const { spec } = behavior.definition
  const store = yield* ViewStoreMemory.make
  const [{ generation }] = yield* Effect.orDie(store.open(spec.name, spec.fingerprint))
  const log = delivery.order.map((event, index): SequencedEvent => ({ ...events[event]!, position: index + 1 }))
  for (const [from, to] of [...delivery.batches.flatMap((batch) => [batch, batch]), [0, log.length] as const]) {
    const { react } = ReactionPipeline.make({ plugin: "Spec", behavior, store, generation })
    const { seed } = delivery
    const outcomes = yield* Effect.orDie(
      react(log.slice(from, to), { extent: Extent.upTo(to) }).pipe(
        seed === undefined ?
          (self) => self :
          (self) => Random.withSeed(Effect.provideService(self, ReactionPipeline.DeliveryOrder, shuffleLanes), seed)
      )
    )
    for (const outcome of outcomes) {
      if (outcome._tag !== "Parked" || outcome.reason === undefined) continue
      const index = delivery.order[outcome.position - 1]!
      return yield* failure(
        spec.name,
        under(`${place(index, given[index]!)} can't be applied`, [
          outcome.reason,
          ...isReordered(delivery) ? [`${delivery.told}: ${tellOrder(given, delivery.order)}`] : []
        ])
      )
    }
  }
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(spec.row))
  const found = yield* Effect.orDie(store.list(spec.name, generation, everyRow))
  return yield* Effect.orDie(
    Effect.forEach(found, ({ row }) => decode(row.row) as Effect.Effect<Row, Schema.SchemaError>)
  )
})
