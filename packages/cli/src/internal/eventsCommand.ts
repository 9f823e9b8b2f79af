import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Output from "./output.ts"
import * as Server from "./server.ts"

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** `2h` is the instant two hours ago; what isn't such a text is left for the server. */
const instant = Effect.fnUntraced(function*(text: string) {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count === undefined) return text
  const now = yield* Clock.currentTimeMillis
  return DateTime.formatIso(DateTime.makeUnsafe(now - Number(count) * units[unit as keyof typeof units]))
})

const Limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))

const flags = {
  plugin: Argument.String("plugin").pipe(Argument.withDescription("The plugin whose log it is: Catalog")),
  tag: Flag.String("tag").pipe(
    Flag.withDescription("Events that carry this tag, key:value; given several times, all of them"),
    Flag.between(0, 100)
  ),
  type: Flag.String("type").pipe(
    Flag.withDescription("Events of this type; given several times, of any of them"),
    Flag.between(0, 100)
  ),
  since: Flag.String("since").pipe(
    Flag.withDescription("Made then or later: 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago (s, m, h, d)"),
    Flag.optional
  ),
  until: Flag.String("until").pipe(Flag.withDescription("Made before then, as --since"), Flag.optional),
  from: Flag.Int("from").pipe(Flag.withDescription("From this position on"), Flag.optional),
  limit: Flag.Int("limit").pipe(
    Flag.withDescription("At most so many, 1 to 1000"),
    Flag.withSchema(Limit),
    Flag.withDefault(50)
  ),
  backwards: Flag.Boolean("backwards").pipe(Flag.withDescription("The newest first"), Flag.withDefault(false)),
  all: Flag.Boolean("all").pipe(Flag.withDescription("Every page, not the first alone"), Flag.withDefault(false))
}

const show = (page: typeof OperationsApi.Events.Type) =>
  Output.list(page.events, {
    head: ["POSITION", "TIME (UTC)", "TYPE", "TAGS", "CONTENT"],
    row: ({ data, meta, position, tags, type }) => [
      String(position),
      Output.instant(meta.time),
      type,
      tags.join(" "),
      JSON.stringify(data)
    ],
    none: "No such events."
  })

/** `reventless events <plugin>` */
export const events = Command.make(
  "events",
  flags,
  Effect.fnUntraced(function*({ all, backwards, from, limit, plugin, since, tag, type, until }) {
    const times = yield* Effect.forEach(
      [since, until],
      (time) => Option.isSome(time) ? Effect.asSome(instant(time.value)) : Effect.succeedNone
    )
    const path = Server.path`/ops/events/${plugin}`
    const page = (from: number | undefined) =>
      Server.get(path, OperationsApi.Events, {
        tag,
        type,
        since: Option.getOrUndefined(times[0]!),
        until: Option.getOrUndefined(times[1]!),
        from,
        limit: all ? 1000 : limit,
        backwards: backwards ? true : undefined
      })
    const start = Option.getOrUndefined(from)
    if (all) {
      return yield* Stream.runForEach(
        Stream.paginate(
          start,
          (from) =>
            Effect.map(page(from), (found) =>
              [
                [found],
                Option.map(Option.fromUndefinedOr(found.next), (next): number | undefined => next)
              ] as const)
        ),
        show
      )
    }
    const found = yield* page(start)
    yield* show(found)
    if (found.next !== undefined) {
      yield* Console.error(`There are more: add --from ${found.next} for the next page, or --all.`)
    }
  })
).pipe(Command.withDescription("The events of a plugin's log, by tag, type and time"))
