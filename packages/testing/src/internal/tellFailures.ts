import { Operations, type WorkStatus } from "@reventless/core/Operations"
import * as Principal from "@reventless/core/Principal"
import type { WorkState } from "@reventless/core/WorkStore"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"

/** How many items are named. */
const named = 10

const all = Effect.fnUntraced(function*(state: WorkState) {
  const operations = yield* Operations
  const found: Array<WorkStatus> = []
  let cursor: string | undefined
  do {
    const page: Effect.Success<ReturnType<typeof operations.work>> = yield* operations.work({
      state,
      cursor,
      limit: 1000
    })
    found.push(...page.work)
    cursor = page.cursor
  } while (cursor !== undefined)
  return found
})

const sentence = ({ attempts, lane, plugin, queue, reason, state }: WorkStatus): string =>
  `${plugin} ${queue} ${lane} ${state === "Parked" ? "is parked" : `waits for attempt ${attempts + 1}`}: ` +
  String(reason).replaceAll("\n", "\n    ")

/**
 * Warns of what failed and is left as it is: it waits for another attempt, at a later instant, or for a person. On the real
 * console, since tests may have another, which nobody reads.
 */
export const tellFailures = Effect.gen(function*() {
  const waiting = (yield* all("Pending")).filter(({ attempts, reason }) => attempts > 0 && reason !== undefined)
  const failed = [...waiting, ...yield* all("Parked")]
  if (failed.length === 0) return
  const items = failed.length === 1 ? "1 item that failed" : `${failed.length} items that failed`
  const more = failed.length > named ? [`and ${failed.length - named} more`] : []
  yield* Effect.logWarning([
    `TestPlatform.settled leaves ${items}. What waits for another attempt goes on when the test moves the clock, ` +
    "TestClock.adjust(\"5 minutes\"); what is parked waits for a person, or for Operations.replayWork.",
    ...failed.slice(0, named).map(sentence),
    ...more
  ].join("\n  "))
}).pipe(
  Effect.provideService(Principal.CurrentPrincipal, Principal.system),
  Effect.provideService(Console.Console, Console.Console.defaultValue())
)
