import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Stdio from "effect/Stdio"
import * as Stream from "effect/Stream"
import * as Terminal from "effect/Terminal"
import { unreachable } from "./failure.ts"
import * as Output from "./output.ts"
import * as Server from "./server.ts"
import { view } from "./viewCommands.ts"

type Progress = typeof OperationsApi.RebuildProgress.Type

const width = 30

const percent = ({ done, fraction = 0 }: Progress): number => done ? 100 : Math.min(99, Math.floor(fraction * 100))

const bar = (progress: Progress): string => {
  const filled = Math.round((percent(progress) / 100) * width)
  return `${progress.view}  ${"█".repeat(filled)}${"░".repeat(width - filled)}  ${percent(progress)} %`
}

/** Shows progress on one line where it can be drawn anew, else on a line for each ten percent. */
const show = Effect.gen(function*() {
  const terminal = yield* Terminal.Terminal
  const forPeople = yield* Output.isForPeople
  const canRedraw = yield* (yield* Stdio.Stdio).stdoutIsTerminal
  return (progress: Progress, isNext: boolean): Effect.Effect<void> => {
    if (!forPeople) return isNext ? Output.jsonLines([progress]) : Effect.void
    if (canRedraw) return Effect.ignore(terminal.display(`\r${bar(progress)}${progress.done ? "\n" : ""}`))
    return isNext ? Effect.ignore(terminal.display(`${bar(progress)}\n`)) : Effect.void
  }
})

/** `reventless rebuild <view>` */
export const rebuild = Command.make(
  "rebuild",
  { view },
  Effect.fnUntraced(function*({ view }) {
    const draw = yield* show
    const path = Server.path`/ops/views/${view}/rebuild`
    const last = yield* Server.follow(path, OperationsApi.RebuildProgress, "RebuildProgress").pipe(
      Stream.mapAccum(() => -1, (shown: number, progress) => {
        const tenth = Math.floor(percent(progress) / 10)
        return [tenth, [{ progress, isNext: tenth !== shown }]] as const
      }),
      Stream.tap(({ isNext, progress }) => draw(progress, isNext)),
      Stream.runFold(() => false, (done, { progress }) => done || progress.done)
    )
    if (!last) {
      return yield* unreachable(
        `The server stopped before ${view} was rebuilt. When it runs again it goes on; 'reventless views' shows how far.`
      )
    }
  })
).pipe(
  Command.withDescription("Builds a view anew beside the running one and swaps it in; Ctrl-C doesn't stop the rebuild")
)
