/**
 * A world with its own time: Effect programs run in it one task after another, and time passes only when none of them can
 * go on. Everything that happens by chance comes from one seed, so equal seeds give equal runs, task by task.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import type { Scheduler } from "effect/Scheduler"
import * as EventQueue from "./EventQueue.ts"

/** How a program's run ended. */
export type Ended<A, E> =
  | { readonly _tag: "Done"; readonly exit: Exit.Exit<A, E> }
  /** It waited for something that would never come. */
  | { readonly _tag: "Stuck" }
  /** It went on for more steps than it was given. */
  | { readonly _tag: "Endless" }

/** How the clock of a process differs from the world's time. */
export interface ClockOptions {
  /** What it is ahead, in its own milliseconds. Negative when it is behind. */
  readonly ahead: number
  /** How many units of the world's time it takes to advance by a millisecond. Sleeping is in the world's units. */
  readonly unitsPerMilli: number
}

/** A world with its own time. */
export interface World {
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number
  /** A whole number from 0 up to, but not including, `count`. */
  readonly below: (count: number) => number
  /** The time that has passed since the world began. */
  readonly now: () => number
  /** Does something later; what is returned prevents it. */
  readonly after: (delay: number, task: () => void) => () => void
  /** A clock that goes by the world's time. */
  readonly clock: (options: ClockOptions) => Clock.Clock
  /** Runs a program to its end, and then everything that it has left under way. */
  readonly run: <A, E>(program: Effect.Effect<A, E>) => Ended<A, E>
}

const epoch = 1_700_000_000_000

/** Makes a world. `steps` is how much may happen in it before a run is called endless. */
export const make = (seed: string | number, steps = 200_000): World => {
  const chance = Effect.runSync(Random.withSeed(Effect.service(Random.Random), seed))
  const random = () => chance.nextDoubleUnsafe()
  const below = (count: number) => Math.floor(random() * count)
  const later = EventQueue.make()
  const ready: Array<() => void> = []
  let time = 0

  const after = (delay: number, task: () => void) => later.add(time + delay, task)

  /** Does one thing, whichever comes first; of what can go on at once, any. */
  const step = (): boolean => {
    if (ready.length > 0) {
      const index = ready.length === 1 ? 0 : below(ready.length)
      const task = ready[index]!
      ready[index] = ready[ready.length - 1]!
      ready.pop()
      task()
      return true
    }
    const next = later.take()
    if (next === undefined) return false
    time = next.at
    next.task()
    return true
  }

  const scheduler: Scheduler = {
    executionMode: "sync",
    shouldYield: (fiber: Fiber.Fiber<unknown, unknown>) => fiber.currentOpCount >= fiber.cache.maxOpsBeforeYield,
    makeDispatcher: () => ({
      scheduleTask: (task) => {
        ready.push(task)
      },
      flush: () => {}
    })
  }

  const clock = ({ ahead, unitsPerMilli }: ClockOptions): Clock.Clock => {
    const millis = () => epoch + Math.floor(time / unitsPerMilli) + ahead
    const nanos = () => BigInt(millis()) * 1_000_000n
    const monotonic = () => BigInt(Math.floor(time * 1_000_000))
    return {
      currentTimeMillisUnsafe: millis,
      currentTimeMillis: Effect.sync(millis),
      currentTimeNanosUnsafe: nanos,
      currentTimeNanos: Effect.sync(nanos),
      monotonicTimeNanosUnsafe: monotonic,
      monotonicTimeNanos: Effect.sync(monotonic),
      sleep: (duration) =>
        Effect.callback<void>((resume) => {
          const cancel = after(Duration.toMillis(duration), () => resume(Effect.void))
          return Effect.sync(cancel)
        })
    }
  }

  const run = <A, E>(program: Effect.Effect<A, E>): Ended<A, E> => {
    const fiber = program.pipe(
      Effect.provideService(Random.Random, chance),
      Effect.provideService(Clock.Clock, clock({ ahead: 0, unitsPerMilli: 1 })),
      (ready) => Effect.runFork(ready, { scheduler })
    )
    let left = steps
    while (left > 0 && step()) left--
    const exit = fiber.pollUnsafe()
    if (left === 0) return { _tag: "Endless" }
    return exit === undefined ? { _tag: "Stuck" } : { _tag: "Done", exit }
  }

  return { random, below, now: () => time, after, clock, run }
}
