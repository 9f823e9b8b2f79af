/** When events of orders are seen by who follows a log. */
import type { EventStoreShape } from "@reventless/core/EventStore"
import * as Lane from "@reventless/core/Lane"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"

/** The orders of the first `count` events of a type, each with when it was seen. */
export const seen = (events: EventStoreShape, type: string, count: number) =>
  events.subscribe({ lane: Lane.unordered([type]) }).pipe(
    Stream.flatMap((batch) =>
      Stream.fromIterable(
        batch.events.map(({ data }) => [(data as { readonly orderId: string }).orderId, performance.now()] as const)
      )
    ),
    Stream.take(count),
    Stream.runCollect,
    Effect.orDie
  )

/** How long it takes from each of `count` orders, sent one each 20 ms, to its event, in milliseconds. */
export const latencies = Effect.fnUntraced(function*<E>(
  events: EventStoreShape,
  type: string,
  count: number,
  send: (order: string) => Effect.Effect<unknown, E>
) {
  const sent = new Map<string, number>()
  const following = yield* Effect.forkScoped(seen(events, type, count))
  for (let index = 0; index < count; index++) {
    const order = `order-${index}`
    yield* send(order)
    sent.set(order, performance.now())
    yield* Effect.sleep(20)
  }
  return (yield* Fiber.join(following)).map(([order, time]) => time - sent.get(order)!)
})
