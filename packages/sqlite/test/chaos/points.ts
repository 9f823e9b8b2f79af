/**
 * The points where a child ends itself by SIGKILL: places in a provider's work, reached by wrapping its services. What
 * is inside of a transaction is reached through the values that are written: asking one of them for its content kills.
 */
import type { NewEvent } from "@reventless/core/EventStore"
import { EventStores } from "@reventless/core/EventStores"
import { type RowWrite, ViewStores, type ViewStoreShape } from "@reventless/core/ViewStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"

export const points = [
  "before an append",
  "in a group commit",
  "after an append, before the answer",
  "in a view's commit, between its rows",
  "after a view's commit, before it is known to be done",
  "in a rebuild",
  "at the end of a rebuild, before it takes the old one's place",
  "at the end of a rebuild, after it took the old one's place"
] as const

export type Point = (typeof points)[number]

/** Where a child dies in a migration: when the step's own statements are done, or when all but its commit is. */
export const migrationDeaths = ["after the step's statements", "before the commit"] as const

const die = (): void => {
  process.kill(process.pid, "SIGKILL")
}

/** The provider of a child. Owners are not waited for: their death is known, and revisions guard what two would write. */
type Provider = Context.Context<EventStores | ViewStores>

const ownsAtOnce = <P extends Provider>(provider: P): P => {
  const { of } = Context.get(provider as Provider, ViewStores)
  const own: ViewStoreShape["own"] = () => Effect.succeed({ lost: Effect.never })
  return Context.add(provider as Provider, ViewStores, {
    of: (plugin) => Effect.map(of(plugin), (store) => ({ ...store, own }))
  }) as P
}

/** Dies when it is asked for its type inside of the transaction that writes it. */
const deadlyEvent = (event: NewEvent): NewEvent => ({
  ...event,
  get type() {
    if (new Error().stack!.includes("groupCommit")) die()
    return event.type
  }
})

/** Dies when it is made to text, which happens inside of the transaction that writes it. */
const deadlyRow = (write: RowWrite): RowWrite => ({
  ...write,
  row: {
    toJSON: () => {
      die()
      return write.row
    }
  } as never
})

/** What the platform writes itself isn't counted. */
const registry = "Platform"

/** The provider that dies when it reaches a point for the `count`th time, or soon after. */
export const armed = <P extends Provider>(provider: P, point: Point | undefined, count: number): P => {
  const owning = ownsAtOnce(provider)
  if (point === undefined) return owning
  let left = count
  // From then on at each time: a write that is refused never comes to what is inside of its transaction.
  const reached = (at: Point): boolean => at === point && --left <= 0
  const dieAt = (at: Point) => Effect.sync(() => reached(at) && die())

  const events = Context.get(owning as Provider, EventStores)
  const views = Context.get(owning as Provider, ViewStores)
  return Context.add(owning as Provider, EventStores, {
    of: (plugin) =>
      plugin.name === registry ? events.of(plugin) : Effect.map(events.of(plugin), ({ store }) => ({
        positioned: false,
        store: {
          ...store,
          append: Effect.fnUntraced(function*(given, options) {
            yield* dieAt("before an append")
            const [first, ...rest] = given
            const written = reached("in a group commit") ? [...rest, deadlyEvent(first!)] : given
            const appended = yield* store.append(written, options)
            yield* dieAt("after an append, before the answer")
            return appended
          })
        }
      } as const))
  }).pipe(Context.add(ViewStores, {
    of: (plugin) =>
      plugin === registry ? views.of(plugin) : Effect.map(views.of(plugin), (store): ViewStoreShape => ({
        ...store,
        commit: Effect.fnUntraced(function*(step) {
          const last = step.writes.at(-1)
          const deadly = step.writes.length > 1 && reached("in a view's commit, between its rows")
          const done = yield* store.commit(
            deadly ? { ...step, writes: [...step.writes.slice(0, -1), deadlyRow(last!)] } : step
          )
          yield* dieAt("after a view's commit, before it is known to be done")
          const state = yield* store.state(step.view, step.generation)
          if (state?.active === false) yield* dieAt("in a rebuild")
          return done
        }),
        promote: Effect.fnUntraced(function*(view, generation) {
          yield* dieAt("at the end of a rebuild, before it takes the old one's place")
          yield* store.promote(view, generation)
          yield* dieAt("at the end of a rebuild, after it took the old one's place")
        })
      }))
  })) as P
}
