import type * as Action from "@reventless/core/Action"
import { addressName } from "@reventless/core/CommandBus"
import type { InboundContext } from "@reventless/core/InboundTranslationSlice"
import type * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import { describe } from "@reventless/core/Issues"
import * as Message from "@reventless/core/Message"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { failure, under } from "./difference.ts"
import { countCommands, type Expected, mustAsk, mustFail, mustSucceed } from "./programOutcome.ts"

/** A translation, and what it receives. */
export interface InboundCase<R> {
  readonly behavior: InboundTranslationSlice.Behavior<string, R>
  readonly received: Schema.Json
  readonly context: Partial<InboundContext>
}

const decode = <R>({ behavior, received }: InboundCase<R>) =>
  Effect.result(
    Schema.decodeUnknownEffect(Schema.toCodecJson(behavior.definition.input), { errors: "all" })(received)
  )

/** Translates once. What comes in must be what the definition's schema says. */
const translate = Effect.fnUntraced(function*<R>(test: InboundCase<R>) {
  const { behavior, context } = test
  const { name } = behavior
  const decoded = yield* decode(test)
  if (Result.isFailure(decoded)) {
    return yield* failure(name, under("it refused the input", [describe(decoded.failure).detail]))
  }
  const meta = context.meta ?? (yield* Message.root(`Spec.${name}`, 1))
  const translation = behavior.translate(decoded.success, {
    deliveryId: "delivery",
    receivedAt: yield* Clock.currentTimeMillis,
    attempt: 1,
    ...context,
    meta
  }) as Effect.Effect<ReadonlyArray<Action.PublishCommand>, unknown, R>
  const exit = yield* Effect.exit(translation)
  const asked = Exit.isSuccess(exit) ? exit.value : []
  const foreign = asked.find(({ to }) => !behavior.sends.includes(to))
  if (foreign !== undefined) {
    return yield* failure(name, [`it sends '${addressName(foreign.to["~address"])}', which 'sends' doesn't list`])
  }
  return { asked, exit }
})

/** Translates once and checks that it came to exactly these commands. */
export const assertSends = Effect.fnUntraced(
  function*<R>(test: InboundCase<R>, expected: ReadonlyArray<Action.PublishCommand>) {
    const { asked, exit } = yield* translate(test)
    yield* mustSucceed(test.behavior.name, exit)
    yield* mustAsk(test.behavior.name, expected, asked)
  }
)

/** Translates once and checks that it failed with this error. */
export const assertFails = Effect.fnUntraced(function*<R>(test: InboundCase<R>, expected: Expected) {
  const { asked, exit } = yield* translate(test)
  yield* mustFail(test.behavior.name, exit, expected, `came to ${countCommands(asked.length)}`)
})

/** Checks that the input is malformed, in exactly these fields. */
export const assertMalformed = Effect.fnUntraced(function*<R>(test: InboundCase<R>, paths: ReadonlyArray<string>) {
  const { name } = test.behavior
  const decoded = yield* decode(test)
  if (Result.isSuccess(decoded)) return yield* failure(name, ["expected it to refuse the input, but it took it"])
  const found = describe(decoded.failure).issues.map(({ path }) => path)
  if (found.toSorted().join() !== paths.toSorted().join()) {
    return yield* failure(name, [`expected it to refuse ${paths.join(", ")}, but it refused ${found.join(", ")}`])
  }
})
