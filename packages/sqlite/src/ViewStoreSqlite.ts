/**
 * The view store on an SQLite file: rows, index entries, parked events and the checkpoint of a step are one transaction.
 *
 * A step's commit doesn't wait for the disk. After a power cut the newest steps can be missing, each as a whole, and the
 * view engine makes them again from the log; a step never survives without the events it was made from. A step that
 * records a skip is a person's decision, which no log holds: it waits for the disk as an append does.
 *
 * Texts are compared by their UTF-8 bytes, which is the order of Unicode code points.
 */
import { type GenerationState, type ViewCommit, ViewStoreError, type ViewStoreShape } from "@reventless/core/ViewStore"
import * as Effect from "effect/Effect"
import { attempt, type Connection, read, row, write } from "./internal/connection.ts"
import * as Database from "./internal/database.ts"
import * as Deliveries from "./internal/deliveries.ts"
import { toViewStoreError } from "./internal/failure.ts"
import * as Generations from "./internal/generations.ts"
import * as Rows from "./internal/viewRows.ts"

/** Refuses what SQLite would alter: it replaces a lone surrogate. Content has no such danger: JSON escapes it. */
const wellFormed = (texts: Iterable<string>): Effect.Effect<void, ViewStoreError> => {
  for (const text of texts) {
    if (text.isWellFormed()) continue
    const detail = `${JSON.stringify(text)} has a lone surrogate, which is no valid text`
    return Effect.fail(new ViewStoreError({ detail, isRetryable: false }))
  }
  return Effect.void
}

/** The texts of a step, one by one: a step may have many. */
function* textsOf(step: ViewCommit): Generator<string> {
  for (const { entries, id } of step.writes) {
    yield id.key
    yield id.sort
    for (const { index, value } of entries) {
      yield index
      yield value
    }
  }
  for (const { lane, reason } of step.park) yield* [lane, reason ?? ""]
  for (const { by, lane, why } of step.skip) yield* [lane, by, why]
}

const gone = (view: string, generation: number) =>
  new ViewStoreError({ detail: `generation ${generation} of '${view}' is gone`, isRetryable: true })

/** Writes a step at its generation; the new revision, or undefined when the generation isn't at the step's any more. */
const applyStep = (
  connection: Connection,
  plugin: number,
  generation: number,
  step: ViewCommit
): number | undefined => {
  if (!Generations.advance(connection, generation, step.revision, step.checkpoint)) return undefined
  const revision = step.revision + 1
  for (const change of step.writes) Rows.write(connection, generation, revision, change)
  for (const parked of step.park) Deliveries.park(connection, generation, parked)
  for (const released of step.release) Deliveries.release(connection, generation, released)
  for (const skipped of step.skip) Deliveries.skip(connection, plugin, step.view, skipped)
  return revision
}

/** Makes the view store of one plugin in an open file. */
export const make = Effect.fnUntraced(function*(database: Database.Database, name: string) {
  const { derived, log } = database
  yield* wellFormed([name])
  const plugin = yield* Effect.mapError(Database.pluginId(database, name), toViewStoreError)
  const { changed, notify } = database.signals.of(`views:${plugin}`, () =>
    row<[string | null]>(
      log,
      "SELECT group_concat(id || ' ' || active || ' ' || revision) FROM view_generations WHERE plugin = ?",
      plugin
    )![0])

  const look = <A>(body: () => A): Effect.Effect<A, ViewStoreError> =>
    Effect.mapError(attempt(derived, () => read(body)), toViewStoreError)
  const change = <A>(body: () => A): Effect.Effect<A, ViewStoreError> =>
    Effect.mapError(attempt(derived, () => write(derived, body)), toViewStoreError)

  /**
   * Reads the rows of a generation. It is looked up before and after: rows of one that is dropped meanwhile may be swept
   * already, and are not handed out.
   */
  const lookInto = <A>(view: string, generation: number, body: (id: number) => A): Effect.Effect<A, ViewStoreError> =>
    Effect.flatMap(
      look(() => {
        const id = Generations.idOf(derived, plugin, view, generation)
        if (id === undefined) return undefined
        const found = body(id)
        return Generations.idOf(derived, plugin, view, generation) === undefined ? undefined : { found }
      }),
      (result) => result === undefined ? Effect.fail(gone(view, generation)) : Effect.succeed(result.found)
    )

  const inOrder = (view: string): readonly [GenerationState, ...ReadonlyArray<GenerationState>] => {
    const [first, ...rest] = Generations.all(derived, plugin, view).map(({ state }) => state)
    return [first!, ...rest]
  }

  const addBuilding = (
    view: string,
    fingerprint: string,
    generations: ReadonlyArray<Generations.Generation>
  ): number => {
    const generation = generations.at(-1)!.state.generation + 1
    Generations.drop(derived, generations.filter(({ state }) => !state.active))
    Generations.add(derived, plugin, view, { generation, fingerprint, active: false })
    return generation
  }

  const openNow = (view: string, fingerprint: string): void => {
    const generations = Generations.all(derived, plugin, view)
    if (generations.length === 0) {
      Generations.add(derived, plugin, view, { generation: 1, fingerprint, active: true })
    } else if (generations.some(({ state }) => state.fingerprint === fingerprint)) {
      Generations.drop(derived, generations.filter(({ state }) => !state.active && state.fingerprint !== fingerprint))
    } else {
      addBuilding(view, fingerprint, generations)
    }
  }

  const swept = Effect.sync(database.sweeper.wake)

  const store: ViewStoreShape = {
    open: Effect.fnUntraced(function*(view, fingerprint) {
      yield* wellFormed([view, fingerprint])
      const generations = yield* change(() => {
        openNow(view, fingerprint)
        return inOrder(view)
      })
      yield* swept
      return generations
    }),
    build: Effect.fnUntraced(function*(view, fingerprint) {
      yield* wellFormed([view, fingerprint])
      const state = yield* change(() => {
        openNow(view, fingerprint)
        const generation = addBuilding(view, fingerprint, Generations.all(derived, plugin, view))
        return Generations.find(derived, plugin, view, generation)!.state
      })
      yield* swept
      return state
    }),
    promote: Effect.fnUntraced(function*(view, generation) {
      const promoted = yield* change(() => {
        const generations = Generations.all(derived, plugin, view)
        const found = generations.find(({ state }) => state.generation === generation)
        if (found === undefined) return false
        Generations.drop(derived, generations.filter((other) => other !== found))
        Generations.activate(derived, found.id)
        return true
      })
      if (!promoted) return yield* gone(view, generation)
      notify()
      yield* swept
    }),
    active: (view) => look(() => Generations.all(derived, plugin, view).find(({ state }) => state.active)?.state),
    state: (view, generation) => look(() => Generations.find(derived, plugin, view, generation)?.state),
    load: (view, generation, ids) => lookInto(view, generation, (id) => Rows.load(derived, id, ids)),
    commit: Effect.fnUntraced(function*(step) {
      yield* wellFormed(textsOf(step))
      const connection = step.skip.length > 0 ? log : derived
      const done = yield* Effect.mapError(
        attempt(connection, () =>
          write(connection, () => {
            const id = Generations.idOf(connection, plugin, step.view, step.generation)
            return id === undefined ? undefined : { revision: applyStep(connection, plugin, id, step) }
          })),
        toViewStoreError
      )
      if (done === undefined) return yield* gone(step.view, step.generation)
      if (done.revision !== undefined) notify()
      return done.revision
    }),
    list: (view, generation, query) => lookInto(view, generation, (id) => Rows.list(derived, id, query)),
    changes: (view, generation, options) => lookInto(view, generation, (id) => Rows.changes(derived, id, options)),
    blocked: (view, generation) => lookInto(view, generation, (id) => Deliveries.blocked(derived, id)),
    parked: (view, generation, lane, page) =>
      lookInto(view, generation, (id) => Deliveries.parked(derived, id, lane, page)),
    skipped: (view) => look(() => Deliveries.skipped(derived, plugin, view)),
    own: (view) => Effect.mapError(database.ownership.own(plugin, view), toViewStoreError),
    changed
  }
  return store
})
