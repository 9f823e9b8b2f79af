import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { CommandResult } from "../../CommandResult.ts"
import * as Principal from "../../Principal.ts"

/** What is known of a command that this process is deciding. */
export interface Held {
  readonly sender: Principal.Principal
  /** Why it wasn't decided before. */
  readonly reason: string | undefined
}

/** A command as this process sees it. */
export interface Seen {
  readonly begun: Deferred.Deferred<void>
  /** What became of it, once that is written; undefined when it isn't known here. */
  readonly ended: Deferred.Deferred<CommandResult | undefined>
  /** What is known of it once this process has begun. */
  held: Held | undefined
  /** What was decided, before it is written. */
  decided: CommandResult | undefined
}

/** The commands that this process is deciding, or that somebody in it waits for. */
export interface CommandsSeen {
  readonly watch: (id: string) => Seen
  readonly held: (id: string) => Held | undefined
  readonly begin: (id: string, held: Held) => Seen
  /** Says that this process has done with a command; `isDone` when what was decided is written. */
  readonly end: (id: string, isDone: boolean) => void
  /**
   * Says that nobody waits any more, or one less: another who waits for it, and isn't told any more that it has begun, looks
   * at the next change.
   */
  readonly forget: (id: string) => void
}

/** Whether who asks is who sent a command, or the application itself. */
export const isFrom = (sender: Principal.Principal): Effect.Effect<boolean> =>
  Effect.map(Principal.CurrentPrincipal, (asking) =>
    asking._tag === "System" ||
    (asking._tag === sender._tag && (asking._tag !== "User" || sender._tag !== "User" || asking.id === sender.id)))

export const make = (): CommandsSeen => {
  const seen = new Map<string, Seen>()

  const watch = (id: string): Seen => {
    let found = seen.get(id)
    if (found === undefined) {
      found = { begun: Deferred.makeUnsafe(), ended: Deferred.makeUnsafe(), held: undefined, decided: undefined }
      seen.set(id, found)
    }
    return found
  }

  return {
    watch,
    held: (id) => seen.get(id)?.held,
    begin: (id, held) => {
      const own = watch(id)
      own.held = held
      Deferred.doneUnsafe(own.begun, Effect.void)
      return own
    },
    end: (id, isDone) => {
      const found = seen.get(id)
      if (found === undefined) return
      seen.delete(id)
      Deferred.doneUnsafe(found.ended, Effect.succeed(isDone ? found.decided : undefined))
    },
    forget: (id) => {
      if (seen.get(id)?.held === undefined) seen.delete(id)
    }
  }
}
