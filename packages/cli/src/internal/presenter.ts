import * as CliOutput from "effect/cli/CliOutput"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

/** What is wrong with a value, in the words of its flag alone. */
const reworded = (message: string): string =>
  message
    .replace(/\. Expected: Invalid key=value format\..*$/s, ": write it as name=value")
    .replace(
      /\. Expected: Schema validation failed: (Expected (?! ))?/,
      (_, expected) => expected ? ": expected " : ": "
    )
    .replace(/\. Expected: (?=')/, ": ")

/** What was typed wrong comes last, where the eye is; the whole help only to who asks for it. */
export const presenter: CliOutput.Presenter = {
  present: Effect.fnUntraced(function*(event) {
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    const formatter = yield* CliOutput.Formatter
    const errors = event.errors.map((error) => reworded(formatter.formatCliError(error)))
    yield* Console.error(`Usage: ${event.helpDoc.usage} (--help says more)\n${errors.join("\n")}`)
  })
}
