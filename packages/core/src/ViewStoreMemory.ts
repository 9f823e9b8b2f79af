/**
 * The view store in memory, for the memory platform: it keeps every promise of `ViewStore` within one process.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Checkpoint from "./Checkpoint.ts"
import { compareText } from "./internal/views/orderedText.ts"
import * as Signal from "./Signal.ts"
import {
  type FoundRow,
  type GenerationState,
  type ParkedDelivery,
  type ParkedPlace,
  type RowId,
  type RowQuery,
  type SkippedDelivery,
  type StoredRow,
  ViewStoreError,
  ViewStores,
  type ViewStoreShape
} from "./ViewStore.ts"

interface Generation {
  state: GenerationState
  readonly rows: Map<string, StoredRow>
  /** The entries of each index by row. */
  readonly entries: Map<string, Map<string, string>>
  readonly parked: Map<string, ParkedDelivery>
}

const rowKey = (id: RowId): string => JSON.stringify([id.key, id.sort])
const parkedKey = (at: { readonly lane: string; readonly position: number }): string =>
  JSON.stringify([at.lane, at.position])

const compareId = (a: RowId, b: RowId): number => compareText(a.key, b.key) || compareText(a.sort, b.sort)
const compareParked = (a: ParkedPlace, b: ParkedPlace): number => compareText(a.lane, b.lane) || a.position - b.position
const comparePlace = (a: Place, b: Place): number => compareText(a.value, b.value) || compareId(a.id, b.id)

interface Place {
  readonly value: string
  readonly id: RowId
}

const makeGeneration = (view: string, generation: number, fingerprint: string, active: boolean): Generation => ({
  state: { view, generation, fingerprint, active, revision: 0, checkpoint: Checkpoint.beginning },
  rows: new Map(),
  entries: new Map(),
  parked: new Map()
})

const list = (generation: Generation, query: RowQuery): ReadonlyArray<FoundRow> => {
  const index = query.index === undefined ? undefined : generation.entries.get(query.index) ?? new Map<string, string>()
  const found: Array<FoundRow & Place> = []
  for (const [key, row] of generation.rows) {
    const value = index === undefined ? row.id.key : index.get(key)
    if (row.row === undefined || value === undefined) continue
    if (query.from !== undefined && compareText(value, query.from) < 0) continue
    if (query.to !== undefined && compareText(value, query.to) >= 0) continue
    found.push({ value, id: row.id, row })
  }
  const direction = query.reverse ? -1 : 1
  const { after } = query
  return found
    .filter((place) => after === undefined || direction * comparePlace(place, after) > 0)
    .sort((a, b) => direction * comparePlace(a, b))
    .slice(0, query.limit)
    .map(({ row, value }) => ({ row, value }))
}

/** Makes a view store with rows of its own. */
export const make: Effect.Effect<ViewStoreShape> = Effect.sync(() => {
  const views = new Map<string, Array<Generation>>()
  const skips = new Map<string, ReadonlyArray<SkippedDelivery>>()
  const changed = Signal.make()

  const find = (view: string, generation: number): Generation | undefined =>
    views.get(view)?.find((candidate) => candidate.state.generation === generation)

  const get = (view: string, generation: number): Effect.Effect<Generation, ViewStoreError> => {
    const found = find(view, generation)
    return found === undefined
      ? Effect.fail(new ViewStoreError({ detail: `generation ${generation} of '${view}' is gone`, isRetryable: true }))
      : Effect.succeed(found)
  }

  const addBuilding = (view: string, fingerprint: string, generations: Array<Generation>): Generation => {
    const next = makeGeneration(view, generations.at(-1)!.state.generation + 1, fingerprint, false)
    views.set(view, [...generations.filter((generation) => generation.state.active), next])
    return next
  }

  const open: ViewStoreShape["open"] = (view, fingerprint) =>
    Effect.sync(() => {
      const generations = views.get(view)
      if (generations === undefined) {
        views.set(view, [makeGeneration(view, 1, fingerprint, true)])
      } else if (generations.some((generation) => generation.state.fingerprint === fingerprint)) {
        views.set(view, generations.filter(({ state }) => state.active || state.fingerprint === fingerprint))
      } else {
        addBuilding(view, fingerprint, generations)
      }
      const [first, ...rest] = views.get(view)!.map((generation) => generation.state)
      return [first!, ...rest] as const
    })

  return {
    open,
    build: Effect.fnUntraced(function*(view, fingerprint) {
      yield* open(view, fingerprint)
      return addBuilding(view, fingerprint, views.get(view)!).state
    }),
    promote: (view, generation) =>
      Effect.map(get(view, generation), (promoted) => {
        promoted.state = { ...promoted.state, active: true }
        views.set(view, [promoted])
        changed.notify()
      }),
    active: (view) => Effect.sync(() => views.get(view)?.find((generation) => generation.state.active)?.state),
    state: (view, generation) => Effect.sync(() => find(view, generation)?.state),
    load: (view, generation, ids) =>
      Effect.map(get(view, generation), ({ rows }) => ids.flatMap((id) => rows.get(rowKey(id)) ?? [])),
    commit: (step) =>
      Effect.map(get(step.view, step.generation), (generation) => {
        if (generation.state.revision !== step.revision) return undefined
        const revision = step.revision + 1
        for (const { entries, id, row, version } of step.writes) {
          const key = rowKey(id)
          generation.rows.set(key, { id, row, version, revision })
          for (const index of generation.entries.values()) index.delete(key)
          for (const entry of entries) {
            let index = generation.entries.get(entry.index)
            if (index === undefined) generation.entries.set(entry.index, index = new Map())
            index.set(key, entry.value)
          }
        }
        for (const parked of step.park) generation.parked.set(parkedKey(parked), parked)
        for (const released of step.release) generation.parked.delete(parkedKey(released))
        if (step.skip.length > 0) skips.set(step.view, [...skips.get(step.view) ?? [], ...step.skip])
        generation.state = { ...generation.state, revision, checkpoint: step.checkpoint }
        changed.notify()
        return revision
      }),
    list: (view, generation, query) => Effect.map(get(view, generation), (found) => list(found, query)),
    changes: (view, generation, { after, limit }) =>
      Effect.map(get(view, generation), ({ rows }) => {
        const written = [...rows.values()]
          .filter((row) => row.revision > after)
          .sort((a, b) => a.revision - b.revision || compareId(a.id, b.id))
        const last = written[limit - 1]?.revision ?? Infinity
        return written.filter((row) => row.revision <= last)
      }),
    blocked: (view, generation) =>
      Effect.map(get(view, generation), ({ parked }) => {
        const lanes = new Map<string, number>()
        for (const { lane } of parked.values()) lanes.set(lane, (lanes.get(lane) ?? 0) + 1)
        return [...lanes].map(([lane, parked]) => ({ lane, parked }))
      }),
    parked: (view, generation, lane, { after, limit } = { after: undefined, limit: Infinity }) =>
      Effect.map(get(view, generation), ({ parked }) =>
        [...parked.values()]
          .filter((delivery) =>
            (lane === undefined || delivery.lane === lane) &&
            (after === undefined || compareParked(delivery, after) > 0)
          )
          .sort(compareParked)
          .slice(0, limit)),
    skipped: (view) => Effect.sync(() => skips.get(view) ?? []),
    own: () => Effect.succeed({ lost: Effect.never }),
    changed: changed.next
  }
})

/** The view stores of a platform in memory, one for each plugin name. */
export const layerStores: Layer.Layer<ViewStores> = Layer.sync(ViewStores, () => {
  const stores = new Map<string, ViewStoreShape>()
  return {
    of: Effect.fnUntraced(function*(plugin) {
      let store = stores.get(plugin)
      if (store === undefined) {
        store = yield* make
        stores.set(plugin, store)
      }
      return store
    })
  }
})
