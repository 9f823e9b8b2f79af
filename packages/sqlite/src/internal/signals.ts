import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Latch from "effect/Latch"
import * as Result from "effect/Result"
import { type Connection, inRealTime, read, row } from "./connection.ts"

/** Something that changes, and those who wait for it. */
export interface Signal {
  /** Gives an effect that completes at the next change after now. */
  readonly changed: Effect.Effect<Effect.Effect<void>>
  /** Says that this process changed it, to a value if that is known: completes what waits at once. */
  readonly notify: (value?: unknown) => void
}

interface Watched extends Signal {
  /** A value that is another one after each change, whoever made it. */
  readonly look: () => unknown
  seen: unknown
}

/** The signals of a database. Changes of other processes are noticed too, while somebody waits. */
export interface Signals {
  /** The signal of this name; `look` reads a value that is another one after each change. */
  readonly of: (name: string, look: () => unknown) => Signal
}

/** How often the file is looked at for commits of other processes, in milliseconds. They are noticed within 50 ms. */
const pollInterval = 20

const dataVersion = (connection: Connection): number | undefined =>
  Result.getOrUndefined(read(() => row<[number]>(connection, "PRAGMA data_version")![0]))

/**
 * Makes the signals of a database, with one fiber that looks at the file's data version while somebody waits. A look that
 * fails (the file is locked for a moment) is made again at the next turn; who waits stays waiting.
 */
export const make = Effect.fnUntraced(function*(connection: Connection) {
  const watched = new Map<string, Watched>()
  const waited = yield* Latch.make(false)
  let waiting = 0
  let version: number | undefined

  // The values seen last are kept while nobody waits, so that what changes before the next look is noticed by it.
  const poll = Effect.sync(() => {
    const current = dataVersion(connection)
    if (current === undefined || current === version) return
    const looks = [...watched.values()].map((signal) => [signal, read(signal.look)] as const)
    if (looks.every(([, look]) => Result.isSuccess(look))) version = current
    for (const [signal, look] of looks) {
      if (Result.isFailure(look) || look.success === signal.seen) continue
      signal.notify(look.success)
    }
  })

  yield* waited.await.pipe(
    Effect.andThen(Effect.sleep(pollInterval)),
    Effect.andThen(poll),
    Effect.forever,
    inRealTime,
    Effect.forkScoped
  )

  const wait = (deferred: Deferred.Deferred<void>) =>
    Effect.suspend(() => {
      waiting++
      waited.openUnsafe()
      return Effect.ensuring(
        Deferred.await(deferred),
        Effect.sync(() => {
          if (--waiting === 0) waited.closeUnsafe()
        })
      )
    })

  const add = (name: string, look: () => unknown): Signal => {
    let deferred = Deferred.makeUnsafe<void>()
    const signal: Watched = {
      look,
      seen: Result.getOrUndefined(read(look)),
      changed: Effect.sync(() => wait(deferred)),
      notify: (value) => {
        if (value !== undefined) signal.seen = value
        const completed = deferred
        deferred = Deferred.makeUnsafe<void>()
        Deferred.doneUnsafe(completed, Effect.void)
      }
    }
    watched.set(name, signal)
    return signal
  }

  const signals: Signals = { of: (name, look) => watched.get(name) ?? add(name, look) }
  return signals
})
