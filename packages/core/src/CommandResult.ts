/**
 * What becomes of a command: accepted, rejected by a decision, or taken to be decided later.
 */
import * as Schema from "effect/Schema"
import * as Token from "./Token.ts"

/** The command was decided and its events are stored. */
export class CommandAccepted extends Schema.TaggedClass<CommandAccepted>()("CommandAccepted", {
  messageId: Schema.String,
  /** The id of the aggregate that was addressed. */
  entityId: Schema.optionalKey(Schema.String),
  /** How many events the command made; 0 when there was nothing to do. */
  eventCount: Schema.Natural,
  /** Give it to a query to see at least this command's effects. */
  token: Token.Token
}) {}

/** The decision refused the command, or it could not be decided. Nothing was written. */
export class CommandRejected extends Schema.TaggedClass<CommandRejected>()("CommandRejected", {
  messageId: Schema.String,
  /** The tag of the error. */
  errorCode: Schema.String,
  /** The error, encoded. */
  error: Schema.Json
}) {}

/** The command was taken and will be decided later; ask for its outcome by its message id. */
export class CommandPending extends Schema.TaggedClass<CommandPending>()("CommandPending", {
  messageId: Schema.String,
  /** Why it isn't decided yet, when it was tried: what the last attempt met. */
  reason: Schema.optionalKey(Schema.String)
}) {}

/** What becomes of a command. */
export const CommandResult = Schema.Union([CommandAccepted, CommandRejected, CommandPending])

/** What becomes of a command. */
export type CommandResult = typeof CommandResult.Type
