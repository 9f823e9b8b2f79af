/** The plugin that the checks of tasks run: lists that are dropped are counted line by line, and those that go as well. */
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Task from "@reventless/core/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const ListId = Id.make("list")

export class Counted extends Event.make("Counted", { list: ListId, line: Schema.String }) {}

/** Makes its event as often as it is told to, so that what is done twice shows. */
export class Count extends StateChangeSlice.make("Count", {
  command: { list: ListId, line: Schema.String },
  consumes: [Counted],
  produces: [Counted]
}) {}

const CountLive = Count.behavior({
  initial: null,
  evolve: { Counted: () => null },
  decide: (command) => Effect.succeed([Counted.make(command)])
})

const count = (list: string, line: string, commandId: string) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(Count, { list: ListId.make(list), line }, { commandId }))

class Once extends Task.make("Once", { trigger: Task.at(0), attempts: 1000 }) {}
class Import extends Task.make("Import", { trigger: Task.objectCreated({ prefix: "lists/" }), attempts: 1000 }) {}
class Gone extends Task.make("Gone", { trigger: Task.objectRemoved({ prefix: "lists/" }), attempts: 1000 }) {}

/** What a check may say about the plugin. */
export interface Options {
  /** What a task does before each of its commands. */
  readonly before?: Effect.Effect<void> | undefined
}

/** Makes the plugin. It needs an object store beside the provider's stores. */
export const make = ({ before = Effect.void }: Options = {}) =>
  Plugin.make("Lists", {
    version: "1.0.0",
    stateChangeSlices: [CountLive],
    tasks: [
      Once.run((_, { commandId }) => Effect.andThen(before, count("once", "once", commandId("once")))),
      Gone.run(({ key, version }, { commandId }) =>
        Effect.andThen(before, count(key, `gone ${version}`, commandId("gone")))
      ),
      Import.run(({ key }, { commandId }) =>
        Effect.gen(function*() {
          const lines = (yield* (yield* ObjectStore).text(key)).split("\n")
          for (const line of lines) yield* Effect.andThen(before, count(key, line, commandId(line)))
        })
      )
    ]
  })
