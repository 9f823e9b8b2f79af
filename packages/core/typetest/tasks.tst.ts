import type { CommandBus } from "@reventless/core/CommandBus"
import type { EventStores } from "@reventless/core/EventStores"
import { ObjectStore } from "@reventless/core/ObjectStore"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import { Scheduler } from "@reventless/core/Scheduler"
import type { SnapshotStores } from "@reventless/core/SnapshotStore"
import * as Task from "@reventless/core/Task"
import type { ViewStores } from "@reventless/core/ViewStore"
import type { WorkStores } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { describe, expect, test } from "tstyche"

class Mailer extends Context.Service<Mailer, { readonly send: (to: string) => Effect.Effect<void> }>()("Mailer") {}

class Nightly extends Task.make("Nightly", { trigger: Task.cron("0 3 * * *", "Europe/Berlin") }) {}
class Import extends Task.make("Import", { trigger: Task.objectCreated({ prefix: "in/" }) }) {}
class Gone extends Task.make("Gone", { trigger: Task.objectRemoved({ prefix: "in/" }) }) {}

const NightlyLive = Nightly.run(() =>
  Effect.gen(function*() {
    yield* Scheduler
    yield* QueryEngine
    yield* (yield* Mailer).send("ada")
  })
)
const plugin = <R>(...tasks: ReadonlyArray<Task.Behavior<string, R>>) => Plugin.make("P", { version: "1.0.0", tasks })
type Stores = EventStores | ViewStores | SnapshotStores | WorkStores

describe("a task", () => {
  test("shows the services that its program needs", () => {
    expect(NightlyLive).type.toBe<Task.Behavior<"Nightly", Scheduler | QueryEngine | Mailer, typeof Nightly>>()
  })

  test("that objects trigger needs an object store, also when its program uses none", () => {
    expect(Import.run(() => Effect.void)).type.toBe<Task.Behavior<"Import", ObjectStore, typeof Import>>()
    expect(Gone.run(() => Effect.void)).type.toBe<Task.Behavior<"Gone", ObjectStore, typeof Gone>>()
    expect(Nightly.run(() => Effect.void)).type.toBe<Task.Behavior<"Nightly", never, typeof Nightly>>()
  })

  test("is run with the instant or with the object, as its trigger says", () => {
    Nightly.run((input, { attempt, commandId }) => {
      expect(input).type.toBe<Task.Firing>()
      expect(attempt).type.toBe<number>()
      expect(commandId).type.toBe<(name: string) => string>()
      return Effect.void
    })
    Import.run((input) => {
      expect(input).type.toBe<Task.ObjectEvent>()
      return Effect.void
    })
    expect(Nightly.run(({ key }) => Effect.succeed(key))).type.toRaiseError(
      "Property 'key' does not exist on type 'Firing'"
    )
  })
})

describe("a platform", () => {
  const layer = <R>(task: Task.Behavior<string, R>) => Platform.layer({ version: "1.0.0", plugins: [plugin(task)] })

  test("with a task needs the services of its program but those it has itself", () => {
    expect<Layer.Services<ReturnType<typeof layer<Scheduler | QueryEngine | CommandBus | Mailer>>>>().type.toBe<
      Stores | Mailer
    >()
  })

  test("without an object store doesn't run a task that objects trigger", () => {
    const main = Platform.layer({ version: "1.0.0", plugins: [plugin(Import.run(() => Effect.void))] })
    const launched = Layer.launch(main.pipe(Layer.provide(Platform.layerMemory)))
    expect(launched).type.toBe<Effect.Effect<never, Platform.StartError, ObjectStore>>()
    expect(Effect.runPromise(launched)).type.toRaiseError("'ObjectStore' is not assignable to type 'never'")
  })
})
