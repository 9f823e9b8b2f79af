import * as SecureRandom from "effect/crypto/SecureRandom"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { attempt, type Connection, inRealTime, row, rows, run, write } from "./connection.ts"
import type { SqliteFailure } from "./failure.ts"
import * as Processes from "./processes.ts"

/** Which process feeds which view. */
export interface Ownership {
  /**
   * Waits until the view is ours; released with the scope. `lost` completes when another process took it.
   *
   * An owner writes a beat every second. Who waits looks every quarter of a second and takes the view over after seeing
   * the same beat 14 times in a row, so within 5 s of the owner's death. No clock is compared with another: looks are
   * counted, so neither a clock that jumps nor a machine that slept makes a living owner look dead. An owner whose process
   * is certainly dead is not waited for. And were an owner taken for dead because it hung, the guard of the revisions
   * still keeps its late commits out.
   */
  readonly own: (
    plugin: number,
    view: string
  ) => Effect.Effect<{ readonly lost: Effect.Effect<void> }, SqliteFailure, Scope.Scope>
}

const beatInterval = 1000
const lookInterval = 250
const looksUntilDead = 14

interface Holding {
  readonly plugin: number
  readonly view: string
  readonly lost: Deferred.Deferred<void>
}

/** The owner as somebody who waits sees it. Equal looks mean that it didn't beat between them. */
interface Look {
  readonly session: string
  readonly beat: number
  readonly times: number
}

/** Makes the ownership of one process: its session, and the fiber that keeps it alive. */
export const make = Effect.fnUntraced(function*(connection: Connection) {
  const session = SecureRandom.uuidV4Unsafe()
  const self = Processes.current()
  const holdings = new Set<Holding>()

  const inTransaction = <A>(body: () => A) => attempt(connection, () => write(connection, body))

  const isOurs = ({ plugin, view }: Holding): boolean =>
    row(
      connection,
      "SELECT 1 FROM view_owners WHERE plugin = ? AND view = ? AND session = ?",
      plugin,
      view,
      session
    ) !==
      undefined

  const beat = Effect.suspend(() => {
    if (holdings.size === 0) return Effect.void
    return Effect.map(
      inTransaction(() => {
        // Inserted anew when somebody took this session for dead: what they didn't take remains ours.
        run(
          connection,
          "INSERT INTO sessions VALUES (?, 0, ?, ?) ON CONFLICT DO UPDATE SET beat = beat + 1",
          session,
          self.home ?? null,
          self.pid
        )
        return [...holdings].filter((holding) => !isOurs(holding))
      }),
      (gone) => {
        for (const holding of gone) {
          holdings.delete(holding)
          Deferred.doneUnsafe(holding.lost, Effect.void)
        }
      }
    )
  })

  // A beat that fails is tried again at the next; after too many of them another process takes over, which is right.
  yield* Effect.sleep(beatInterval).pipe(
    Effect.andThen(Effect.ignore(beat)),
    Effect.forever,
    inRealTime,
    Effect.forkScoped
  )

  const claim = (plugin: number, view: string): void => {
    run(connection, "INSERT OR IGNORE INTO sessions VALUES (?, 0, ?, ?)", session, self.home ?? null, self.pid)
    run(connection, "INSERT OR REPLACE INTO view_owners VALUES (?, ?, ?)", plugin, view, session)
  }

  const look = (plugin: number, view: string, last: Look | undefined): Look | undefined => {
    const [found] = rows<[session: string, beat: number, home: string | null, pid: number]>(
      connection,
      `SELECT session, beat, home, pid FROM view_owners JOIN sessions ON sessions.id = view_owners.session
       WHERE plugin = ? AND view = ?`,
      plugin,
      view
    )
    if (found === undefined) return undefined
    const [owner, ownerBeat, home, pid] = found
    if (Processes.isDead({ home: home ?? undefined, pid }, self)) {
      return { session: owner, beat: ownerBeat, times: looksUntilDead }
    }
    const same = last !== undefined && last.session === owner && last.beat === ownerBeat
    return { session: owner, beat: ownerBeat, times: same ? last.times + 1 : 0 }
  }

  /** Takes the view if it is free or its owner is dead; else answers how the owner looks now. */
  const tryClaim = (plugin: number, view: string, last: Look | undefined) =>
    inTransaction(() => {
      const seen = look(plugin, view, last)
      if (seen !== undefined && seen.times < looksUntilDead) return seen
      if (seen !== undefined && seen.session !== session) {
        run(connection, "DELETE FROM sessions WHERE id = ?", seen.session)
      }
      claim(plugin, view)
      return undefined
    })

  const release = (holding: Holding) =>
    Effect.suspend(() => {
      holdings.delete(holding)
      return Effect.ignore(inTransaction(() => {
        run(
          connection,
          "DELETE FROM view_owners WHERE plugin = ? AND view = ? AND session = ?",
          holding.plugin,
          holding.view,
          session
        )
        if (holdings.size === 0) run(connection, "DELETE FROM sessions WHERE id = ?", session)
      }))
    })

  const own: Ownership["own"] = Effect.fnUntraced(function*(plugin, view) {
    return yield* Effect.uninterruptibleMask(Effect.fnUntraced(function*(restore) {
      let last = yield* tryClaim(plugin, view, undefined)
      while (last !== undefined) {
        yield* restore(inRealTime(Effect.sleep(lookInterval)))
        last = yield* tryClaim(plugin, view, last)
      }
      const holding: Holding = { plugin, view, lost: Deferred.makeUnsafe() }
      holdings.add(holding)
      yield* Effect.addFinalizer(() => release(holding))
      return { lost: Deferred.await(holding.lost) }
    }))
  })
  const ownership: Ownership = { own }
  return ownership
})
