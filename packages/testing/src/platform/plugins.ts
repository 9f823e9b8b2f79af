/** Two plugins side by side, with the same names for everything: neither notices the other. */
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { equal } from "../conformance/Check.ts"
import { range, together } from "../conformance/Fixture.ts"
import { type AnyCheck, chapter, refusedWith } from "./Check.ts"
import { log, start } from "./Fixture.ts"

const check = chapter("two plugins")

const NoteId = Id.make("note")

/** A plugin whose notes can be taken once each. Its definitions are its own; only their names are the same. */
const notes = <const Name extends string>(name: Name) => {
  const NoteTaken = Event.make("NoteTaken", { note: NoteId, text: Schema.String })
  const TakenBefore = Schema.TaggedStruct("TakenBefore", { note: NoteId })
  const Take = StateChangeSlice.make("Take", {
    command: { note: NoteId, text: Schema.String },
    consumes: [NoteTaken],
    produces: [NoteTaken],
    errors: [TakenBefore]
  })
  const Notes = StateViewSlice.make("Notes", {
    row: { note: NoteId, text: Schema.String },
    key: "note",
    consumes: [NoteTaken]
  })
  const plugin = Plugin.make(name, {
    version: "1.0.0",
    stateChangeSlices: [Take.behavior({
      initial: false,
      evolve: { NoteTaken: () => true },
      decide: (command, taken) =>
        taken ? Effect.fail(TakenBefore.make({ note: command.note })) : Effect.succeed([NoteTaken.make(command)])
    })],
    stateViewSlices: [Notes.projection((rows) => ({ NoteTaken: ({ note, text }) => rows.set({ note, text }) }))]
  })
  return { plugin, Take, Notes }
}

/** A platform with a plugin on the left and one on the right. */
const bothSides = Effect.gen(function*() {
  const [left, right] = [notes("Left"), notes("Right")]
  const running = yield* start({ plugins: [left.plugin, right.plugin] })
  const take = (side: typeof left, note: string, text: string, commandId?: string) =>
    running.bus.send(side.Take, { note: NoteId.make(note), text }, { commandId })
  const logOf = (index: 0 | 1) => log({ runtimes: [running.runtimes[index]!] })
  return { left, right: right as unknown as typeof left, running, take, logOf }
})

export const plugins: ReadonlyArray<AnyCheck> = [
  check(
    "with equal names for events, tags and views they see their own events and rows only",
    Effect.gen(function*() {
      const { left, logOf, right, running, take } = yield* bothSides
      yield* take(left, "a", "left")
      const { token } = yield* take(right, "a", "right")
      yield* take(left, "b", "left")
      const row = yield* running.queries.get(right.Notes, NoteId.make("a"), { after: token })
      yield* equal(Option.getOrUndefined(row), { note: "a", text: "right" }, "the row on the right")
      yield* equal((yield* logOf(0)).map(({ tags }) => tags), [["note:a"], ["note:b"]], "the log on the left")
      yield* equal((yield* logOf(1)).map(({ tags }) => tags), [["note:a"]], "the log on the right")
      yield* equal((yield* running.queries.list(right.Notes)).rows.length, 1, "rows on the right")
    })
  ),
  check(
    "they don't conflict, and neither remembers the other's command ids",
    Effect.gen(function*() {
      const { left, right, take } = yield* bothSides
      const results = yield* together(
        range(20).map((index) => take(index % 2 === 0 ? left : right, `${index >> 1}`, "same", `id ${index >> 1}`))
      )
      yield* equal(results.map(({ eventCount }) => eventCount), range(20).map(() => 1), "events")
      yield* refusedWith(take(left, "3", "again"), "TakenBefore", "a note that was taken on this side")
    })
  ),
  check(
    "a rebuild of one leaves the other as it is",
    Effect.gen(function*() {
      const { left, right, running, take } = yield* bothSides
      const before = yield* take(left, "a", "left")
      const { token } = yield* take(right, "a", "right")
      yield* running.queries.list(left.Notes, { after: before.token })
      yield* running.queries.list(right.Notes, { after: token })
      yield* Stream.runDrain(running.operations.rebuild("Left.Notes"))
      const statuses = yield* running.operations.views
      yield* equal(
        statuses.map(({ generation, view }) => [view, generation]),
        [["Left.Notes", 2], ["Right.Notes", 1], ["Platform.Plugins", 1]],
        "the generations"
      )
      const row = yield* running.queries.get(right.Notes, NoteId.make("a"))
      yield* equal(Option.getOrUndefined(row), { note: "a", text: "right" }, "the row on the right")
    })
  )
]
