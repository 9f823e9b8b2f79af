/**
 * The one door to DynamoDB: a typed `send`, which makes exactly one request and says what is known of its outcome. Who
 * retries, how often and with what, is decided by the callers, because only they know whether a resend is safe.
 */
import * as Client from "@aws-sdk/client-dynamodb"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

/** The requests that the store makes. */
export interface Requests {
  readonly CreateTable: Client.CreateTableCommandInput
  readonly DeleteTable: Client.DeleteTableCommandInput
  readonly DescribeTable: Client.DescribeTableCommandInput
  readonly GetItem: Client.GetItemCommandInput
  readonly PutItem: Client.PutItemCommandInput
  readonly Query: Client.QueryCommandInput
  readonly Scan: Client.ScanCommandInput
  readonly TransactGetItems: Client.TransactGetItemsCommandInput
  readonly TransactWriteItems: Client.TransactWriteItemsCommandInput
  readonly UpdateItem: Client.UpdateItemCommandInput
}

/** What DynamoDB answers to them. */
export interface Answers {
  readonly CreateTable: Client.CreateTableCommandOutput
  readonly DeleteTable: Client.DeleteTableCommandOutput
  readonly DescribeTable: Client.DescribeTableCommandOutput
  readonly GetItem: Client.GetItemCommandOutput
  readonly PutItem: Client.PutItemCommandOutput
  readonly Query: Client.QueryCommandOutput
  readonly Scan: Client.ScanCommandOutput
  readonly TransactGetItems: Client.TransactGetItemsCommandOutput
  readonly TransactWriteItems: Client.TransactWriteItemsCommandOutput
  readonly UpdateItem: Client.UpdateItemCommandOutput
}

/** The name of a request. */
export type Operation = keyof Requests

/** An item as it is on the wire. */
export type Item = Record<string, Client.AttributeValue>

/** Why one part of a transaction was not done, and what stood in its place. */
export interface Cancellation {
  readonly code: string
  readonly item: Item | undefined
}

/** What is known of a request that didn't succeed. */
export type DynamoReason =
  /** Refused for its rate. It was not applied. */
  | { readonly _tag: "Throttled" }
  /** Refused because another transaction held one of its items. It was not applied. */
  | { readonly _tag: "Busy" }
  /** A condition was not met. It was not applied by this request; an earlier attempt of the same may have been. */
  | { readonly _tag: "ConditionFailed"; readonly item: Item | undefined }
  /** A transaction was canceled, with a reason for each of its parts. As above. */
  | { readonly _tag: "Canceled"; readonly reasons: ReadonlyArray<Cancellation> }
  /** No answer came, or one that says nothing: it may have been applied, or may still be. */
  | { readonly _tag: "Unanswered" }
  /** The connection could not be made. It was not applied. */
  | { readonly _tag: "Unreachable" }
  /** The table doesn't exist. It was not applied. */
  | { readonly _tag: "NoTable" }
  /** Refused for what it is, or for who asks. It was not applied and never will be. */
  | { readonly _tag: "Rejected" }

/** A request to DynamoDB didn't succeed. */
export class DynamoError extends Data.TaggedError("DynamoError")<{
  readonly operation: Operation
  readonly reason: DynamoReason
  /** What DynamoDB or the network said. */
  readonly detail: string
  readonly cause: unknown
}> {
  override get message(): string {
    return `${this.operation}: ${this.detail}`
  }
}

/** The operations of a client. */
export interface DynamoShape {
  /** Makes one request. */
  readonly send: <Name extends Operation>(
    operation: Name,
    request: Requests[Name]
  ) => Effect.Effect<Answers[Name], DynamoError>
}

/** A client of DynamoDB. */
export class Dynamo extends Context.Service<Dynamo, DynamoShape>()("@reventless/aws/Dynamo") {}

/** What the SDK threw. */
export interface SendFailed {
  readonly cause: unknown
}

/** Makes one request and fails with whatever the SDK throws: the boundary where tests put a double. */
export type RawSend = (operation: Operation, request: never) => Effect.Effect<unknown, SendFailed>

/** A client on a raw `send`: sorts what was thrown by what is known of the request's outcome. */
export const fromRaw = (send: RawSend): DynamoShape => ({
  send: <Name extends Operation>(operation: Name, request: Requests[Name]) =>
    Effect.mapError(
      send(operation, request as never) as Effect.Effect<Answers[Name], SendFailed>,
      ({ cause }) => new DynamoError({ operation, reason: reasonOf(cause), detail: detailOf(cause), cause })
    )
})

/** A client on a raw `send`. */
export const layerRaw = (send: RawSend): Layer.Layer<Dynamo> => Layer.succeed(Dynamo, fromRaw(send))

/** How to reach DynamoDB: the options of the SDK's client, `maxAttempts` excepted, since each request is sent once. */
export type Config = Omit<Client.DynamoDBClientConfig, "maxAttempts" | "retryMode" | "retryStrategy">

const commands: { readonly [Name in Operation]: (request: Requests[Name]) => unknown } = {
  CreateTable: (request) => new Client.CreateTableCommand(request),
  DeleteTable: (request) => new Client.DeleteTableCommand(request),
  DescribeTable: (request) => new Client.DescribeTableCommand(request),
  GetItem: (request) => new Client.GetItemCommand(request),
  PutItem: (request) => new Client.PutItemCommand(request),
  Query: (request) => new Client.QueryCommand(request),
  Scan: (request) => new Client.ScanCommand(request),
  TransactGetItems: (request) => new Client.TransactGetItemsCommand(request),
  TransactWriteItems: (request) => new Client.TransactWriteItemsCommand(request),
  UpdateItem: (request) => new Client.UpdateItemCommand(request)
}

/** How long a request may take, in milliseconds, unless the configuration says otherwise: the SDK would wait for ever. */
const patience = { connectionTimeout: 2000, requestTimeout: 5000 }

/** The SDK's client as a raw `send`. Its connections are closed with the scope. */
export const makeRaw = Effect.fnUntraced(function*(config: Config = {}) {
  const client = yield* Effect.acquireRelease(
    Effect.sync(() => new Client.DynamoDBClient({ requestHandler: patience, ...config, maxAttempts: 1 })),
    (client) => Effect.sync(() => client.destroy())
  )
  const raw: RawSend = (operation, request) =>
    Effect.tryPromise({
      try: (abortSignal) => client.send(commands[operation](request) as Client.PutItemCommand, { abortSignal }),
      catch: (cause): SendFailed => ({ cause })
    })
  return raw
})

/** The SDK's client. */
export const layer = (config: Config = {}): Layer.Layer<Dynamo> =>
  Layer.effect(Dynamo, Effect.map(makeRaw(config), fromRaw))

const throttled = new Set([
  "ProvisionedThroughputExceededException",
  "ThrottlingException",
  "RequestLimitExceeded",
  "LimitExceededException"
])

const unreachable = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"])

/** The parts of what the SDK throws that say what became of the request. */
interface Thrown {
  readonly name?: string
  readonly code?: string
  readonly message?: string
  readonly Item?: Item
  readonly CancellationReasons?: ReadonlyArray<{ readonly Code?: string; readonly Item?: Item }>
  readonly $fault?: "client" | "server"
  readonly $metadata?: { readonly httpStatusCode?: number }
}

const thrown = (cause: unknown): Thrown => typeof cause === "object" && cause !== null ? cause : {}

const detailOf = (cause: unknown): string => {
  const { code, message, name } = thrown(cause)
  return [name ?? code, message === undefined || message === "" ? undefined : message].filter((part) =>
    part !== undefined
  ).join(": ") || String(cause)
}

const reasonOf = (cause: unknown): DynamoReason => {
  const { $fault, $metadata, CancellationReasons, Item, code, name = "" } = thrown(cause)
  if (throttled.has(name)) return { _tag: "Throttled" }
  if (name === "TransactionConflictException") return { _tag: "Busy" }
  if (name === "ConditionalCheckFailedException") return { _tag: "ConditionFailed", item: Item }
  if (name === "TransactionCanceledException") {
    return {
      _tag: "Canceled",
      reasons: (CancellationReasons ?? []).map(({ Code, Item }) => ({ code: Code ?? "None", item: Item }))
    }
  }
  if (name === "ResourceNotFoundException") return { _tag: "NoTable" }
  if (code !== undefined && unreachable.has(code)) return { _tag: "Unreachable" }
  // A transaction whose token is in use is running: it may still be applied.
  if (name === "TransactionInProgressException") return { _tag: "Unanswered" }
  if (name === "CredentialsProviderError") return { _tag: "Rejected" }
  const refused = $fault === "client" && ($metadata?.httpStatusCode ?? 500) < 500
  return refused ? { _tag: "Rejected" } : { _tag: "Unanswered" }
}
