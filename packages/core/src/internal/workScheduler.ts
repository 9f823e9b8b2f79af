import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type CommandBus, isPassing } from "../CommandBus.ts"
import * as Message from "../Message.ts"
import * as Principal from "../Principal.ts"
import { InvalidSchedule, type Scheduled, type Scheduler, type When } from "../Scheduler.ts"
import type { LeasedWork, WorkItem, WorkResult, WorkStoreShape } from "../WorkStore.ts"
import type { make as makeCommandBus } from "./commandBus.ts"
import type { Worker } from "./workRunner.ts"
import * as WorkRunner from "./workRunner.ts"

/** The queue of a platform's schedules. An item is a schedule, its id is the schedule's name. */
const queue = "schedules"

/** How often a firing is tried that fails for a passing reason. */
const maxAttempts = 10

const Numbers = Schema.Array(Schema.Int)

const StoredCron = Schema.Struct({
  seconds: Numbers,
  minutes: Numbers,
  hours: Numbers,
  days: Numbers,
  months: Numbers,
  weekdays: Numbers,
  and: Schema.Boolean,
  zone: Schema.optionalKey(Schema.String),
  onDstOverlap: Schema.Literals(["earlier", "later", "both"])
})

/** A schedule as it is stored. Times are milliseconds since 1970. */
const Stored = Schema.Struct({
  when: Schema.Union([
    Schema.Struct({ at: Schema.Finite }),
    Schema.Struct({ every: Schema.Finite }),
    Schema.Struct({ cron: StoredCron })
  ]),
  target: Schema.String,
  command: Schema.Json,
  /** The instant of the next firing, from which the command's id follows; an attempt may be later. */
  next: Schema.Finite,
  fired: Schema.Natural,
  /** Why the last firing came to nothing. */
  failure: Schema.optionalKey(Schema.String)
})

type Stored = typeof Stored.Type

const encodeWhen = (when: When): Stored["when"] => {
  if ("at" in when) return { at: DateTime.toEpochMillis(when.at) }
  if ("every" in when) return { every: Duration.toMillis(Duration.fromInputUnsafe(when.every)) }
  // Whether days and weekdays must both match stands in the value, and not in its type.
  const { and = false } = when.cron as { readonly and?: boolean }
  const { days, hours, minutes, months, onDstOverlap, seconds, tz, weekdays } = when.cron
  return {
    cron: {
      seconds: [...seconds],
      minutes: [...minutes],
      hours: [...hours],
      days: [...days],
      months: [...months],
      weekdays: [...weekdays],
      and,
      onDstOverlap,
      ...(Option.isSome(tz) ? { zone: DateTime.zoneToString(tz.value) } : {})
    }
  }
}

const cronOf = ({ zone, ...fields }: typeof StoredCron.Type): Cron.Cron =>
  Cron.make({ ...fields, tz: zone === undefined ? undefined : Option.getOrUndefined(DateTime.zoneFromString(zone)) })

const decodeWhen = (when: Stored["when"]): When => {
  if ("at" in when) return { at: DateTime.makeUnsafe(when.at) }
  if ("every" in when) return { every: Duration.millis(when.every) }
  return { cron: cronOf(when.cron) }
}

/** When a schedule fires first after `now`. */
const firstFiring = (when: Stored["when"], now: number): number => "at" in when ? when.at : nextFiring(when, now, now)!

/** When a schedule fires after it fired at `fired`; undefined when it doesn't any more. Missed firings count as one. */
const nextFiring = (when: Stored["when"], fired: number, now: number): number | undefined => {
  if ("at" in when) return undefined
  if ("cron" in when) return Cron.next(cronOf(when.cron), Math.max(now, fired)).getTime()
  return fired + when.every * Math.max(1, Math.ceil((now - fired) / when.every))
}

const check = (name: string, when: Stored["when"]): Effect.Effect<void, InvalidSchedule> =>
  name === ""
    ? Effect.fail(new InvalidSchedule({ name, detail: "it needs a name" }))
    : "every" in when && when.every < 1000
    ? Effect.fail(new InvalidSchedule({ name, detail: "its interval is less than a second" }))
    : Effect.void

const decode = Schema.decodeUnknownEffect(Stored)

/** A scheduler whose schedules are items of work, and the worker that fires them. */
export const make = (
  bus: ReturnType<typeof makeCommandBus>,
  store: WorkStoreShape
): { readonly scheduler: Scheduler["Service"]; readonly worker: Worker } => {
  /** Sends the command. Its id follows from the schedule and the instant, so that it is handled once. */
  const send = Effect.fn("Scheduler.fire")(function*(name: string, { command, next, target }: Stored) {
    const id = Message.deriveId(name, "Scheduler", target, next)
    const meta = yield* Message.root(target, 1, { messageId: id })
    yield* bus.dispatch(
      { target, commandId: id, meta, command } as Parameters<CommandBus["Service"]["dispatch"]>[0]
    )
  }, Effect.provideService(Principal.CurrentPrincipal, Principal.system))

  /** After a firing, which may have come to nothing. */
  const goOn = Effect.fnUntraced(function*(stored: Stored, failure: string | undefined) {
    const next = nextFiring(stored.when, stored.next, yield* Clock.currentTimeMillis)
    if (next === undefined) {
      return (failure === undefined ? { _tag: "Forget" } : { _tag: "Park", reason: failure }) satisfies WorkResult
    }
    const { failure: _, ...rest } = stored
    const content: Stored = {
      ...rest,
      next,
      fired: stored.fired + 1,
      ...(failure === undefined ? {} : { failure })
    }
    return { _tag: "Again", due: next, content } satisfies WorkResult
  })

  const fire = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    const stored = yield* Effect.orDie(decode(item.content))
    const sent = yield* Effect.result(send(item.id, stored))
    if (sent._tag === "Success") return yield* goOn(stored, undefined)
    const error = sent.failure
    if (isPassing(error) && item.attempts < maxAttempts) {
      return yield* WorkRunner.retryOrPark(item, maxAttempts, error.message)
    }
    yield* Effect.logError(`The schedule '${item.id}' could not send its command`, Cause.fail(error))
    return yield* goOn(stored, error.message)
  })

  const listed = (item: WorkItem): Effect.Effect<Scheduled> =>
    Effect.map(Effect.orDie(decode(item.content)), ({ failure, fired, next, target, when }) => ({
      name: item.id,
      when: decodeWhen(when),
      target,
      next,
      fired,
      failure: item.reason ?? failure
    }))

  return {
    scheduler: {
      create: Effect.fnUntraced(function*({ command, name, to, when }) {
        const stored = encodeWhen(when)
        yield* check(name, stored)
        const encoded = yield* bus.encode(to["~address"], command)
        const now = yield* Clock.currentTimeMillis
        const next = firstFiring(stored, now)
        const content: Stored = { when: stored, ...encoded, next, fired: 0 }
        yield* store.put(queue, { id: name, lane: name, due: next, content }, now)
      }),
      delete: (name) => store.cancel(queue, name),
      list: Effect.gen(function*() {
        const items = yield* store.list(queue, { limit: Infinity })
        const schedules = yield* Effect.forEach(items, listed)
        return schedules.sort((a, b) => a.name < b.name ? -1 : 1)
      })
    },
    worker: { queue, concurrency: 16, work: fire }
  }
}
