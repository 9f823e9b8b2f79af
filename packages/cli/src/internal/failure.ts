import * as CliError from "effect/cli/CliError"
import * as Data from "effect/Data"
import * as Runtime from "effect/Runtime"

/** Why nothing was done, or not all of it: one sentence and the way out. */
export class Failure extends Data.TaggedError("Failure")<{
  readonly message: string
  readonly exitCode: 1 | 2
}> {
  override get [CliError.userMessage](): string {
    return this.message
  }
  override get [Runtime.errorExitCode](): number {
    return this.exitCode
  }
}

/** It was refused, or failed. */
export const refused = (message: string): Failure => new Failure({ message, exitCode: 1 })

/** No server answered. */
export const unreachable = (message: string): Failure => new Failure({ message, exitCode: 2 })
