import {
  EventStoreError,
  type EventStoreErrorReason,
  InvalidRequest,
  StoreUnavailable,
  StoreUnreadable
} from "@reventless/core/EventStore"
import type { DynamoError } from "../Dynamo.ts"

/** A request is refused for what it asks. */
export const refuse = (detail: string): EventStoreError =>
  new EventStoreError({ reason: new InvalidRequest({ detail }) })

/** What a failed request means when it is known that it changed nothing, or that it may be made again. */
export const toEventStoreError = (table: string, error: DynamoError): EventStoreError =>
  new EventStoreError({ reason: reasonFor(table, error) })

const reasonFor = (table: string, error: DynamoError): typeof EventStoreErrorReason.Type => {
  switch (error.reason._tag) {
    case "NoTable":
      return new StoreUnreadable({
        detail: `there is no table '${table}'; create it with DynamoTable.create, or correct the table's name or region`
      })
    case "Rejected":
      return new StoreUnreadable({ detail: `DynamoDB refuses the request to table '${table}': ${error.message}` })
    default:
      return new StoreUnavailable({ detail: `table '${table}': ${error.message}`, cause: error })
  }
}
