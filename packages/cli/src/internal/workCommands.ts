import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type * as Schema from "effect/Schema"
import * as Elsewhere from "./elsewhere.ts"
import * as Output from "./output.ts"
import * as Pages from "./pages.ts"
import * as Server from "./server.ts"

type WorkStatus = typeof OperationsApi.WorkStatus.Type

/** The item that a command is about, as `reventless work` names it. */
const item = {
  plugin: Argument.String("plugin").pipe(
    Argument.withDescription("Whose work it is: Catalog; schedules are of Platform")
  ),
  queue: Argument.String("queue").pipe(Argument.withDescription("commands, schedules, tasks, or as the list has it")),
  id: Argument.String("id").pipe(
    Argument.withDescription("The message id of a command, the name of a schedule or of a scheduled task")
  )
}

const because = ({ due, reason, state }: WorkStatus, now: number): string => {
  switch (state) {
    case "Pending":
      if (due <= now) return "waits for its turn"
      return reason === undefined ? `due ${Output.instant(due)} UTC` : `again ${Output.instant(due)} UTC: ${reason}`
    case "Leased":
      return "is being worked on"
    case "Parked":
      return reason ?? ""
    case "Done":
      return ""
  }
}

/** What is needed to replay or cancel an item comes first, and why it waits last. */
const list = (now: number, none: string): Output.ListOptions<WorkStatus> => ({
  head: ["PLUGIN", "QUEUE", "ID", "STATE", "ATTEMPTS", "TARGET", "LANE", "WHY"],
  row: (one) => [
    one.plugin,
    one.queue,
    one.id,
    one.state,
    String(one.attempts),
    one.target ?? "-",
    one.lane,
    because(one, now)
  ],
  none
})

const states = OperationsApi.WorkStatus.fields.state

const flags = {
  plugin: Flag.String("plugin").pipe(
    Flag.withDescription("Of this plugin only; schedules are of Platform"),
    Flag.optional
  ),
  state: Flag.String("state").pipe(
    Flag.withDescription(`In this state only, ${states.literals.join(", ")}; all but what is done when absent`),
    Flag.map((text) => `${text.slice(0, 1).toUpperCase()}${text.slice(1).toLowerCase()}`),
    Flag.withSchema(states as Schema.Codec<string>),
    Flag.optional
  ),
  lane: Flag.String("lane").pipe(Flag.withDescription("Of this lane only"), Flag.optional),
  content: Flag.Boolean("content").pipe(
    Flag.withDescription("With what is to be done, as it is stored; as JSON lines only"),
    Flag.withDefault(false)
  ),
  ...Pages.flags
}

/** `reventless work replay <plugin> <queue> <id>` */
const replay = Command.make(
  "replay",
  item,
  Effect.fnUntraced(function*({ id, plugin, queue }) {
    const path = Server.path`/ops/work/${plugin}/${queue}/${id}/replay`
    const replayed = yield* Server.post(path, OperationsApi.WorkItem, {})
    yield* Output.say(`${id} is done again; 'reventless work' shows what becomes of it.`, replayed)
  })
).pipe(Command.withDescription("Has a parked item done again; its lane goes on with it"))

/** Why a run doesn't begin at once, and what to do about it. */
const waiting = ({ behind, plugin }: typeof OperationsApi.WorkRun.Type): string => {
  if (behind === undefined) return "It begins at once."
  if (behind.state === "Parked") {
    const which = `${plugin} ${behind.queue} ${behind.id}`
    return `It waits for ${behind.id}, which is parked: 'reventless work replay ${which}', or 'work cancel'.`
  }
  return behind.queue === "tasks"
    ? "It waits for the run that is in progress."
    : `It waits for ${behind.id}, which was asked for before.`
}

/** `reventless work run <plugin> <queue> <task>` */
const run = Command.make(
  "run",
  {
    plugin: Argument.String("plugin").pipe(Argument.withDescription("Whose task it is: Catalog")),
    queue: Argument.String("queue").pipe(Argument.withDescription("Where 'reventless work' shows it: tasks")),
    id: Argument.String("task").pipe(Argument.withDescription("Its name: CountStock"))
  },
  Effect.fnUntraced(function*({ id, plugin, queue }) {
    const path = Server.path`/ops/work/${plugin}/${queue}/${id}/run`
    const asked = yield* Server.post(path, OperationsApi.WorkRun, {})
    const watch = `reventless work --plugin ${plugin} --lane ${id}`
    yield* Output.say(
      `${id} is run once more, as ${asked.id}. ${waiting(asked)} '${watch}' shows it until it is done, and then with ` +
        "'--state Done'.",
      asked
    )
  })
).pipe(Command.withDescription("Runs a scheduled task once more, at once; its schedule stays as it is"))

/** `reventless work cancel <plugin> <queue> <id> --why` */
const cancel = Command.make(
  "cancel",
  {
    ...item,
    why: Flag.String("why").pipe(
      Flag.withDescription("Why, for whoever reads the server's log (required)"),
      Flag.withSchema(OperationsApi.CancelWorkBody.fields.why as Schema.Codec<string>)
    )
  },
  Effect.fnUntraced(function*({ id, plugin, queue, why }) {
    const path = Server.path`/ops/work/${plugin}/${queue}/${id}/cancel`
    const cancelled = yield* Server.post(path, OperationsApi.WorkItem, { why })
    yield* Output.say(`${id} is cancelled and forgotten; its lane goes on.`, cancelled)
  })
).pipe(
  Command.withDescription("Forgets an item that isn't done, so that its lane goes on; the server logs who and why")
)

/** `reventless work` */
export const work = Command.make(
  "work",
  flags,
  Effect.fnUntraced(function*({ all, content, cursor, lane, limit, plugin, state }) {
    const query = {
      plugin: Option.getOrUndefined(plugin),
      state: Option.getOrUndefined(state),
      lane: Option.getOrUndefined(lane),
      content: content ? true : undefined
    }
    const isFiltered = Option.isSome(cursor) || Object.values(query).some((given) => given !== undefined)
    const { elsewhere, here } = isFiltered ? { elsewhere: [], here: [] } : yield* Elsewhere.plugins
    const nothing = elsewhere.length === 0
      ? "No work waits."
      : `No work of ${here.join(", ")} waits here; ${Elsewhere.sentence(elsewhere)}.`
    yield* Pages.showByCursor({
      all,
      limit,
      cursor,
      page: (cursor, limit) =>
        Effect.map(
          Server.get("/ops/work", OperationsApi.Work, { ...query, limit, cursor }),
          (found) => ({ values: found.work, next: found.cursor })
        ),
      list: list(yield* Clock.currentTimeMillis, isFiltered ? "There is no such work." : nothing)
    })
    if (!(yield* Output.isForPeople)) yield* Elsewhere.say(elsewhere)
  })
).pipe(
  Command.withDescription("What is done later, commands, schedules and tasks: what waits, what is parked, and why"),
  Command.withSubcommands([replay, run, cancel])
)
