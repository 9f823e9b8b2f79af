/**
 * What DynamoDB and the network do now and then, and emulators never: a fault-injecting double at the boundary of the AWS
 * SDK. It wraps a function that makes one request, and fails with what the SDK throws.
 *
 * ```ts
 * const faults = yield* DynamoFaults.make({ hide: 0.3, late: 0.02, lose: 0.02, retry: 0.02, throttle: 0.05 })
 * const one = Dynamo.layerRaw(faults.wrap(yield* Dynamo.makeRaw(client)))
 * const other = Dynamo.layerRaw(faults.wrap(yield* Dynamo.makeRaw(client)))
 * ...
 * yield* faults.settle // and then look at what is left
 * ```
 *
 * All clients that one value wraps see the same items; two values don't know of each other. What is drawn comes from the
 * `Random` with which the value was made, when a request is made: with the same seed the same requests meet the same faults.
 *
 * It understands the items of the event store's table, whose key is `pk` and `sk`. Requests about tables are never
 * disturbed.
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Errors from "./internal/dynamo/errors.ts"
import * as HalfVisible from "./internal/dynamo/halfVisible.ts"
import * as HiddenItems from "./internal/dynamo/hiddenItems.ts"

/** Makes one request, and fails with what the SDK throws. */
export type RawSend<Operation extends string> = (
  operation: Operation,
  request: never
) => Effect.Effect<unknown, { readonly cause: unknown }>

/** How often a request meets a fault, each from 0 to 1 and 0 when absent; all but `hide` at most 1 together. */
export interface Rates {
  /**
   * How often some of the items of a committed transaction, and at least one, can't be seen yet by Query, GetItem and
   * Scan. Meanwhile TransactGetItems and writes are refused with a conflict where they meet one of them.
   */
  readonly hide?: number
  /** The client gets a timeout, and then the request is applied; one that only reads is dropped. */
  readonly late?: number
  /** The request is applied, but its answer is lost: the connection is reset. */
  readonly lose?: number
  /** The request is made twice, as by a client that retries silently. The second answer counts. */
  readonly retry?: number
  /** Refused for its rate, and not applied. */
  readonly throttle?: number
  /** Writes and transactions are refused because another one is at the same item, and not applied. */
  readonly conflict?: number
}

/** How often faults happen, and how long they last. */
export interface Options extends Rates {
  /** The longest time for which an item is hidden; 50 ms when absent. */
  readonly hideFor?: Duration.Input
  /** The longest time after its timeout at which a late request is applied; 100 ms when absent. */
  readonly lateBy?: Duration.Input
  /**
   * Whether a transaction may be answered before all its items can be seen, and conditions may see what reads don't see
   * yet. AWS doesn't say that it may, so `false` when absent: all is seen when the answer has come.
   */
  readonly earlyAnswers?: boolean
}

/** How often something has happened; `hide` counts items. */
export type Counts = { readonly [Name in keyof Required<Rates>]: number }

/** Faults for all clients that it wraps. */
export interface DynamoFaults {
  /** The same `send`, with faults. */
  readonly wrap: <Operation extends string>(send: RawSend<Operation>) => RawSend<Operation>
  /** What has happened so far. A test whose faults never happened proves nothing. */
  readonly counts: Effect.Effect<Counts>
  /** Ends all faults, and waits until late requests have been applied and every item can be seen. */
  readonly settle: Effect.Effect<void>
}

type Fault = Exclude<keyof Rates, "hide">

/** What was drawn for a request. */
interface Plan extends HalfVisible.Plan {
  readonly fault: Fault | undefined
  /** How late it is when it is late, in milliseconds. */
  readonly delay: number
  /** Which part of a transaction is the reason when it is refused for one. */
  readonly part: number
  /** Whether a transaction is refused for its rate as a whole. */
  readonly asWhole: boolean
}

const reads = new Set(["GetItem", "Query", "Scan", "TransactGetItems"])
const writes = new Set(["PutItem", "TransactWriteItems", "UpdateItem"])
const isTransaction = (operation: string): boolean => operation.startsWith("Transact")

/** Makes faults. What is late when the scope ends is never applied. */
export const make = Effect.fnUntraced(function*(options: Options): Effect.fn.Return<DynamoFaults, never, Scope.Scope> {
  const { earlyAnswers = false, hide = 0, hideFor = "50 millis", lateBy = "100 millis" } = options
  const random = yield* Random.Random
  const below = (limit: number) => random.nextDoubleUnsafe() * limit
  const hidden = HiddenItems.make()
  const running = yield* FiberSet.make()
  const counts = { late: 0, lose: 0, retry: 0, throttle: 0, conflict: 0 }
  let calm = false

  /** At most one of them, by one draw. */
  const drawFault = (operation: string): Fault | undefined => {
    let rest = below(1)
    const fault = (Object.keys(counts) as Array<Fault>).find((name) => (rest -= options[name] ?? 0) < 0)
    const isPossible = fault === "conflict"
      ? writes.has(operation) || isTransaction(operation)
      : reads.has(operation) || writes.has(operation)
    return calm || !isPossible ? undefined : fault
  }

  const drawHidden = (count: number): ReadonlyArray<number> => {
    const longest = Duration.toMillis(hideFor)
    const some = below(1) < hide && !calm
    const always = Math.floor(below(count))
    const lasts = Array.from({ length: count }, () => [below(1) < 0.5, below(longest)] as const)
    return lasts.map(([one, lasts], index) => some && (one || index === always) ? Math.max(1, lasts) : 0)
  }

  /** Everything is drawn when the request is made: what it meets on its way changes nothing for the next one. */
  const draw = (operation: string, request: HalfVisible.Request): Plan => ({
    fault: drawFault(operation),
    lasts: drawHidden(HalfVisible.putsOf(request).length),
    sees: below(1) < 0.5 && earlyAnswers,
    delay: below(Duration.toMillis(lateBy)),
    part: Math.floor(below(request.TransactItems?.length ?? 1)),
    asWhole: below(1) < 0.5
  })

  const withFaults = (send: HalfVisible.PlannedSend): HalfVisible.Send => (operation, request) =>
    Effect.suspend(() => {
      const plan = draw(operation, request)
      const { asWhole, delay, fault, part } = plan
      const made = send(operation, request, plan)
      /** A transaction that is refused for one of its parts. */
      const canceled = (code: string) =>
        Errors.transactionCanceled((request.TransactItems ?? []).map((_, index) => index === part ? code : "None"))
      if (fault !== undefined) counts[fault]++
      switch (fault) {
        case "late": {
          const left = reads.has(operation)
            ? Effect.void
            : FiberSet.run(running, Effect.ignore(Effect.delay(made, delay)))
          return Effect.andThen(left, Effect.fail(Errors.timedOut()))
        }
        case "lose":
          return Effect.andThen(Effect.exit(made), Effect.fail(Errors.connectionReset()))
        case "retry":
          return Effect.andThen(Effect.exit(made), made)
        case "throttle":
          return Effect.fail(isTransaction(operation) && !asWhole ? canceled("ThrottlingError") : Errors.throttled())
        case "conflict":
          return Effect.fail(
            isTransaction(operation) ? canceled("TransactionConflict") : Errors.transactionConflict()
          )
        case undefined:
          return made
      }
    })

  return {
    wrap: (raw) => {
      // The double may be asked to make the same request again: what the wrapped function gives is one request.
      const again: HalfVisible.Send = (operation, request) =>
        Effect.suspend(() => (raw as unknown as HalfVisible.Send)(operation, request))
      const send = withFaults(HalfVisible.make(again, hidden))
      const patient: HalfVisible.Send = (operation, request) =>
        Effect.tap(send(operation, request), () => HalfVisible.untilSeen(hidden, HalfVisible.putsOf(request)))
      return (earlyAnswers ? send : patient) as unknown as typeof raw
    },
    counts: Effect.sync(() => ({ hide: hidden.count(), ...counts })),
    settle: Effect.gen(function*() {
      calm = true
      yield* FiberSet.awaitEmpty(running)
      yield* HalfVisible.untilSeen(hidden)
    })
  }
})
