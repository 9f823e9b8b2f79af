import * as CliOutput from "effect/cli/CliOutput"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

/** What was typed wrong comes last, where the eye is; the whole help only to who asks for it. */
export const presenter: CliOutput.Presenter = {
  present: Effect.fnUntraced(function*(event) {
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    const formatter = yield* CliOutput.Formatter
    const errors = event.errors.map((error) => formatter.formatCliError(error))
    yield* Console.error(`Usage: ${event.helpDoc.usage} (--help says more)\n${errors.join("\n")}`)
  })
}
