import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Output from "./output.ts"
import * as Pages from "./pages.ts"
import * as Server from "./server.ts"

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

const TagText = Schema.String.check(
  Schema.makeFilter((text: string) => /^[^:]+:./s.test(text) || "write it as key:value, such as product:kettle")
)

const Time = Schema.String.check(
  Schema.makeFilter((text: string) =>
    /^\d{1,6}[smhd]$|^\d{4}-\d\d-\d\d/.test(text) ||
    "write 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago (s, m, h, d)"
  )
)

/** `2h` is the instant two hours ago; what isn't such a text is left for the server. */
const instant = Effect.fnUntraced(function*(text: string) {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined) return text
  const now = yield* Clock.currentTimeMillis
  return DateTime.formatIso(DateTime.makeUnsafe(now - Number(count) * units[unit as keyof typeof units]))
})

const flags = {
  plugin: Argument.String("plugin").pipe(Argument.withDescription("The plugin whose log it is: Catalog")),
  tag: Flag.String("tag").pipe(
    Flag.withDescription("Events that carry this tag, key:value; given several times, all of them"),
    Flag.withSchema(TagText),
    Flag.between(0, 100)
  ),
  type: Flag.String("type").pipe(
    Flag.withDescription("Events of this type; given several times, of any of them"),
    Flag.between(0, 100)
  ),
  since: Flag.String("since").pipe(
    Flag.withDescription("Made then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago (s, m, h, d)"),
    Flag.withSchema(Time),
    Flag.optional
  ),
  until: Flag.String("until").pipe(
    Flag.withDescription("Made before then, as --since"),
    Flag.withSchema(Time),
    Flag.optional
  ),
  from: Flag.Int("from").pipe(Flag.withDescription("From this position on"), Flag.optional),
  limit: Pages.limit,
  backwards: Flag.Boolean("backwards").pipe(Flag.withDescription("The newest first"), Flag.withDefault(false)),
  all: Pages.all
}

const list: Output.ListOptions<typeof OperationsApi.StoredEvent.Type> = {
  head: ["POSITION", "TIME (UTC)", "TYPE", "TAGS", "CONTENT"],
  row: ({ data, meta, position, tags, type }) => [
    String(position),
    Output.instant(meta.time),
    type,
    tags.join(" "),
    JSON.stringify(data)
  ],
  none: "No such events."
}

/** `reventless events <plugin>` */
export const events = Command.make(
  "events",
  flags,
  Effect.fnUntraced(function*({ all, backwards, from, limit, plugin, since, tag, type, until }) {
    const times = yield* Effect.forEach(
      [since, until],
      (time) => Option.isSome(time) ? Effect.asSome(instant(time.value)) : Effect.succeedNone
    )
    const page = (from: number | undefined, limit: number) =>
      Effect.map(
        Server.get(Server.path`/ops/events/${plugin}`, OperationsApi.Events, {
          tag,
          type,
          since: Option.getOrUndefined(times[0]!),
          until: Option.getOrUndefined(times[1]!),
          from,
          limit,
          backwards: backwards ? true : undefined
        }),
        ({ events, next }) => ({ values: events, next })
      )
    yield* Pages.show({ all, limit, flag: "--from", start: Option.getOrUndefined(from), page, list })
  })
).pipe(Command.withDescription("The events of a plugin's log, by tag, type and time"))
