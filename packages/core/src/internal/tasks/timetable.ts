import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { When } from "../../Scheduler.ts"

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

/** When something fires, as it is stored. Times are milliseconds since 1970. */
export const StoredWhen = Schema.Union([
  Schema.Struct({ at: Schema.Finite }),
  Schema.Struct({ every: Schema.Finite }),
  Schema.Struct({ cron: StoredCron })
])

/** When something fires, as it is stored. */
export type StoredWhen = typeof StoredWhen.Type

/** Encodes when something fires. */
export const encodeWhen = (when: When): StoredWhen => {
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

/** Decodes when something fires. */
export const decodeWhen = (when: StoredWhen): When => {
  if ("at" in when) return { at: DateTime.makeUnsafe(when.at) }
  if ("every" in when) return { every: Duration.millis(when.every) }
  return { cron: cronOf(when.cron) }
}

/** When it fires first after `now`. */
export const firstFiring = (when: StoredWhen, now: number): number =>
  "at" in when ? when.at : nextFiring(when, now, now)!

/** When it fires after it fired at `fired`; undefined when it doesn't any more. Missed firings count as one. */
export const nextFiring = (when: StoredWhen, fired: number, now: number): number | undefined => {
  if ("at" in when) return undefined
  if ("cron" in when) return Cron.next(cronOf(when.cron), Math.max(now, fired)).getTime()
  return fired + when.every * Math.max(1, Math.floor((now - fired) / when.every) + 1)
}

/** What is wrong with it, if anything is. */
export const faultOf = (when: StoredWhen): string | undefined => {
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
