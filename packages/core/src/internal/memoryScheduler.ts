import * as Clock from "effect/Clock"
import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberMap from "effect/FiberMap"
import type * as Schema from "effect/Schema"
import type { Scope } from "effect/Scope"
import type { CommandBus } from "../CommandBus.ts"
import * as Message from "../Message.ts"
import * as Principal from "../Principal.ts"
import { InvalidSchedule, type Scheduled, type Scheduler, type When } from "../Scheduler.ts"
import type { make as makeCommandBus } from "./commandBus.ts"

interface Entry {
  readonly when: When
  readonly target: string
  readonly command: Schema.Json
  readonly created: number
  next: number
  fired: number
}

const minInterval = Duration.seconds(1)

/** When a schedule fires first after `now`. */
const firstFiring = (when: When, now: number): number =>
  "at" in when
    ? Math.max(now, DateTime.toEpochMillis(when.at))
    : nextFiring(when, now, now)!

/** When a schedule fires after it fired at `fired`; undefined when it doesn't any more. Missed firings count as one. */
const nextFiring = (when: When, fired: number, now: number): number | undefined => {
  if ("at" in when) return undefined
  if ("cron" in when) return Cron.next(when.cron, now).getTime()
  const every = Duration.toMillis(Duration.fromInputUnsafe(when.every))
  return fired + every * Math.max(1, Math.ceil((now - fired) / every))
}

const check = (name: string, when: When): Effect.Effect<void, InvalidSchedule> =>
  name === ""
    ? Effect.fail(new InvalidSchedule({ name, detail: "it needs a name" }))
    : "every" in when && Duration.isLessThan(Duration.fromInputUnsafe(when.every), minInterval)
    ? Effect.fail(new InvalidSchedule({ name, detail: "its interval is less than a second" }))
    : Effect.void

/** A scheduler that keeps its schedules in memory and fires them by the clock, a fiber for each. */
export const make = (
  bus: ReturnType<typeof makeCommandBus>
): Effect.Effect<Scheduler["Service"], never, Scope> =>
  Effect.gen(function*() {
    const entries = new Map<string, Entry>()
    const fibers = yield* FiberMap.make<string>()

    const fire = Effect.fn("Scheduler.fire")(function*(name: string, entry: Entry) {
      const id = Message.deriveId(name, "Scheduler", entry.target, entry.next)
      const meta = yield* Message.root(entry.target, 1, { messageId: id })
      yield* bus.dispatch(
        { target: entry.target, commandId: id, meta, command: entry.command } as Parameters<
          CommandBus["Service"]["dispatch"]
        >[0]
      )
    })

    const run = Effect.fnUntraced(function*(name: string, entry: Entry) {
      while (true) {
        const now = yield* Clock.currentTimeMillis
        if (entry.next > now) yield* Effect.sleep(entry.next - now)
        const result = yield* Effect.exit(
          Effect.provideService(fire(name, entry), Principal.CurrentPrincipal, Principal.system)
        )
        if (result._tag === "Failure") {
          yield* Effect.logError(`The schedule '${name}' could not send its command`, result.cause)
        }
        entry.fired++
        const next = nextFiring(entry.when, entry.next, yield* Clock.currentTimeMillis)
        if (next === undefined) {
          break
        }
        entry.next = next
      }
      if (entries.get(name) === entry) entries.delete(name)
    })

    return {
      create: Effect.fnUntraced(function*({ command, name, to, when }) {
        yield* check(name, when)
        const encoded = yield* bus.encode(to["~address"], command)
        const now = yield* Clock.currentTimeMillis
        const entry: Entry = { when, ...encoded, created: now, next: firstFiring(when, now), fired: 0 }
        entries.set(name, entry)
        yield* FiberMap.run(fibers, name, run(name, entry))
      }),
      delete: Effect.fnUntraced(function*(name) {
        const found = entries.delete(name)
        yield* FiberMap.remove(fibers, name)
        return found
      }),
      list: Effect.sync(() =>
        [...entries].map(([name, { fired, next, target, when }]): Scheduled => ({ name, when, target, next, fired }))
          .sort((a, b) => a.name < b.name ? -1 : 1)
      )
    }
  })
