import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { type CommandBus, isPassing } from "../CommandBus.ts"
import * as Message from "../Message.ts"
import * as Principal from "../Principal.ts"
import { InvalidSchedule, type Scheduled, type Scheduler, type When } from "../Scheduler.ts"
import type { LeasedWork, WorkItem, WorkResult, WorkStoreShape } from "../WorkStore.ts"
import { canonicalJson } from "./canonicalJson.ts"
import type { make as makeCommandBus } from "./commandBus.ts"
import { md5Hex } from "./md5.ts"
import type { Worker } from "./workRunner.ts"
import * as WorkRunner from "./workRunner.ts"

/** The queue of a platform's schedules. An item is a schedule, its id is the schedule's name. */
export const queue = "schedules"

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
  return fired + when.every * Math.max(1, Math.floor((now - fired) / when.every) + 1)
}

/** What is wrong with a schedule, if anything is. */
const faultOf = (name: string, when: Stored["when"]): string | undefined => {
  if (name === "") return "it needs a name"
  if ("every" in when) {
    if (when.every < 1000) return "its interval is less than a second"
    if (!Number.isFinite(when.every)) return "its interval has no end"
  }
  // A calendar that nothing matches, as the 30th of February, is searched in vain for years.
  if ("cron" in when && Result.isFailure(Result.try(() => nextFiring(when, 0, 0)))) {
    return "no instant matches its calendar"
  }
  return undefined
}

const decode = Schema.decodeUnknownEffect(Stored)

/** A scheduler whose schedules are items of work, and the worker that fires them. */
export const make = (
  bus: ReturnType<typeof makeCommandBus>,
  store: WorkStoreShape
): { readonly scheduler: Scheduler["Service"]; readonly worker: Worker } => {
  /** Sends the command. Its id follows from the schedule, the command and the instant, so that it is handled once. */
  const send = Effect.fn("Scheduler.fire")(function*(name: string, { command, next, target }: Stored) {
    const id = Message.deriveId(`${name}:${md5Hex(canonicalJson(command))}`, "Scheduler", target, next)
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
    if (item.attempts > maxAttempts) return yield* goOn(stored, WorkRunner.neverEnded(maxAttempts))
    const sent = yield* Effect.exit(send(item.id, stored))
    if (Exit.isSuccess(sent)) return yield* goOn(stored, undefined)
    const { cause } = sent
    if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause as Cause.Cause<never>)
    const error = Cause.findErrorOption(cause)
    const reason = Option.match(error, { onNone: () => Cause.pretty(cause), onSome: ({ message }) => message })
    if (Option.exists(error, isPassing) && item.attempts < maxAttempts) {
      return yield* WorkRunner.retryOrPark(item, maxAttempts, reason)
    }
    yield* Effect.logError(`The schedule '${item.id}' could not send its command`, cause)
    return yield* goOn(stored, reason)
  })

  const listed = (item: WorkItem): Effect.Effect<Scheduled> =>
    Effect.map(Effect.orDie(decode(item.content)), ({ failure, fired, next, target, when }) => ({
      name: item.id,
      when: decodeWhen(when),
      target,
      // A failed attempt is made again later than the instant that it is for.
      next: item.state === "Parked" ? undefined : Math.max(next, item.due),
      fired,
      failure: item.reason ?? failure
    }))

  return {
    scheduler: {
      create: Effect.fnUntraced(function*({ command, name, to, when }) {
        const stored = encodeWhen(when)
        const detail = faultOf(name, stored)
        if (detail !== undefined) return yield* new InvalidSchedule({ name, detail })
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
