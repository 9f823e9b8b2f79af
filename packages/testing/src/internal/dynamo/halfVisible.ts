/** A DynamoDB whose transactions become visible item by item. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { isRefusal, type SendFailed, transactionCanceled, transactionConflict } from "./errors.ts"
import type { HiddenItems, Item, Place } from "./hiddenItems.ts"

/** The parts of requests that matter here. */
export interface Request {
  readonly TableName?: string
  readonly Item?: Item
  readonly Key?: Item
  readonly Limit?: number
  readonly ExclusiveStartKey?: Item
  readonly TransactItems?: ReadonlyArray<Readonly<Record<string, Request>>>
}

/** A request is made. */
export type Send = (operation: string, request: Request) => Effect.Effect<unknown, SendFailed>

interface Page {
  readonly Items?: ReadonlyArray<Item>
  readonly LastEvaluatedKey?: Item
  readonly ScannedCount?: number
}

/** What was drawn for a request. */
export interface Plan {
  /** For how long each item that it puts is hidden, in milliseconds; 0 for one that isn't. */
  readonly lasts: ReadonlyArray<number>
  /** Whether the store itself answers a write to an item that is hidden, as it sees it. Else it is a conflict. */
  readonly sees: boolean
}

/** A request is made as it was drawn. */
export type PlannedSend = (
  operation: string,
  request: Request,
  plan: Plan
) => Effect.Effect<unknown, SendFailed>

const placeOf = ({ Item, Key, TableName }: Request): Place => ({ table: TableName ?? "", item: Item ?? Key ?? {} })

const partsOf = ({ TransactItems = [] }: Request) => TransactItems.flatMap((part) => Object.values(part))

const placesOf = (request: Request): ReadonlyArray<Place> => partsOf(request).map(placeOf)

/** The items that a transaction puts. */
export const putsOf = (request: Request): ReadonlyArray<Place> =>
  partsOf(request).filter(({ Item }) => Item !== undefined).map(placeOf)

/** Hides items that transactions put, from everything that reads outside of a transaction. */
export const make = (send: Send, hidden: HiddenItems): PlannedSend => {
  /** A page without what is hidden, and as full as one in which it never was. */
  const page = Effect.fnUntraced(function*(operation: string, request: Request) {
    const { Limit = Number.POSITIVE_INFINITY, TableName: table = "" } = request
    const seen: Array<Item> = []
    let scanned = 0
    let from = request.ExclusiveStartKey
    while (true) {
      const answer = (yield* send(operation, {
        ...request,
        ...(request.Limit === undefined ? {} : { Limit: Limit - seen.length }),
        ...(from === undefined ? {} : { ExclusiveStartKey: from })
      })) as Page
      // A count alone says nothing of items.
      if (answer.Items === undefined) return answer
      const now = yield* Clock.currentTimeMillis
      const visible = answer.Items.filter((item) => !hidden.hides({ table, item }, now))
      seen.push(...visible)
      scanned += (answer.ScannedCount ?? 0) - (answer.Items.length - visible.length)
      from = answer.LastEvaluatedKey
      const full = seen.length >= Limit || (Limit === Number.POSITIVE_INFINITY && seen.length > 0)
      if (from === undefined || full) return { ...answer, Items: seen, Count: seen.length, ScannedCount: scanned }
    }
  })

  const getItem = Effect.fnUntraced(function*(request: Request) {
    const answer = (yield* send("GetItem", request)) as { readonly Item?: Item }
    const now = yield* Clock.currentTimeMillis
    const { Item: item, ...rest } = answer
    return item !== undefined && hidden.hides({ table: request.TableName ?? "", item }, now) ? rest : answer
  })

  /** Refuses what meets an item that another transaction holds, when it is made or when it is answered. */
  const unlessHeld = Effect.fnUntraced(function*(
    keys: ReadonlyArray<Place>,
    conflict: (held: ReadonlyArray<boolean>) => SendFailed,
    request: Effect.Effect<unknown, SendFailed>,
    sees: boolean
  ) {
    const refusal = Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const held = keys.map((key) => hidden.holds(key, now))
      return held.includes(true) && !sees ? Effect.fail(conflict(held)) : Effect.void
    })
    yield* refusal
    return yield* Effect.tapError(request, (failed) => isRefusal(failed) ? refusal : Effect.void)
  })

  /** Keeps what the puts hide, whatever becomes of them. */
  const hiding = (
    puts: ReadonlyArray<Place>,
    lasts: ReadonlyArray<number>,
    request: Effect.Effect<unknown, SendFailed>
  ) =>
    Effect.suspend(() => {
      hidden.begin(puts, lasts)
      // Whoever doesn't wait for the answer leaves behind a request that may be applied.
      return Effect.onExit(request, (exit) =>
        Exit.isFailure(exit) && exit.cause.reasons.some((reason) =>
            reason._tag === "Fail" && isRefusal(reason.error)
          )
          ? Effect.sync(() => hidden.refused(puts))
          : Effect.map(Clock.currentTimeMillis, (now) => hidden.committed(puts, now)))
    })

  const canceled = (held: ReadonlyArray<boolean>) =>
    transactionCanceled(held.map((held) => held ? "TransactionConflict" : "None"))

  return (operation, request, { lasts, sees }) => {
    switch (operation) {
      case "Query":
      case "Scan":
        return page(operation, request)
      case "GetItem":
        return getItem(request)
      case "TransactGetItems":
        return unlessHeld(placesOf(request), canceled, send(operation, request), false)
      case "TransactWriteItems":
        return unlessHeld(placesOf(request), canceled, hiding(putsOf(request), lasts, send(operation, request)), sees)
      case "PutItem":
      case "UpdateItem":
        return unlessHeld([placeOf(request)], transactionConflict, send(operation, request), sees)
      default:
        return send(operation, request)
    }
  }
}

/** Waits until the items can be seen; all there are when none are given. */
export const untilSeen = Effect.fnUntraced(function*(hidden: HiddenItems, puts?: ReadonlyArray<Place>) {
  const wait = hidden.seenAt(puts) - (yield* Clock.currentTimeMillis)
  if (wait > 0) yield* Effect.sleep(wait)
})
