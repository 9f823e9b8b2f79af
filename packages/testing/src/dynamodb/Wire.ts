/** Requests and answers of DynamoDB as the SDK has them, as far as the simulation knows them. */
import type * as Effect from "effect/Effect"

/** A value in an item. */
export interface AttributeValue {
  readonly S?: string
  readonly N?: string
  readonly BOOL?: boolean
  readonly NULL?: boolean
  readonly B?: Uint8Array
  readonly L?: ReadonlyArray<AttributeValue>
  readonly M?: Item
  readonly SS?: ReadonlyArray<string>
  readonly NS?: ReadonlyArray<string>
}

/** An item by its attributes. */
export interface Item {
  readonly [name: string]: AttributeValue
}

/** What the expressions of a request refer to. */
export interface Names {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Item
}

/** A condition on one item. */
export interface Conditional extends Names {
  readonly TableName?: string
  readonly ConditionExpression?: string
  readonly ReturnValuesOnConditionCheckFailure?: string
}

/** The parameters of a put. */
export interface Put extends Conditional {
  readonly Item: Item
}

/** The parameters of what concerns the item of a key. */
export interface Keyed extends Conditional {
  readonly Key: Item
  readonly UpdateExpression?: string
  readonly ReturnValues?: string
}

/** One part of a transaction. */
export interface TransactWriteItem {
  readonly Put?: Put
  readonly ConditionCheck?: Keyed
  readonly Update?: Keyed
  readonly Delete?: Keyed
}

/** The parameters of a transaction that writes. */
export interface TransactWrite {
  readonly TransactItems: ReadonlyArray<TransactWriteItem>
  readonly ClientRequestToken?: string
}

/** The parameters of a transaction that reads. */
export interface TransactGet {
  readonly TransactItems: ReadonlyArray<{ readonly Get: Keyed }>
}

/** The parameters of a query and of a scan. */
export interface Read extends Names {
  readonly KeyConditionExpression?: string
  readonly FilterExpression?: string
  readonly ProjectionExpression?: string
  readonly ConsistentRead?: boolean
  readonly IndexName?: string
  readonly Limit?: number
  readonly ScanIndexForward?: boolean
  readonly ExclusiveStartKey?: Item
  readonly Segment?: number
  readonly TotalSegments?: number
}

/** Why a part of a transaction was not done. */
export interface CancellationReason {
  readonly Code: "None" | "ConditionalCheckFailed" | "TransactionConflict" | "ThrottlingError"
  readonly Item?: Item
}

/** What the SDK throws. */
export interface Thrown {
  readonly name: string
  readonly message: string
  readonly code?: string
  readonly $fault?: "client" | "server"
  readonly $metadata: { readonly httpStatusCode?: number }
  readonly Item?: Item
  readonly CancellationReasons?: ReadonlyArray<CancellationReason>
}

/** What came of a request. */
export type Answer = { readonly ok: unknown } | { readonly thrown: Thrown }

/** Makes one request, and fails with what the SDK throws. */
export type Send = (operation: string, request: unknown) => Effect.Effect<unknown, { readonly cause: unknown }>

/** A refusal with a status code of 400. */
export const refusal = (name: string, message = "", more: Partial<Thrown> = {}): Answer => ({
  thrown: { name, message, $fault: "client", $metadata: { httpStatusCode: 400 }, ...more }
})

/** The refusal of a transaction, with a reason for each of its parts. */
export const canceled = (reasons: ReadonlyArray<CancellationReason>): Answer =>
  refusal("TransactionCanceledException", `Transaction cancelled [${reasons.map(({ Code }) => Code).join(", ")}]`, {
    CancellationReasons: reasons
  })
