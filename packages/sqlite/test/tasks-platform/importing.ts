/** A plugin whose tasks count the lines of files that appear, and the files that go. */
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Task from "@reventless/core/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const LineId = Id.make("line")

export class Counted extends Event.make("Counted", { line: LineId, by: Schema.String }) {}

/** Writes one event for each command: one that is sent twice under one id is one event. */
export class Count extends StateChangeSlice.make("Count", {
  command: { line: LineId, by: Schema.String },
  consumes: [Counted],
  produces: [Counted]
}) {}

export class Import extends Task.make("Import", {
  trigger: Task.objectCreated({ prefix: "in/", suffix: ".txt" }),
  attempts: 50
}) {}

export class Gone extends Task.make("Gone", { trigger: Task.objectRemoved({ prefix: "in/" }) }) {}

export class Hourly extends Task.make("Hourly", { trigger: Task.every("1 hour") }) {}

/** Makes the plugin; `onSend` runs before each command of an import. */
export const make = (onSend: (line: string) => Effect.Effect<void>) => {
  const count = (line: string, by: string, commandId: string) =>
    Effect.flatMap(CommandBus, (bus) => bus.send(Count, { line: LineId.make(line), by }, { commandId }))
  return Plugin.make("Importing", {
    version: "1.0.0",
    stateChangeSlices: [Count.behavior({
      initial: 0,
      evolve: { Counted: (count) => count + 1 },
      decide: (command) => Effect.succeed([Counted.make(command)])
    })],
    tasks: [
      Import.run(({ key }, { commandId }) =>
        Effect.gen(function*() {
          const objects = yield* ObjectStore
          for (const line of (yield* objects.text(key)).split("\n")) {
            yield* onSend(line)
            yield* count(line, key, commandId(line))
          }
        })
      ),
      Gone.run(({ key }, { commandId }) => count("gone", key, commandId("gone"))),
      Hourly.run(({ due }, { commandId }) => count("hourly", `${due}`, commandId("hourly")))
    ]
  })
}
