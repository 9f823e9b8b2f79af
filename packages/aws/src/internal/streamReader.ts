/** All shards of a table's stream, for all who listen in this process. */
import type { Shard } from "@aws-sdk/client-dynamodb-streams"
import type { EventStoreError } from "@reventless/core/EventStore"
import * as Signal from "@reventless/core/Signal"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import type * as Scope from "effect/Scope"
import type { Listener } from "../Doorbells.ts"
import * as PendingRings from "./pendingRings.ts"
import * as ShardReader from "./shardReader.ts"
import { type StreamClient, unreadable } from "./streamClient.ts"

/** A stream that is being read. */
export interface StreamReader {
  readonly listen: Effect.Effect<Listener, never, Scope.Scope>
}

/** A shard before it is read, while it is, and when everything in it is known. */
type State = "waiting" | "reading" | "done"

/** How often new shards are looked for: mostly, and when one has ended of which no successor is known. */
const seldom = "10 seconds"
const often = "1 second"

/** How many shards are begun at once. */
const concurrency = 8

/**
 * Reads the stream of a table until the scope ends. It holds a position in every shard that can get records when this
 * completes, so nothing that is added from then on is missed.
 *
 * It begins with the oldest records of the shards that have no successor: a position that is known to be before now. What
 * shards with a successor hold was added before, and comes to nobody. A successor is begun when its predecessor has ended.
 */
export const make = Effect.fnUntraced(function*(
  stream: StreamClient,
  options: { readonly table: string; readonly idle: Duration.Input; readonly onFailure: Effect.Effect<unknown> }
) {
  const { idle, onFailure, table } = options
  const listeners = new Set<PendingRings.PendingRings>()
  const states = new Map<string, State>()
  const running = yield* FiberMap.make<string, void, EventStoreError>()
  const ended = Signal.make()
  let failed: EventStoreError | undefined

  const audience: ShardReader.Audience = {
    add: (partition, version, item) => {
      for (const pending of listeners) pending.add(partition, version, item)
    },
    ring: () => {
      for (const pending of listeners) pending.ring()
    },
    rescan: () => {
      for (const pending of listeners) pending.rescan()
    }
  }

  const shards = Effect.catchTag(
    stream.shards,
    "PositionLost",
    () => Effect.fail(unreadable(table, "is no longer there: the table was removed; create it with DynamoTable.create"))
  )

  const begin = Effect.fnUntraced(function*(shard: string) {
    states.set(shard, "reading")
    const first = yield* ShardReader.position(stream, shard, undefined, audience)
    const reading = Effect.tap(ShardReader.read(stream, shard, first, audience, idle), () =>
      Effect.sync(() => {
        states.set(shard, "done")
        ended.notify()
      }))
    yield* FiberMap.run(running, shard, reading)
  })

  /** Takes note of new shards and begins those whose turn it is. */
  const update = Effect.fnUntraced(function*(found: ReadonlyArray<Shard>) {
    const listed = new Set(found.map(({ ShardId }) => ShardId!))
    for (const shard of listed) if (!states.has(shard)) states.set(shard, "waiting")
    // Shards are no longer listed a day after their end.
    for (const [shard, state] of states) if (state === "done" && !listed.has(shard)) states.delete(shard)
    const due = found.filter(({ ParentShardId, ShardId }) =>
      states.get(ShardId!) === "waiting" && (states.get(ParentShardId ?? "") ?? "done") === "done"
    )
    yield* Effect.forEach(due, ({ ShardId }) => begin(ShardId!), { concurrency, discard: true })
    const parents = new Set(found.map(({ ParentShardId }) => ParentShardId))
    return [...states].some(([shard, state]) => state === "done" && !parents.has(shard))
  })

  let end = yield* ended.next
  const first = yield* shards
  for (const { ParentShardId } of first) if (ParentShardId !== undefined) states.set(ParentShardId, "done")
  let isIncomplete = yield* update(first)

  const follow = Effect.gen(function*() {
    while (true) {
      yield* Effect.timeoutOption(end, isIncomplete ? often : seldom)
      end = yield* ended.next
      isIncomplete = yield* update(yield* shards)
    }
  })

  yield* Effect.raceFirst(follow, FiberMap.join(running)).pipe(
    Effect.catch((error) =>
      Effect.andThen(
        Effect.sync(() => {
          failed = error
          for (const pending of listeners) pending.fail(error)
        }),
        onFailure
      )
    ),
    Effect.forkScoped
  )

  const reader: StreamReader = {
    listen: Effect.acquireRelease(
      Effect.sync(() => {
        const pending = PendingRings.make()
        if (failed !== undefined) pending.fail(failed)
        listeners.add(pending)
        return pending
      }),
      (pending) => Effect.sync(() => listeners.delete(pending))
    ).pipe(Effect.map(({ listener }) => listener))
  }
  return reader
})
