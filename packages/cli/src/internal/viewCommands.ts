import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Elsewhere from "./elsewhere.ts"
import { refused } from "./failure.ts"
import * as Output from "./output.ts"
import * as Pages from "./pages.ts"
import * as Server from "./server.ts"

/** The view that a command is about. */
export const view = Argument.String("view").pipe(Argument.withDescription("The view with its plugin: Catalog.Products"))

const lane = Argument.String("lane").pipe(
  Argument.withDescription("The lane, as 'parked' names it: most often the id of what the events are about")
)

const events = (count: number): string => `${count} event${count === 1 ? "" : "s"}`

const progress = ({ rebuild }: typeof OperationsApi.ViewStatus.Type): string =>
  rebuild === undefined ? "" : rebuild.fraction === undefined ? "yes" : `${Math.floor(rebuild.fraction * 100)} %`

/** `reventless views` */
export const views = Command.make("views", {}, () =>
  Effect.gen(function*() {
    const { views } = yield* Server.get("/ops/views", OperationsApi.Views)
    yield* Output.list(views, {
      head: ["VIEW", "LAG", "PARKED", "REBUILD", "LANES THAT WAIT"],
      row: (status) => [
        status.view,
        status.lagMillis === 0 ? "-" : Output.duration(status.lagMillis),
        String(status.blocked.reduce((sum, { parked }) => sum + parked, 0)),
        progress(status),
        status.blocked.map(({ lane, parked }) => `${lane} (${parked})`).join(", ")
      ],
      none: "The application has no views."
    })
    yield* Elsewhere.say((yield* Elsewhere.plugins).elsewhere)
  })).pipe(Command.withDescription("How every view is doing: its lag, what is parked, and rebuilds"))

/** `reventless parked <view>` */
export const parked = Command.make(
  "parked",
  {
    view,
    lane: Flag.String("lane").pipe(Flag.withDescription("Of this lane only"), Flag.optional),
    ...Pages.flags
  },
  Effect.fnUntraced(function*({ all, cursor, lane, limit, view }) {
    yield* Pages.showByCursor({
      all,
      limit,
      cursor,
      page: (cursor, limit) =>
        Effect.map(
          Server.get(Server.path`/ops/views/${view}/parked`, OperationsApi.Parked, {
            lane: Option.getOrUndefined(lane),
            limit,
            cursor
          }),
          (found) => ({ values: found.parked, next: found.cursor })
        ),
      list: {
        head: ["LANE", "POSITION", "EVENT", "SINCE (UTC)", "ATTEMPTS", "WHY"],
        row: ({ attempts, event, lane, position, reason, time }) => [
          lane,
          String(position),
          event.type,
          Output.instant(time),
          String(attempts),
          reason ?? "waits behind another"
        ],
        none: `Nothing is parked in ${view}.`
      }
    })
  })
).pipe(Command.withDescription("The events that a view could not apply, why, and those that wait behind them"))

/** `reventless skipped <view>` */
export const skipped = Command.make(
  "skipped",
  { view },
  Effect.fnUntraced(function*({ view }) {
    const { skipped } = yield* Server.get(Server.path`/ops/views/${view}/skipped`, OperationsApi.Skipped)
    yield* Output.list(skipped, {
      head: ["LANE", "POSITION", "WHEN (UTC)", "BY", "WHY"],
      row: ({ by, lane, position, time, why }) => [lane, String(position), Output.instant(time), by, why],
      none: `Nothing was skipped in ${view}.`
    })
  })
).pipe(Command.withDescription("The record of skips: who gave up which event, and why"))

/** Says what became of parked events; why the lane still waits, if it does. */
const report = Effect.fnUntraced(function*(
  { lane, view }: { readonly view: string; readonly lane: string },
  { outcomes }: typeof OperationsApi.Replayed.Type,
  done: string
) {
  const applied = outcomes.filter(({ _tag }) => _tag === "Applied").length
  yield* Output.say(`${done}${events(applied)} of lane ${lane} applied.`, { view, lane, outcomes })
  const stuck = outcomes.find(({ _tag, reason }) => _tag === "Parked" && reason !== undefined)
  return stuck === undefined ? undefined : `Lane ${lane} of ${view} waits at position ${stuck.position}: ` +
    `${stuck.reason}. Mend the projection and replay, or give the event up with 'skip'.`
})

/** Why nothing was replayed: nothing is parked, or it is an item of work. */
const nothingParked = Effect.fnUntraced(function*({ lane, view }: { readonly view: string; readonly lane: string }) {
  const [plugin] = view.split(".")
  const { work } = yield* Server.get("/ops/work", OperationsApi.Work, { plugin, lane, limit: 1000 })
  const waits = work.some((item) => item.state === "Parked" && `${item.plugin}.${item.queue}` === view)
  return `No event is parked in lane '${lane}' of ${view}. ` + (waits
    ? `An item of its work is: 'reventless work --lane ${lane}' shows it, 'reventless work replay' has it done again.`
    : "Nothing was replayed.")
})

/** `reventless replay <view> <lane>` */
export const replay = Command.make(
  "replay",
  { view, lane },
  Effect.fnUntraced(function*(given) {
    const path = Server.path`/ops/views/${given.view}/replay`
    const replayed = yield* Server.post(path, OperationsApi.Replayed, { lane: given.lane })
    if (replayed.outcomes.length === 0) return yield* refused(yield* nothingParked(given))
    const waits = yield* report(given, replayed, "")
    if (waits !== undefined) return yield* refused(waits)
  })
).pipe(Command.withDescription("Applies the parked events of a lane in order, until one can't be applied"))

/** `reventless skip <view> <lane> --why` */
export const skip = Command.make(
  "skip",
  {
    view,
    lane,
    why: Flag.String("why").pipe(
      Flag.withDescription("Why, for whoever reads the record (required)"),
      Flag.withSchema(OperationsApi.SkipBody.fields.why as Schema.Codec<string>)
    ),
    position: Flag.Int("position").pipe(
      Flag.withDescription("Skip only if the first parked event is at this position, as 'parked' shows it"),
      Flag.optional
    )
  },
  Effect.fnUntraced(function*({ lane, position, view, why }) {
    const path = Server.path`/ops/views/${view}/skip`
    const replayed = yield* Server.post(path, OperationsApi.Replayed, {
      lane,
      why,
      ...(Option.isSome(position) ? { position: position.value } : {})
    })
    const waits = yield* report({ view, lane }, replayed, "1 event skipped, ")
    if (waits !== undefined) yield* Console.error(waits)
  })
).pipe(Command.withDescription("Gives up the first parked event of a lane, records who did so and why, and goes on"))
