/** What the probes of AWS have in common. */
import type { EventStoreError } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import type { DynamoError, DynamoReason, DynamoShape, Item, Requests } from "../../src/Dynamo.ts"
import type { StreamClient } from "../../src/internal/streamClient.ts"

/** Where a probe looks. */
export interface Target {
  readonly dynamo: DynamoShape
  readonly stream: StreamClient
  readonly table: string
  /** Tells this run from every other one. */
  readonly id: string
  readonly rounds: number
  /** Whether the table is one of AWS itself, where CloudWatch counts by the minute. */
  readonly isAws: boolean
}

/** One line of what was found. */
export interface Finding {
  readonly case: string
  readonly [figure: string]: number | string
}

/** The most that a probe uses. */
export interface Cost {
  readonly writeUnits: number
  readonly readUnits: number
  readonly streamReads: number
}

/** One question to DynamoDB. */
export interface Probe {
  readonly name: string
  readonly question: string
  readonly most: (rounds: number) => Cost
  readonly run: (target: Target) => Effect.Effect<ReadonlyArray<Finding>, DynamoError | EventStoreError>
}

/** The key of an item. */
export const keyOf = (partition: string, version: number): Item => ({
  pk: { S: partition },
  sk: { N: String(version) }
})

type TransactItem = NonNullable<Requests["TransactWriteItems"]["TransactItems"]>[number]

/** A part of a transaction that writes an item where nothing is. */
export const put = (TableName: string, partition: string, version: number, more: Item = {}): TransactItem => ({
  Put: { TableName, Item: { ...keyOf(partition, version), ...more }, ConditionExpression: "attribute_not_exists(pk)" }
})

/** A part of a transaction that only looks whether a place is free. */
export const check = (TableName: string, partition: string, version: number): TransactItem => ({
  ConditionCheck: { TableName, Key: keyOf(partition, version), ConditionExpression: "attribute_not_exists(pk)" }
})

/** Looks at both items of a partition, or whatever of them can be seen. */
export const look = ({ dynamo, table }: Target, partition: string) =>
  Effect.map(
    dynamo.send("Query", {
      TableName: table,
      ConsistentRead: true,
      KeyConditionExpression: "pk = :p",
      ExpressionAttributeValues: { ":p": { S: partition } }
    }),
    ({ Items = [] }) => Items.map(({ sk }) => Number(sk?.N))
  )

/** Whether an item can be seen. */
export const isThere = ({ dynamo, table }: Target, partition: string, version: number) =>
  Effect.map(
    dynamo.send("GetItem", { TableName: table, Key: keyOf(partition, version), ConsistentRead: true }),
    ({ Item }) => Item !== undefined
  )

/** How a write ended, as far as probes tell it apart. */
export type Ending = "applied" | "conflict" | "condition" | "disturbed"

const endingOf = (reason: DynamoReason): Ending => {
  if (reason._tag === "Busy") return "conflict"
  if (reason._tag === "ConditionFailed") return "condition"
  if (reason._tag !== "Canceled") return "disturbed"
  const codes = reason.reasons.map(({ code }) => code)
  return codes.includes("ConditionalCheckFailed")
    ? "condition"
    : codes.includes("TransactionConflict")
    ? "conflict"
    : "disturbed"
}

/** What can't get better ends the probe; everything else is one of the endings. */
const isHopeless = ({ reason }: DynamoError): boolean => reason._tag === "Rejected" || reason._tag === "NoTable"

/** How a request ended. */
export const ending = (request: Effect.Effect<unknown, DynamoError>): Effect.Effect<Ending, DynamoError> =>
  Effect.catch(
    Effect.as(request, "applied" as const),
    (error) => isHopeless(error) ? Effect.fail(error) : Effect.succeed(endingOf(error.reason))
  )

/** Undefined when a request was throttled or not answered: the round says nothing then. */
export const orDisturbed = <A>(request: Effect.Effect<A, DynamoError>): Effect.Effect<A | undefined, DynamoError> =>
  Effect.catch(request, (error) => isHopeless(error) ? Effect.fail(error) : Effect.undefined)

/** Runs rounds, so many at a time. */
export const eachRound = <A, E>(rounds: number, concurrency: number, round: (index: number) => Effect.Effect<A, E>) =>
  Effect.forEach(Array.from({ length: rounds }, (_, index) => index), round, { concurrency })

/** Counts how often each value occurs. */
export const countsOf = <Name extends string>(names: ReadonlyArray<Name>, values: ReadonlyArray<Name>) =>
  Object.fromEntries(names.map((name) => [name, values.filter((value) => value === name).length])) as Record<
    Name,
    number
  >

/** The value that so many of all are not above, rounded to a tenth; "none" of none. */
export const quantile = (values: ReadonlyArray<number>, share: number): number | string => {
  const sorted = [...values].sort((a, b) => a - b)
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return value === undefined ? "none" : Math.round(value * 10) / 10
}

/** Findings as a table that can be read, and pasted where Markdown is. */
export const tableOf = (findings: ReadonlyArray<Finding>): string => {
  const names = [...new Set(findings.flatMap((finding) => Object.keys(finding)))]
  const rows = [names, ...findings.map((finding) => names.map((name) => String(finding[name] ?? "")))]
  const widths = names.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  const line = (cells: ReadonlyArray<string>) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`
  return [line(rows[0]!), line(widths.map((width) => "-".repeat(width))), ...rows.slice(1).map(line)].join("\n")
}
