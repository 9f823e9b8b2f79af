/**
 * The command bus: the one door for commands. `send` is typed by the command's definition; `dispatch` takes an encoded
 * envelope, for queues and HTTP.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { AccessDenied } from "./Access.ts"
import type * as Command from "./Command.ts"
import type { CommandAccepted, CommandPending, CommandResult } from "./CommandResult.ts"
import type { EventUndecodable } from "./Event.ts"
import type { Contended, EventStoreError } from "./EventStore.ts"
import type { ErrorSchema, ErrorsOf, Fields, ValuesOf } from "./internal/definitions/definition.ts"
import * as Message from "./Message.ts"
import type { WorkStoreError } from "./WorkStore.ts"

/**
 * Where a command goes: a slice definition, a command of an aggregate (`Category.commands.CreateCategory`), or one of an
 * extension point (`Products.commands.Restock`).
 */
export interface Target<
  F extends Fields,
  Errors extends ReadonlyArray<ErrorSchema>,
  Async extends boolean = false,
  Component extends string = string
> {
  /** The slice, aggregate or extension point that takes the command. */
  readonly component: Component
  readonly fields: F
  readonly errors: Errors
  /** Whether its commands are taken now and decided later. */
  readonly async: Async
  readonly "~address": Address
}

/** Any command's target. */
export interface AnyTarget {
  readonly component: string
  readonly fields: Fields
  readonly errors: ReadonlyArray<ErrorSchema>
  readonly async: boolean
  readonly "~address": Address
}

/** The command of a component. The command's definition is its identity; names are for people and for the wire. */
export interface Address {
  readonly component: string
  readonly command: Command.Any
  /** Whether the command is taken now and decided later. */
  readonly async: boolean
}

/** The name of an address within its plugin: `AddProduct` for a slice, `Category.CreateCategory` for an aggregate. */
export const addressName = ({ command, component }: Address): string =>
  component === command.tag ? component : `${component}.${command.tag}`

/** The payload of a target's command. */
export type PayloadOf<T extends { readonly fields: Fields }> = ValuesOf<T["fields"]>

/** Others kept changing what the command decides on for as long as it was tried. Nothing was written; try later. */
export class CommandConflict extends Schema.TaggedError<CommandConflict>()("CommandConflict", {
  command: Schema.String,
  attempts: Schema.Int
}) {
  override get message(): string {
    return `${this.command} was decided ${this.attempts} times and each time others changed what it decides on. ` +
      "Nothing was written; try again later."
  }
}

/** The command's payload is not what its definition asks for. Nothing was written. */
export class InvalidCommand extends Schema.TaggedError<InvalidCommand>()("InvalidCommand", {
  command: Schema.String,
  /** What is wrong, with the path of each field. */
  detail: Schema.String,
  /** Each thing that is wrong: the dotted path of the field, and what it should have been. */
  issues: Schema.Array(Schema.Struct({ path: Schema.String, message: Schema.String }))
}) {
  override get message(): string {
    return `${this.command} was refused: ${this.detail}`
  }
}

/** No plugin of this platform takes the command. */
export class UnknownCommand extends Schema.TaggedError<UnknownCommand>()("UnknownCommand", {
  command: Schema.String,
  /** The commands there are. */
  known: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `No plugin of this platform takes '${this.command}'. There are: ${this.known.join(", ")}.`
  }
}

/** The command id was used before for another command or another payload. Nothing was written. */
export class CommandIdReused extends Schema.TaggedError<CommandIdReused>()("CommandIdReused", {
  commandId: Schema.String
}) {
  override get message(): string {
    return `The command id '${this.commandId}' was used before for another command. Use a new id for a new command.`
  }
}

/** Why a command could not be decided or stored, beside the errors of its definition. */
export type SendError =
  | CommandConflict
  | Contended
  | AccessDenied
  | InvalidCommand
  | UnknownCommand
  | CommandIdReused
  | EventUndecodable
  | EventStoreError

/** Why a command could not be taken, to be decided later. */
export type SubmitError = AccessDenied | InvalidCommand | UnknownCommand | WorkStoreError

/** What sending a command answers: what it did, or that it was taken. */
export type ResultOf<T extends AnyTarget> = { true: CommandPending; false: CommandAccepted }[`${T["async"]}`]

/** Why sending a command fails. One that is decided later is rejected later, and only its outcome says so. */
export type FailureOf<T extends AnyTarget> = {
  true: SubmitError
  false: ErrorsOf<T["errors"]> | SendError
}[`${T["async"]}`]

/** No command was taken under this message id, or it isn't the caller's. */
export class UnknownMessage extends Schema.TaggedError<UnknownMessage>()("UnknownMessage", {
  messageId: Schema.String
}) {
  override get message(): string {
    return `No command that you sent to be decided later has the message id '${this.messageId}'.`
  }
}

/** How long to wait for an outcome. */
export interface OutcomeOptions {
  /** At most so long; not at all when absent. */
  readonly wait?: Duration.Input | undefined
}

/** Whether the same command may succeed later, without anybody's doing. */
export const isPassing = (error: SendError | WorkStoreError): boolean =>
  (error._tag === "WorkStoreError" && error.isRetryable) ||
  error._tag === "CommandConflict" || error._tag === "Contended" ||
  (error._tag === "EventStoreError" && error.isRetryable)

/** What the sender may say about a command. */
export interface SendOptions extends Message.RootOptions {
  /**
   * Remember the command by this id: a second one with the same id gives the first one's result and writes nothing. A
   * command that made no event leaves no trace and is decided anew.
   */
  readonly commandId?: string | undefined
}

/** A command as it travels: who it is for, what is known about it, and its encoded payload. */
export interface Envelope {
  /** The target with its plugin: `Catalog.AddProduct`, `Catalog.Category.CreateCategory`. */
  readonly target: string
  /** Given when the sender wants it remembered; see {@link SendOptions}. */
  readonly commandId?: string
  /** The conversation that the command belongs to, when `meta` is absent; a new one when both are. */
  readonly correlationId?: string
  /** Made when absent. */
  readonly meta?: Message.Meta
  readonly command: Schema.Json
}

/** The schema of an envelope. */
export const Envelope: Schema.Codec<Envelope> = Schema.Struct({
  target: Schema.NonEmptyString,
  commandId: Schema.optionalKey(Schema.NonEmptyString.check(Schema.isMaxLength(200))),
  correlationId: Schema.optionalKey(Schema.NonEmptyString),
  meta: Schema.optionalKey(Message.Meta),
  command: Schema.Json
}).annotate({ identifier: "CommandEnvelope" })

/** Takes commands. */
export class CommandBus extends Context.Service<CommandBus, {
  /**
   * Decides a command and stores its events. Fails with exactly that command's errors and {@link SendError}.
   *
   * A command of an async slice or aggregate is only checked and taken, durably: it is decided later, exactly once and
   * after those that were taken before it for the same entity. `outcome` says what became of it.
   */
  readonly send: <T extends AnyTarget>(
    to: T,
    payload: PayloadOf<T>,
    options?: SendOptions
  ) => Effect.Effect<ResultOf<T>, FailureOf<T>>
  /**
   * Decodes and decides an envelope. A field that the command doesn't have is refused, so that a mistyped one isn't lost.
   * A rejection is a result, with the error encoded by its definition; the failures are those that another attempt, or
   * another principal, could get past, and malformed input.
   */
  readonly dispatch: (envelope: Envelope) => Effect.Effect<CommandResult, SendError | WorkStoreError>
  /**
   * What became of a command that was taken to be decided later: waits for it as long as `wait` says, then answers that it
   * is pending; at once when it is parked and waits for a person. Who didn't send it isn't told.
   */
  readonly outcome: (
    messageId: string,
    options?: OutcomeOptions
  ) => Effect.Effect<CommandResult, UnknownMessage | WorkStoreError>
}>()("@reventless/core/CommandBus") {}
