import * as Effect from "effect/Effect"
import type { HttpClientError } from "effect/http/HttpClientError"
import type { HttpClientResponse } from "effect/http/HttpClientResponse"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Problem from "../Problem.ts"
import { type CoreError, CoreErrorJson } from "./coreErrors.ts"

const decodeProblem = Schema.decodeUnknownOption(Problem.Problem)
const decodeCore = Schema.decodeUnknownOption(CoreErrorJson)

/** The problem that a response tells; one of its status when it tells none, as a proxy's answers. */
export const read = (response: HttpClientResponse): Effect.Effect<Problem.Problem, HttpClientError> =>
  Effect.map(Effect.option(response.json), (body) =>
    Option.getOrElse(
      Option.flatMap(body, decodeProblem),
      (): Problem.Problem => ({
        type: "about:blank",
        title: `Status ${response.status}`,
        status: response.status,
        detail: `the server answered with status ${response.status} and no problem details`,
        code: "UnknownProblem"
      })
    ))

/** What a problem says in one line. */
export const detailOf = ({ correlationId, detail, title }: Problem.Problem): string =>
  `${detail ?? title}${correlationId === undefined ? "" : ` (correlation id ${correlationId})`}`

/** The error of the framework that a problem carries. */
export const coreError = ({ error }: Problem.Problem): Option.Option<CoreError> =>
  error === undefined ? Option.none() : decodeCore(error)
