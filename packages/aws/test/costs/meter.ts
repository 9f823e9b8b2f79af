/**
 * What requests cost: read and write units, calls, and how many of them follow each other.
 *
 * Units are counted twice. DynamoDB says with each answer what it charges, which wrapping the raw `send` asks it for. But a
 * refused write is charged as well, and its refusal doesn't say so; so units are also computed from the requests, by the
 * rules that AWS publishes.
 */
import type * as Dynamo from "@reventless/aws/Dynamo"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { sizeOf } from "../../src/internal/items.ts"

export interface Units {
  readonly read: number
  readonly write: number
}

export interface Cost extends Units {
  readonly calls: number
  /** The longest chain of calls of which each began after the one before it was answered. */
  readonly serial: number
}

export interface Measured {
  /** Units by the rules of AWS. */
  readonly cost: Cost
  /** Units as the answers say; refused writes are not among them. */
  readonly reported: Units
  /** Whether a write was refused. */
  readonly refused: boolean
}

export interface Meter {
  /** The same `send`, counted. */
  readonly wrap: (send: Dynamo.RawSend) => Dynamo.RawSend
  /** What an effect costs. Nothing else may send meanwhile. */
  readonly measure: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<Measured, E, R>
}

const unit = (bytes: number, of: number): number => Math.max(1, Math.ceil(bytes / of))
const writes = (item: Dynamo.Item | undefined): number => item === undefined ? 1 : unit(sizeOf(item), 1024)
const reads = (items: ReadonlyArray<Dynamo.Item | undefined>): number =>
  unit(items.reduce((sum, item) => sum + (item === undefined ? 0 : sizeOf(item)), 0), 4096)

const none: Units = { read: 0, write: 0 }
const plus = (a: Units, b: Units): Units => ({ read: a.read + b.read, write: a.write + b.write })

/**
 * What AWS charges: a KB written, or 4 KB read consistently, is a unit, and two in a transaction; each item counts as one
 * at least, also when it isn't there. A write that is refused is charged like one that isn't.
 */
const unitsOf = (operation: Dynamo.Operation, request: any, answer: any): Units => {
  switch (operation) {
    case "PutItem":
      return { read: 0, write: writes(request.Item) }
    case "TransactWriteItems":
      return {
        read: 0,
        write: request.TransactItems.reduce((sum: number, { Put }: any) => sum + 2 * writes(Put?.Item), 0)
      }
    case "TransactGetItems":
      return {
        read: request.TransactItems.reduce(
          (sum: number, _: unknown, index: number) => sum + 2 * reads([answer?.Responses?.[index]?.Item]),
          0
        ),
        write: 0
      }
    case "GetItem":
      return { read: reads([answer?.Item]) * (request.ConsistentRead === true ? 1 : 0.5), write: 0 }
    case "Query":
      return { read: reads(answer?.Items ?? []) * (request.ConsistentRead === true ? 1 : 0.5), write: 0 }
    default:
      throw new Error(`the meter has no rule for ${operation}`)
  }
}

const isWrite = (operation: Dynamo.Operation): boolean => operation === "PutItem" || operation === "TransactWriteItems"

const reportedBy = (operation: Dynamo.Operation, answer: any): Units =>
  [answer?.ConsumedCapacity ?? []].flat().reduce(
    (sum: Units, { CapacityUnits = 0 }: { readonly CapacityUnits?: number }) =>
      plus(sum, isWrite(operation) ? { read: 0, write: CapacityUnits } : { read: CapacityUnits, write: 0 }),
    none
  )

interface Counting {
  units: Units
  reported: Units
  refused: boolean
  calls: number
  /** The longest chain among the calls that were answered. */
  chain: number
}

export const make = (): Meter => {
  let counting: Counting | undefined
  return {
    wrap: (send) => (operation, request) =>
      Effect.suspend(() => {
        if (counting === undefined) return send(operation, request)
        const now = counting
        const place = now.chain + 1
        now.calls++
        const metered = { ...(request as object), ReturnConsumedCapacity: "TOTAL" } as never
        return Effect.onExit(send(operation, metered), (exit) =>
          Effect.sync(() => {
            const answer = Exit.isSuccess(exit) ? exit.value : undefined
            now.units = plus(now.units, unitsOf(operation, request, answer))
            now.reported = plus(now.reported, reportedBy(operation, answer))
            now.refused ||= answer === undefined
            now.chain = Math.max(now.chain, place)
          }))
      }),
    measure: (effect) =>
      Effect.suspend(() => {
        const now: Counting = { units: none, reported: none, refused: false, calls: 0, chain: 0 }
        counting = now
        return effect.pipe(
          Effect.map((): Measured => ({
            cost: { ...now.units, calls: now.calls, serial: now.chain },
            reported: now.reported,
            refused: now.refused
          })),
          Effect.ensuring(Effect.sync(() => {
            counting = undefined
          }))
        )
      })
  }
}
