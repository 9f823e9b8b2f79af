import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Formatter from "effect/Formatter"
import * as Tracer from "effect/Tracer"
import type { PluginRuntime } from "../PluginRuntime.ts"
import * as Principal from "../Principal.ts"

/** A program took longer than it may. */
export class TookTooLong extends Data.TaggedError("TookTooLong")<{ readonly message: string }> {}

/** Which of an author's programs is run, for people, and how long it may take. */
export interface Options {
  readonly what: string
  readonly timeout: Duration.Duration
}

/** Runs an author's program. It fails with whatever the program fails with, and with {@link TookTooLong}. */
export type Run = <A>(
  program: () => Effect.Effect<A, unknown>,
  options: Options
) => Effect.Effect<A, unknown>

/** Runs the programs of a plugin's authors as the application itself, with its services and those of the platform. */
export const make = (
  runtime: Pick<PluginRuntime, "services">,
  host: { readonly services: Context.Context<never> }
): Run => {
  const services = Context.merge(runtime.services, host.services)
  return (program, { timeout, what }) =>
    Effect.flatMap(Effect.serviceOption(Tracer.ParentSpan), (span) =>
      Effect.updateContext(
        Effect.suspend(program),
        // The captured services are those of the platform's start; the span is that of this run.
        (current: Context.Context<never>) =>
          Context.merge(current, services).pipe(
            Context.add(Principal.CurrentPrincipal, Principal.system),
            Context.addOrOmit(Tracer.ParentSpan, span)
          )
      )).pipe(
        Effect.timeoutOrElse({
          duration: timeout,
          orElse: () =>
            Effect.fail(new TookTooLong({ message: `${what} took longer than ${Duration.format(timeout)}` }))
        })
      )
}

/** Why a program failed, for people. */
export const reasonOf = (cause: Cause.Cause<unknown>): string => {
  const error = Cause.squash(cause)
  if (typeof error === "string") return error
  const { _tag, message, name, ...fields } = Object(error) as Readonly<Record<string, unknown>>
  if (typeof message === "string" && message !== "") return message
  const said = [_tag, name].find((text) => typeof text === "string" && text !== "")
  const details = Object.keys(fields).length === 0 ? "" : ` ${Formatter.format(fields)}`
  return said === undefined ? Formatter.format(error) : `${String(said)}${details}`
}
