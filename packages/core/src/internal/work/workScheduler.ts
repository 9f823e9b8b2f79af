import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type CommandBus, isPassing } from "../../CommandBus.ts"
import * as Message from "../../Message.ts"
import * as Principal from "../../Principal.ts"
import { InvalidSchedule, type Scheduled, type Scheduler } from "../../Scheduler.ts"
import type { LeasedWork, WorkItem, WorkResult, WorkStoreShape } from "../../WorkStore.ts"
import { canonicalJson } from "../canonicalJson.ts"
import type { make as makeCommandBus } from "../commands/commandBus.ts"
import { md5Hex } from "../md5.ts"
import { decodeWhen, encodeWhen, faultOf, firstFiring } from "../tasks/timetable.ts"
import * as Recurring from "./recurring.ts"
import type { Worker } from "./workRunner.ts"
import * as WorkRunner from "./workRunner.ts"

/** The queue of a platform's schedules. An item is a schedule, its id is the schedule's name. */
export const queue = "schedules"

/** How often a firing is tried that fails for a passing reason. */
const maxAttempts = 10

/** How soon a firing is looked at again that another process has to do, in milliseconds. */
const elsewhere = 1000

/** A schedule as it is stored. */
const Stored = Schema.Struct({ ...Recurring.fields, command: Schema.Json })

type Stored = typeof Stored.Type

const decode = Schema.decodeUnknownEffect(Stored)

/** A scheduler whose schedules are items of work, and the worker that fires those for the plugins that run here. */
export const make = (
  bus: ReturnType<typeof makeCommandBus>,
  store: WorkStoreShape,
  plugins: ReadonlyArray<string>
): { readonly scheduler: Scheduler["Service"]; readonly worker: Worker } => {
  /** Otherwise a process that runs the plugin shares the schedules. */
  const runsHere = (target: string) => plugins.some((plugin) => target.startsWith(`${plugin}.`))

  /** Sends the command. Its id follows from the schedule, the command and the instant, so that it is handled once. */
  const send = Effect.fn("Scheduler.fire")(function*(name: string, { command, next, target }: Stored) {
    const id = Message.deriveId(`${name}:${md5Hex(canonicalJson(command))}`, "Scheduler", target, next)
    const meta = yield* Message.root(target, 1, { messageId: id })
    yield* bus.dispatch(
      { target, commandId: id, meta, command } as Parameters<CommandBus["Service"]["dispatch"]>[0]
    )
  }, Effect.provideService(Principal.CurrentPrincipal, Principal.system))

  /** After a firing, which may have come to nothing. */
  const goOn = (item: LeasedWork, stored: Stored, failure: string | undefined) =>
    Recurring.goOn(item, stored, failure, { _tag: "Forget" })

  const fire = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    const stored = yield* Effect.orDie(decode(item.content))
    if (item.attempts > maxAttempts) return yield* goOn(item, stored, WorkRunner.neverEnded(maxAttempts))
    const sent = yield* Effect.exit(send(item.id, stored))
    if (Exit.isSuccess(sent)) return yield* goOn(item, stored, undefined)
    const { cause } = sent
    if (Cause.hasInterruptsOnly(cause)) return yield* Effect.failCause(cause as Cause.Cause<never>)
    const error = Cause.findErrorOption(cause)
    if (Option.exists(error, ({ _tag }) => _tag === "UnknownCommand") && !runsHere(stored.target)) {
      const due = (yield* Clock.currentTimeMillis) + elsewhere
      return { _tag: "Again", due, content: Recurring.notBegun(item, stored) }
    }
    const reason = Option.match(error, { onNone: () => Cause.pretty(cause), onSome: ({ message }) => message })
    if (Option.exists(error, isPassing) && item.attempts < maxAttempts) {
      return yield* WorkRunner.retryOrPark(item, maxAttempts, reason)
    }
    yield* Effect.logError(`The schedule '${item.id}' could not send its command`, cause)
    return yield* goOn(item, stored, reason)
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
        const detail = name === "" ? "it needs a name" : faultOf(stored)
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
