import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Metric from "effect/Metric"
import * as Queue from "effect/Queue"
import * as Semaphore from "effect/Semaphore"
import type * as Action from "../../Action.ts"
import type * as ExtensionPoint from "../../ExtensionPoint.ts"
import * as Message from "../../Message.ts"
import * as Metrics from "../../Metrics.ts"
import type { LeasedWork, WorkResult } from "../../WorkStore.ts"
import type { Run } from "../ownProgram.ts"
import type { Host } from "../platformPart.ts"
import type { Delivered } from "../todo/messageList.ts"

/** How long a directive may take. */
const timeout = Duration.minutes(1)

/** How many directives of an extension point are held or handled at the same time; who asks for more waits. */
const limit = 256

/** A directive that a mapping asks for. */
export interface Asked {
  readonly mapping: string
  /** The mapping's name, where its author gave one. */
  readonly givenName: string | undefined
  readonly action: Action.HandleDirective
}

/** The directives of one extension point, on one of its sides: fired once what asks for them is written as done. */
export interface Directives {
  /** Keeps what an attempt asks for until it is known what becomes of its item. */
  readonly hold: (
    item: LeasedWork,
    asked: ReadonlyArray<Asked>,
    /** The event that they come from, unless they come from a command: one of history fires none. */
    event: Pick<Delivered, "list" | "meta" | "isRebuilt"> | undefined
  ) => Effect.Effect<void>
  /** Told what became of an item: fires what was kept for it, or forgets it. */
  readonly ended: (item: LeasedWork, result: WorkResult | undefined) => void
  /** Handles what was fired, while it lives. */
  readonly handle: Effect.Effect<never>
}

interface Held {
  readonly asked: ReadonlyArray<Asked>
  readonly permits: number
  readonly traceparent: string | undefined
}

/** Whether a person has an item done again: its attempts were counted anew, and it keeps why it was parked. */
export const isReplayed = ({ attempts, lease, reason }: LeasedWork): boolean => reason !== undefined && lease > attempts

/** Makes the directives of an extension point. */
export const make = Effect.fnUntraced(function*(
  { host: { lifecycle }, plugin, point: contract, run }: {
    readonly plugin: string
    readonly point: ExtensionPoint.Any
    readonly run: Run
    readonly host: Pick<Host, "lifecycle">
  }
): Effect.fn.Return<Directives> {
  const point = contract.tag
  // What is made while the platform connects for the first time is no history.
  const started = yield* Clock.currentTimeMillis
  const slots = yield* Semaphore.make(limit)
  const held = new Map<LeasedWork, Held>()
  /** What is over: fired, or forgotten because its item isn't done. There is never more of it than there are slots. */
  const over = yield* Queue.unbounded<Held & { readonly isFired: boolean }>()

  const isHistory = ({ isRebuilt, list, meta: { time } }: Pick<Delivered, "list" | "meta" | "isRebuilt">) =>
    isRebuilt
      ? Effect.succeed(time < started)
      : Effect.map(lifecycle.since(plugin, list), (since) => time < Math.min(started, since))

  const count = ({ action }: Asked, outcome: "handled" | "failed" | "skipped") =>
    Metric.update(
      Metric.withAttributes(Metrics.directives, { plugin, point, directive: action.directive._tag, outcome }),
      1
    )

  const handleOne = Effect.fn("Directive.handle")(function*(asked: Asked) {
    const { directive, handler } = asked.action
    yield* Effect.annotateCurrentSpan({ plugin, point, mapping: asked.mapping, directive: directive._tag })
    yield* run(() => handler(directive) as Effect.Effect<unknown, unknown>, {
      what: `directive ${directive._tag}`,
      timeout
    })
    yield* count(asked, "handled")
  })

  const handleAll = ({ asked, traceparent }: Held) =>
    Effect.forEach(
      asked,
      (one) =>
        Effect.catchCause(Message.continueTrace(traceparent, handleOne(one)), (cause) =>
          Effect.andThen(
            count(one, "failed"),
            Effect.logError(
              `directive ${one.action.directive._tag} of '${point}'${
                one.givenName === undefined ? "" : `, asked for by '${one.givenName}',`
              } failed in plugin '${plugin}'; it isn't tried again`,
              cause
            )
          )),
      { discard: true }
    )

  return {
    hold: Effect.fnUntraced(function*(item, asked, event) {
      const isPast = event !== undefined && (yield* isHistory(event))
      if (isPast || isReplayed(item)) {
        return yield* Effect.forEach(asked, (one) => count(one, "skipped"), { discard: true })
      }
      const permits = Math.min(asked.length, limit)
      const traceparent = yield* Message.currentTraceparent
      yield* Effect.uninterruptibleMask((restore) =>
        Effect.map(restore(slots.take(permits)), () => {
          held.set(item, { asked, permits, traceparent })
        })
      )
    }),
    ended: (item, result) => {
      const found = held.get(item)
      if (found === undefined) return
      held.delete(item)
      Queue.offerUnsafe(over, { ...found, isFired: result?._tag === "Done" })
    },
    handle: Effect.scoped(Effect.gen(function*() {
      const running = yield* FiberSet.make<void>()
      return yield* Effect.forever(
        Effect.flatMap(Queue.take(over), (one) =>
          FiberSet.run(
            running,
            Effect.ensuring(one.isFired ? handleAll(one) : Effect.void, slots.release(one.permits))
          ))
      )
    }))
  }
})
