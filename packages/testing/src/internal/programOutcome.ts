import type { PublishCommand } from "@reventless/core/Action"
import { addressName } from "@reventless/core/CommandBus"
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { differences, failure, lines, show, showTagged, under } from "./difference.ts"

/** A command that a program asked for. */
export type Asked = Pick<PublishCommand, "command" | "to"> & Partial<Pick<PublishCommand, "delay">>

/** An error that a specification expects: its class, or its tag and its fields. */
export type Expected = Schema.Codec<unknown, any> | { readonly _tag: string }

const tell = (error: unknown): string => typeof error === "object" && error !== null ? showTagged(error) : show(error)

const received = (cause: Cause.Cause<unknown>): string =>
  Option.match(Cause.findErrorOption(cause), { onNone: () => Cause.pretty(cause), onSome: tell })

/** Fails when the program did. */
export const mustSucceed = (component: string, exit: Exit.Exit<unknown, unknown>) =>
  Exit.isSuccess(exit)
    ? Effect.void
    : Effect.fail(failure(component, under("it failed", [`received ${received(exit.cause)}`])))

/** Fails when the program didn't fail with this error. `did` tells what it did instead of failing. */
export const mustFail = (component: string, exit: Exit.Exit<unknown, unknown>, expected: Expected, did: string) => {
  const name = Schema.isSchema(expected)
    ? (expected as { readonly name?: string }).name ?? "that error"
    : expected._tag
  if (Exit.isSuccess(exit)) return Effect.fail(failure(component, [`expected ${name}, but it succeeded and ${did}`]))
  const error = Option.getOrUndefined(Cause.findErrorOption(exit.cause))
  const isIt = Schema.isSchema(expected)
    ? Schema.is(expected)(error)
    : typeof error === "object" && error !== null && differences({ ...expected }, { ...error }).length === 0
  return isIt ? Effect.void : Effect.fail(
    failure(component, under(`expected ${name}, but it failed otherwise`, [`received ${received(exit.cause)}`]))
  )
}

/** How many commands there are. */
export const countCommands = (count: number): string => `${count} command${count === 1 ? "" : "s"}`

const delayOf = ({ delay }: Asked) => delay === undefined ? undefined : Duration.fromInputUnsafe(delay)

const shown = (asked: Asked): string => {
  const delay = delayOf(asked)
  const after = delay === undefined ? "" : ` after ${Duration.format(delay)}`
  return `${addressName(asked.to["~address"])} ${show(asked.command)}${after}`
}

/** Fails when these aren't exactly the commands that are expected, in this order. */
export const mustAsk = (component: string, wanted: ReadonlyArray<PublishCommand>, asked: ReadonlyArray<Asked>) => {
  const report = Array.from({ length: Math.max(wanted.length, asked.length) }, (_, index) => {
    const [one, other] = [wanted[index], asked[index]]
    const place = `command ${index + 1}`
    if (one === undefined) return [`${place}  received ${shown(other!)}  expected nothing`]
    if (other === undefined) return [`${place}  expected ${shown(one)}  received nothing`]
    const isOther = one.to !== other.to || differences(delayOf(one), delayOf(other)).length > 0
    if (isOther) return [`${place}  expected ${shown(one)}  received ${shown(other)}`]
    const found = differences(one.command, other.command)
    return found.length === 0 ? [] : under(`${place} ${addressName(other.to["~address"])}`, lines(found))
  }).flat()
  return report.length === 0 ? Effect.void : Effect.fail(failure(component, under("the commands differ", report)))
}
