import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Access from "../../Access.ts"
import * as Principal from "../../Principal.ts"
import {
  type ListOptions,
  type QueryEngine,
  type QueryError,
  type QueryOptions,
  type RowChange,
  RowUndecodable,
  UnknownView,
  ViewBehind,
  ViewRebuilt
} from "../../QueryEngine.ts"
import type { RowIdentity } from "../../Rows.ts"
import type * as View from "../../View.ts"
import type { GenerationState, RowQuery, StoredRow, ViewStoreError, ViewStoreShape } from "../../ViewStore.ts"
import * as OwnRows from "./ownRows.ts"
import * as RowCodec from "./rowCodec.ts"
import * as RowQueries from "./rowQuery.ts"
import type { Progress } from "./viewRunner.ts"

/** A view of a running plugin. */
export interface RunningView {
  /** The view with its plugin: `Catalog.Products`. */
  readonly name: string
  readonly spec: View.Spec
  /** Who may query it. */
  readonly access: Access.Access
  readonly rows: ViewStoreShape
  readonly progress: Progress
}

const defaultTimeout = Duration.seconds(5)
const changesPage = 256

/** A row, and whether it was there when the watch began. */
interface InitialRow extends StoredRow {
  readonly initial: boolean
}

type Change = ReadonlyArray<RowChange<any>>

/** Makes the query engine of a platform. */
export const make = (views: ReadonlyMap<View.Spec, RunningView>): QueryEngine["Service"] => {
  const find = (view: View.Any): Effect.Effect<RunningView, UnknownView> => {
    const found = views.get(view.spec)
    return found === undefined
      ? Effect.fail(new UnknownView({ view: view.tag, known: [...views.values()].map(({ name }) => name) }))
      : Effect.succeed(found)
  }

  /** Lets the caller pass; whose rows it may see, unless it may see all. */
  const authorize = Effect.fnUntraced(function*({ access: rule, name }: RunningView) {
    const principal = yield* Principal.CurrentPrincipal
    const reach = Access.reach(rule, principal)
    if (reach === "none") {
      return yield* new Access.AccessDenied({ target: name, anonymous: principal._tag === "Anonymous" })
    }
    return reach === "own" ? OwnRows.of(rule, principal) : undefined
  })

  const get: QueryEngine["Service"]["get"] = Effect.fn("QueryEngine.get")(function*(definition, id, options) {
    const view = yield* find(definition)
    yield* Effect.annotateCurrentSpan({ view: view.name })
    const own = yield* authorize(view)
    const rows = RowCodec.make(view.spec)
    const [stored] = yield* inActive(
      view,
      options,
      (generation) => view.rows.load(view.spec.name, generation, [rows.rowId(identity(id))])
    )
    if (stored?.row === undefined) return Option.none()
    const row = yield* decode(view, rows, stored)
    return own === undefined || own.has(row) ? Option.some(row) : Option.none()
  })

  const list: QueryEngine["Service"]["list"] = Effect.fn("QueryEngine.list")(function*(definition, options) {
    const view = yield* find(definition)
    yield* Effect.annotateCurrentSpan({ view: view.name })
    const own = yield* authorize(view)
    const asked = own === undefined ? options as ListOptions | undefined : own.narrow(view.spec, options as ListOptions)
    const query = yield* RowQueries.bounds(view, asked)
    const rows = RowCodec.make(view.spec)
    const { found, generation } = yield* inActive(
      view,
      asked,
      Effect.fnUntraced(function*(generation) {
        const after = yield* RowQueries.decodeCursor(view, generation, query, asked?.cursor)
        const read = (query: RowQuery) => view.rows.list(view.spec.name, generation, query)
        const wanted = { ...query, after, limit: query.limit + 1 }
        const found = own === undefined
          ? yield* read(wanted)
          : yield* own.collect(read, ({ row }) => decode(view, rows, row), wanted)
        return { found, generation }
      })
    )
    const page = found.slice(0, query.limit)
    const last = page.at(-1)
    return {
      rows: yield* Effect.forEach(page, ({ row }) => decode(view, rows, row)),
      cursor: found.length > query.limit && last !== undefined
        ? yield* RowQueries.encodeCursor(generation, query, last)
        : undefined
    }
  })

  const watch: QueryEngine["Service"]["watch"] = (definition, options) =>
    Stream.unwrap(Effect.gen(function*() {
      const view = yield* find(definition)
      const own = yield* authorize(view)
      const shown = own?.shown()
      const { generation } = yield* settled(view, options)
      const rows = RowCodec.make(view.spec)
      const [key, sort] = options?.key === undefined ? [] : identity(options.key)
      const wanted = key === undefined ? undefined : rows.rowId([key, sort])
      const isWanted = ({ id }: StoredRow) =>
        wanted === undefined || (id.key === wanted.key && (sort === undefined || id.sort === wanted.sort))
      const removed = ({ id: { key, sort } }: StoredRow): Change => [
        { _tag: "RowRemoved", key, sort: view.spec.sort === undefined ? undefined : sort }
      ]
      const toChange = Effect.fnUntraced(function*(stored: InitialRow): Effect.fn.Return<Change, RowUndecodable> {
        if (!isWanted(stored) || (stored.row === undefined && stored.initial)) return []
        const row = stored.row === undefined ? undefined : yield* decode(view, rows, stored)
        const told = shown === undefined ? row === undefined ? "gone" : "there" : shown(stored.id, row)
        return told === "there" ? [{ _tag: "RowSet", row }] : told === "gone" ? removed(stored) : []
      })
      return Stream.flattenIterable(Stream.mapEffect(changesOf(view, generation), toChange))
    }))

  return { get, list, watch }
}

const identity = (id: unknown): RowIdentity => Array.isArray(id) ? id : [id]

const decode = ({ name }: RunningView, rows: RowCodec.RowCodec, stored: StoredRow) =>
  Effect.mapError(
    Effect.fromResult(rows.decode(stored.row!)),
    (detail) => new RowUndecodable({ view: name, detail })
  )

/** Reads the active generation; once more when another one took its place meanwhile. */
const inActive = Effect.fnUntraced(function*<A, E>(
  view: RunningView,
  options: QueryOptions | undefined,
  read: (generation: number) => Effect.Effect<A, E | ViewStoreError>
) {
  const { generation } = yield* settled(view, options)
  return yield* Effect.catch(
    read(generation),
    (error) =>
      Effect.flatMap(
        settled(view, options),
        (now) => now.generation === generation ? Effect.fail(error) : read(now.generation)
      )
  )
})

/** The active generation, once it has come as far as the token. */
const settled = Effect.fnUntraced(function*(view: RunningView, options: QueryOptions | undefined) {
  const active = Effect.flatMap(view.rows.active(view.spec.name), (state) =>
    state === undefined
      ? Effect.map(view.rows.open(view.spec.name, view.spec.fingerprint), ([first]) => first)
      : Effect.succeed(state))
  const token = options?.after
  if (token === undefined) return yield* active
  const timeout = Duration.fromInputUnsafe(options?.timeout ?? defaultTimeout)
  const started = yield* Clock.currentTimeMillis
  const waiting: Effect.Effect<GenerationState, ViewStoreError> = Effect.gen(function*() {
    while (true) {
      const fed = yield* view.progress.changed.next
      const stored = yield* view.rows.changed
      const state = yield* active
      if (view.progress.reached(state, token)) return state
      yield* Effect.raceFirst(fed, stored)
    }
  })
  return yield* Effect.timeoutOrElse(waiting, {
    duration: timeout,
    orElse: () =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => new ViewBehind({ view: view.name, waitedMillis: now - started }))
  })
})

/** Every row that there is, and then every change; fails when another generation becomes the active one. */
const changesOf = (
  view: RunningView,
  generation: number
): Stream.Stream<InitialRow, QueryError> =>
  Stream.flattenIterable(Stream.unfold(
    { after: -1, wait: Effect.void as Effect.Effect<void>, initial: true },
    Effect.fnUntraced(function*(state) {
      yield* state.wait
      const next = yield* view.rows.changed
      const active = yield* view.rows.active(view.spec.name)
      if (active?.generation !== generation) return yield* new ViewRebuilt({ view: view.name })
      const changes = yield* view.rows.changes(view.spec.name, generation, { after: state.after, limit: changesPage })
      const last = changes.at(-1)?.revision ?? state.after
      const more = changes.length >= changesPage
      return [
        changes.map((row) => ({ ...row, initial: state.initial })),
        { after: last, wait: more ? Effect.void : next, initial: state.initial && more }
      ] as const
    })
  ))
