import { AccessDenied } from "@reventless/core/Access"
import type * as Command from "@reventless/core/Command"
import {
  addressName,
  type AnyTarget,
  type CommandBus,
  InvalidCommand,
  type SendError,
  UnknownCommand,
  UnknownMessage
} from "@reventless/core/CommandBus"
import { CommandAccepted, CommandPending, CommandRejected, type CommandResult } from "@reventless/core/CommandResult"
import { EventStoreError, OutcomeUnknown } from "@reventless/core/EventStore"
import { describe } from "@reventless/core/Issues"
import { WorkStoreError } from "@reventless/core/WorkStore"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Http from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Problem from "../Problem.ts"
import { SendError as SendErrors } from "./coreErrors.ts"
import { CommandAnswer, type Endpoint, OutcomeAnswer, PendingAnswer } from "./endpoints.ts"
import * as RemoteProblem from "./remoteProblem.ts"
import { maxWait } from "./viewParameters.ts"

type CommandEndpoint = Extract<Endpoint, { readonly kind: "command" }>

/** What is said about a command beside its content. */
interface About {
  readonly commandId?: string | undefined
  readonly correlationId?: string | undefined
}

/** A command's definition, and how it goes over the wire. */
interface Route extends CommandEndpoint {
  readonly encode: (payload: unknown) => Effect.Effect<Schema.Json, InvalidCommand>
  readonly decodeError: (error: Schema.Json) => Option.Option<unknown>
}

const isSendError = Schema.is(SendErrors)
const decodeAnswer = Schema.decodeUnknownOption(Schema.toCodecJson(CommandAnswer))
const decodeOutcome = Schema.decodeUnknownEffect(Schema.toCodecJson(OutcomeAnswer))
const decodePending = Schema.decodeUnknownOption(PendingAnswer)

const route = (endpoint: CommandEndpoint): Route => {
  const { command } = endpoint.address
  const schema = command.schema as Schema.Codec<unknown, unknown>
  const check = Schema.decodeUnknownEffect(Schema.toType(schema), { errors: "all" })
  const encode = Schema.encodeUnknownEffect(Schema.toCodecJson(schema))
  const decodeError = Schema.decodeUnknownOption(Schema.toCodecJson(Schema.Union(command.errors)))
  return {
    ...endpoint,
    decodeError,
    encode: (payload) =>
      Effect.mapError(
        Effect.flatMap(check(payload), encode) as Effect.Effect<Schema.Json, Schema.SchemaError>,
        (error) => new InvalidCommand({ command: endpoint.target, ...describe(error) })
      )
  }
}

const workUnknown = (detail: string) => new WorkStoreError({ detail, isRetryable: true })

/** Nobody knows what became of the command: the answer is missing or says nothing. */
const unknown = (detail: string) => new EventStoreError({ reason: new OutcomeUnknown({ detail }) })

/** The failure that a problem tells when it isn't one of the command's own errors. */
const failure = (target: string, problem: Problem.Problem): SendError => {
  const core = Option.getOrUndefined(RemoteProblem.coreError(problem))
  if (isSendError(core)) return core
  const detail = RemoteProblem.detailOf(problem)
  switch (problem.status) {
    case 401:
    case 403:
      return new AccessDenied({ target, anonymous: problem.status === 401 })
    case 404:
    case 405:
      return new UnknownCommand({ command: target, known: [] })
    default:
      return problem.status >= 500
        ? unknown(detail)
        : new InvalidCommand({ command: target, detail, issues: problem.errors ?? [] })
  }
}

/** A header value; what a header can't carry is percent-encoded. */
const headerText = (text: string): string => /^[\x21-\x7e]{1,255}$/.test(text) ? text : encodeURIComponent(text)

/** A command bus at the other end of HTTP. */
export const make = (http: Http.HttpClient, endpoints: ReadonlyArray<Endpoint>): CommandBus["Service"] => {
  const routes = endpoints.filter((endpoint) => endpoint.kind === "command").map(route)
  const byCommand = new Map<Command.Any, Route>(routes.map((one) => [one.address.command, one]))
  const byTarget = new Map<string, Route>(routes.map((one) => [one.target, one]))

  const find = (found: Route | undefined, command: string): Effect.Effect<Route, UnknownCommand> =>
    found === undefined
      ? Effect.fail(new UnknownCommand({ command, known: [...byTarget.keys()] }))
      : Effect.succeed(found)

  /** Sends a command and hands its answer to `read`; what goes wrong on the way leaves the outcome unknown. */
  const post = <A, E>(
    to: Route,
    command: Schema.Json,
    { commandId, correlationId }: About,
    read: (response: HttpClientResponse) => Effect.Effect<A, E>
  ): Effect.Effect<A, E | EventStoreError> =>
    http.execute(
      HttpClientRequest.post(to.http.path).pipe(
        HttpClientRequest.bodyJsonUnsafe(command),
        HttpClientRequest.setHeaders({
          ...(commandId === undefined ? {} : { "idempotency-key": headerText(commandId) }),
          ...(correlationId === undefined ? {} : { "x-correlation-id": headerText(correlationId) })
        })
      )
    ).pipe(
      Effect.mapError((error) => unknown(error.message)),
      Effect.flatMap(read)
    )

  const readJson = (response: HttpClientResponse): Effect.Effect<unknown, EventStoreError> =>
    Effect.mapError(response.json, (error) => unknown(error.message))

  const readProblem = (response: HttpClientResponse): Effect.Effect<Problem.Problem, EventStoreError> =>
    Effect.mapError(RemoteProblem.read(response), (error) => unknown(error.message))

  const result = (to: Route, response: HttpClientResponse): Effect.Effect<CommandResult, SendError> =>
    Effect.gen(function*() {
      if (response.status === 200 || response.status === 202) {
        const body = yield* readJson(response)
        const answer = response.status === 200
          ? Option.map(decodeAnswer(body), (accepted) => new CommandAccepted(accepted))
          : Option.map(decodePending(body), (pending) => new CommandPending(pending))
        return yield* Effect.mapError(
          Effect.fromOption(answer as Option.Option<CommandResult>),
          () => unknown("the server's answer can't be decoded")
        )
      }
      const problem = yield* readProblem(response)
      return problem.error !== undefined && Option.isSome(to.decodeError(problem.error))
        ? new CommandRejected({
          messageId: problem.messageId ?? "",
          errorCode: problem.code,
          error: problem.error
        })
        : yield* Effect.fail(failure(to.target, problem))
    })

  const send = Effect.fn("HttpClient.send")(function*(to: AnyTarget, payload: unknown, options?: About) {
    const address = to["~address"]
    const found = yield* find(byCommand.get(address.command), addressName(address))
    yield* Effect.annotateCurrentSpan({ command: found.target })
    const command = yield* found.encode(payload)
    const answer = yield* post(found, command, options ?? {}, (response) => result(found, response))
    return answer._tag === "CommandRejected"
      ? yield* Effect.fail(Option.getOrThrow(found.decodeError(answer.error)))
      : answer
  })

  /** What a plugin says became of a command; undefined when it doesn't know it. */
  const outcomeAt = (path: string, messageId: string, wait: number) =>
    http.execute(
      HttpClientRequest.get(path.replace(":messageId", encodeURIComponent(messageId))).pipe(
        HttpClientRequest.setUrlParam("wait", String(wait))
      )
    ).pipe(
      Effect.mapError((error) => workUnknown(error.message)),
      Effect.flatMap((response) =>
        response.status === 404
          ? Effect.undefined
          : response.status === 200
          ? Effect.mapError(
            Effect.flatMap(response.json, decodeOutcome),
            () => workUnknown("the server's answer can't be decoded")
          )
          : Effect.flatMap(
            readProblem(response),
            (problem) => Effect.fail(workUnknown(RemoteProblem.detailOf(problem)))
          )
      ),
      Effect.catchTag("EventStoreError", (error) => Effect.fail(workUnknown(error.message)))
    )

  return {
    outcome: Effect.fn("HttpClient.outcome")(function*(messageId, options) {
      const wait = Math.min(maxWait, Duration.toMillis(Duration.fromInputUnsafe(options?.wait ?? 0)))
      for (const { http, kind } of endpoints) {
        const found = kind === "outcome" ? yield* outcomeAt(http.path, messageId, wait) : undefined
        if (found !== undefined) return found
      }
      return yield* new UnknownMessage({ messageId })
    }),
    send: send as CommandBus["Service"]["send"],
    dispatch: Effect.fn("HttpClient.dispatch")(function*(envelope) {
      const found = yield* find(byTarget.get(envelope.target), envelope.target)
      yield* Effect.annotateCurrentSpan({ command: found.target })
      const about = {
        commandId: envelope.commandId,
        correlationId: envelope.meta?.correlationId ?? envelope.correlationId
      }
      return yield* post(found, envelope.command, about, (response) => result(found, response))
    })
  }
}
