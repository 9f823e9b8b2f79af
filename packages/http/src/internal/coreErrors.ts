import { AccessDenied } from "@reventless/core/Access"
import {
  CommandConflict,
  CommandIdReused,
  InvalidCommand,
  UnknownCommand,
  UnknownMessage
} from "@reventless/core/CommandBus"
import { EventUndecodable } from "@reventless/core/Event"
import * as EventStore from "@reventless/core/EventStore"
import { InvalidQuery, RowUndecodable, UnknownView, ViewBehind, ViewRebuilt } from "@reventless/core/QueryEngine"
import { UnknownVersion, VersionRetired } from "@reventless/core/Registry"
import { ViewStoreError } from "@reventless/core/ViewStore"
import { WorkStoreError } from "@reventless/core/WorkStore"
import * as Schema from "effect/Schema"

/** What every command may fail with, beside the errors of its definition. */
export const SendError = Schema.Union([
  CommandConflict,
  EventStore.Contended,
  AccessDenied,
  InvalidCommand,
  UnknownCommand,
  CommandIdReused,
  EventUndecodable,
  EventStore.EventStoreError
])

/** What every query may fail with. */
export const QueryError = Schema.Union([
  AccessDenied,
  ViewBehind,
  ViewRebuilt,
  InvalidQuery,
  UnknownView,
  RowUndecodable,
  ViewStoreError
])

/** What else taking a command, and asking for its outcome, may fail with. */
export const WorkError = Schema.Union([UnknownMessage, WorkStoreError])

/** What else something that a person does to a version of a plugin may fail with. */
const RegistryError = Schema.Union([UnknownVersion, VersionRetired])

export type CoreError =
  | typeof SendError.Type
  | typeof QueryError.Type
  | typeof WorkError.Type
  | typeof RegistryError.Type

/** The JSON form of any. */
export const CoreErrorJson = Schema.toCodecJson(Schema.Union([SendError, QueryError, WorkError, RegistryError]))

const logged = "the server's log says more"

/** What of a stored thing's trouble a caller may see: its kind, never what the store or a stored record said. */
export const forCallers = (error: CoreError): CoreError => {
  switch (error._tag) {
    case "EventStoreError":
      return new EventStore.EventStoreError({
        reason: error.reason._tag === "StoreUnavailable"
          ? new EventStore.StoreUnavailable({ detail: logged })
          : error.reason._tag === "OutcomeUnknown"
          ? new EventStore.OutcomeUnknown({ detail: logged })
          : error.reason._tag === "AppendTooLarge"
          ? error.reason
          : new EventStore.StoreUnreadable({ detail: logged })
      })
    case "ViewStoreError":
      return new ViewStoreError({ detail: logged, isRetryable: error.isRetryable })
    case "WorkStoreError":
      return new WorkStoreError({ detail: logged, isRetryable: error.isRetryable })
    case "EventUndecodable":
      return new EventUndecodable({ event: error.event, version: error.version, detail: logged })
    case "RowUndecodable":
      return new RowUndecodable({ view: error.view, detail: logged })
    default:
      return error
  }
}
