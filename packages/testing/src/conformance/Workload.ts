/** A seeded run of many fibers that read boundaries and append on them, all over the same few entities; recorded. */
import * as Boundary from "@reventless/core/Boundary"
import { type Appended, EventStore, type EventStoreShape, type NewEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { CheckError } from "./Check.ts"
import { event, labels, range, read, together } from "./Fixture.ts"
import type { History, Operation } from "./History.ts"

/** How much a run does. */
export interface Size {
  readonly fibers: number
  /** How often each fiber reads and writes. */
  readonly turns: number
}

/** What a fiber knows of a query. */
interface Known {
  readonly query: Query.Query
  readonly boundary: Boundary.Boundary
  readonly seen: ReadonlyArray<string>
}

/** What distinguishes a run from others that work on the same store at the same time. */
export interface Among {
  /** Is part of the ids of its operations and of the labels of its events. */
  readonly name: string
  /** A number that is greater each time, in all runs. */
  readonly tick: () => number
}

/** Writes down what is done with the store. */
interface Recorder {
  readonly operations: Array<Operation>
  readonly tick: () => number
}

const below = (count: number) => Random.nextIntBetween(0, count, { halfOpen: true })

const chance = (probability: number) => Effect.map(Random.next, (number) => number < probability)

const anEntity = Effect.map(below(6), (number) => number < 3 ? `a:${number}` : `b:${number}`)

const aType = Effect.map(below(2), (number) => number === 0 ? "T" : "U")

const aQuery: Effect.Effect<Query.Query> = Effect.gen(function*() {
  const [one, two, type, shape] = [yield* anEntity, yield* anEntity, yield* aType, yield* below(12)]
  if (shape < 3) return Query.make({ tags: [one] })
  if (shape < 5) return Query.make({ types: [type], tags: [one] })
  if (shape < 9) return Query.make({ tags: [one] }, { types: [type], tags: [two] })
  if (shape < 11) return Query.make({ tags: [one, two] })
  return Query.make({ types: [type] })
})

const someEvents = Effect.fnUntraced(function*(prefix: string) {
  const count = (yield* chance(0.6)) ? 1 : 3
  return yield* Effect.forEach(range(count), (index) =>
    Effect.gen(function*() {
      const tags = (yield* chance(0.6)) ? [yield* anEntity] : [...new Set([yield* anEntity, yield* anEntity])]
      return event(`${prefix}.${index}`, yield* aType, tags)
    }))
})

const pause = Effect.flatMap(below(3), (times) => Effect.repeat(Effect.yieldNow, { times }))

/** Does it and writes down what came of it. Answers whether it was accepted. */
const record = Effect.fnUntraced(function*<A>(
  recorder: Recorder,
  operation: Pick<Operation, "id" | "kind" | "query" | "seen" | "events">,
  effect: Effect.Effect<A, CheckError>
) {
  const began = recorder.tick()
  const accepted = yield* effect.pipe(
    Effect.as(true),
    Effect.catchTag("AppendConflict", () => Effect.succeed(false))
  )
  recorder.operations.push({ ...operation, began, ended: recorder.tick(), accepted })
  return accepted
})

/** Reads a query, or what was added to it since. */
const readQuery = Effect.fnUntraced(function*(
  store: EventStoreShape,
  recorder: Recorder,
  id: string,
  query: Query.Query,
  since: Known | undefined
) {
  const began = recorder.tick()
  const { boundary, events } = yield* store.readBoundary(query, { since: since?.boundary })
  const seen = [...(since?.seen ?? []), ...labels(events)]
  recorder.operations.push({
    id,
    kind: "read",
    began,
    ended: recorder.tick(),
    query,
    seen,
    events: [],
    accepted: true
  })
  return { query, boundary, seen }
})

/** Appends; with a command id sends it twice at once, which must come to the same as once. */
const appendOnce = Effect.fnUntraced(function*(
  store: EventStoreShape,
  id: string,
  events: ReadonlyArray<NewEvent>,
  boundary: Boundary.Boundary | undefined
): Effect.fn.Return<Appended, CheckError> {
  if (!(yield* chance(0.15))) return yield* store.append(events, { boundary })
  const options = { boundary, commandId: id }
  const [first] = yield* together([store.append(events, options), store.append(events, options)])
  return first!
})

const turn = Effect.fnUntraced(function*(
  store: EventStoreShape,
  recorder: Recorder,
  id: string,
  memory: Map<string, Known>
) {
  const kept = [...memory.values()]
  const reuse = kept.length > 0 && (yield* chance(0.5))
  const query = reuse ? kept[yield* below(kept.length)]!.query : yield* aQuery
  let known = memory.get(Query.key(query))
  if (known === undefined && (yield* chance(0.1))) {
    known = { query, boundary: Boundary.absent(query), seen: [] }
  } else if (known === undefined || (yield* chance(0.8))) {
    known = yield* readQuery(store, recorder, `read ${id}`, query, (yield* chance(0.7)) ? known : undefined)
    memory.set(Query.key(query), known)
  }
  yield* pause
  const { boundary, seen } = known
  const action = yield* Random.next
  if (action < 0.1) {
    const events = yield* someEvents(id)
    yield* record(
      recorder,
      { id: `append ${id}`, kind: "append", query: undefined, seen: [], events },
      store.append(events)
    )
  } else if (action < 0.75) {
    const events = yield* someEvents(id)
    const operation = { id: `append ${id}`, kind: "append", query, seen, events } as const
    yield* record(recorder, operation, appendOnce(store, id, events, boundary))
  } else if (action < 0.9) {
    const operation = { id: `confirm ${id}`, kind: "confirm", query, seen, events: [] } as const
    yield* record(recorder, operation, store.confirm(boundary))
  }
  yield* pause
})

const alone = (): Among => {
  let ticks = 0
  return { name: "", tick: () => ++ticks }
}

/** Runs the workload of a seed on the store, alone or among others, and answers what it did. */
export const operations = Effect.fnUntraced(
  function*(seed: string, size: Size, among: Among = alone()) {
    const store = yield* EventStore
    const recorder: Recorder = { operations: [], tick: among.tick }
    yield* together(
      range(size.fibers).map((fiber) => {
        const memory = new Map<string, Known>()
        const name = `${among.name}${fiber}`
        return Random.withSeed(
          Effect.forEach(range(size.turns), (index) => turn(store, recorder, `${name}.${index}`, memory), {
            discard: true
          }),
          `${seed}:${name}`
        )
      })
    )
    const done: ReadonlyArray<Operation> = recorder.operations
    return done
  }
)

/** Runs the workload of a seed on the store and answers what happened. Equal seeds ask for the same operations. */
export const run = Effect.fnUntraced(
  function*(seed: string, size: Size): Effect.fn.Return<History, CheckError, EventStore> {
    return { operations: yield* operations(seed, size), log: yield* read(Query.all) }
  }
)
