/** Errors as version 3 of the AWS SDK throws them. */

/** What a double of the SDK fails with. */
export interface SendFailed {
  readonly cause: unknown
}

const thrown = (name: string, message: string, properties: object): SendFailed => ({
  cause: Object.assign(new Error(message), { name, ...properties })
})

/** An error that the service answered. */
const answered = (name: string, message: string, properties: object = {}): SendFailed =>
  thrown(name, message, {
    $fault: "client",
    $metadata: { httpStatusCode: 400, requestId: "FAULT", attempts: 1, totalRetryDelay: 0 },
    __type: `com.amazonaws.dynamodb.v20120810#${name}`,
    ...properties
  })

/** An error of the connection. The SDK gives each of those that may pass this name, whatever its code. */
const unanswered = (message: string, properties: object): SendFailed =>
  thrown("TimeoutError", message, { ...properties, $metadata: { attempts: 1, totalRetryDelay: 0 } })

export const timedOut = (): SendFailed =>
  unanswered("@smithy/node-http-handler - [ERROR] a request has exceeded the configured 1000 ms requestTimeout.", {
    code: "ETIMEDOUT"
  })

export const connectionReset = (): SendFailed =>
  unanswered("read ECONNRESET", { errno: -104, code: "ECONNRESET", syscall: "read" })

export const throttled = (): SendFailed =>
  answered(
    "ProvisionedThroughputExceededException",
    "The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning " +
      "level with the UpdateTable API."
  )

export const transactionConflict = (): SendFailed =>
  answered("TransactionConflictException", "Transaction is ongoing for the item")

const messages: Readonly<Record<string, string>> = {
  TransactionConflict: "Transaction is ongoing for the item",
  ThrottlingError: "Throughput exceeds the current capacity of your table or index."
}

/** A transaction that was canceled for these reasons, one for each of its parts; `None` where a part isn't the reason. */
export const transactionCanceled = (codes: ReadonlyArray<string>): SendFailed =>
  answered(
    "TransactionCanceledException",
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(", ")}]`,
    {
      CancellationReasons: codes.map((Code) => Code in messages ? { Code, Message: messages[Code] } : { Code })
    }
  )

export const expiredIterator = (): SendFailed =>
  answered("ExpiredIteratorException", "The shard iterator is expired and can no longer be used.")

export const trimmedData = (): SendFailed =>
  answered("TrimmedDataAccessException", "The operation attempted to read past the oldest stream record in a shard.")

/** Whether an error says for certain that the request changed nothing. */
export const isRefusal = ({ cause }: SendFailed): boolean =>
  typeof cause === "object" && cause !== null && "$fault" in cause && cause.$fault === "client"
