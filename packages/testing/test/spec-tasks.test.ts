import { assert, describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import { ObjectNotFound, ObjectStore } from "@reventless/core/ObjectStore"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Task from "@reventless/core/Task"
import * as Spec from "@reventless/testing/Spec"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const ProductId = Id.make("product")
class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, pieces: Schema.Int }) {}
class AddProduct extends StateChangeSlice.make("AddProduct", {
  command: { productId: ProductId, pieces: Schema.Int },
  consumes: [ProductAdded],
  produces: [ProductAdded]
}) {}
const kettle = publishCommand(AddProduct, { productId: ProductId.make("kettle"), pieces: 3 })
const lamp = publishCommand(AddProduct, { productId: ProductId.make("lamp"), pieces: 1 })

class Import extends Task.make("Import", { trigger: Task.objectCreated({ prefix: "in/", suffix: ".csv" }) }) {}
const ImportLive = Import.run(({ key }, { commandId }) =>
  Effect.gen(function*() {
    const bus = yield* CommandBus
    for (const line of (yield* (yield* ObjectStore).text(key)).split("\n").filter((line) => line !== "")) {
      const [product = "", pieces] = line.split(",")
      const command = { productId: ProductId.make(product), pieces: Number(pieces) }
      yield* bus.send(AddProduct, command, { commandId: commandId(product) })
    }
  })
)
const given = Spec.task(ImportLive, {
  "in/two.csv": "kettle,3\nlamp,1\n",
  "in/half.csv": "kettle,0.5",
  "in/twice.csv": "kettle,3\nkettle,3",
  "in/reused.csv": "kettle,3\nkettle,4",
  "in/none.csv": ""
})

class Stock extends Context.Service<Stock, number>()("test/Stock") {}
class Nightly extends Task.make("Nightly", { trigger: Task.cron("0 3 * * *") }) {}
const NightlyLive = Nightly.run(({ due }) =>
  Effect.gen(function*() {
    const bus = yield* CommandBus
    yield* bus.send(AddProduct, { productId: ProductId.make("kettle"), pieces: due + (yield* Stock) })
  })
)

const message = (verdict: Spec.Verdict<never>) => Effect.map(Effect.flip(verdict), (failure) => failure.message)

describe("a task", () => {
  it.effect("sends exactly these commands", () => given.when({ key: "in/two.csv" }).thenSends([kettle, lamp]))

  it.effect("sends nothing", () => given.when({ key: "in/none.csv" }).thenNothing)

  it.effect("sends a command once that it sends again under its id", () =>
    given.when({ key: "in/twice.csv" }).thenSends([kettle]))

  it.effect("fails with an error", () =>
    Effect.andThen(
      given.when({ key: "in/missing.csv" }).thenFails(ObjectNotFound),
      given.when({ key: "in/missing.csv" }).thenFails(new ObjectNotFound({ key: "in/missing.csv" }))
    ))

  it.effect("is told what it sent otherwise", () =>
    Effect.gen(function*() {
      assert.strictEqual(
        yield* message(given.when({ key: "in/two.csv" }).thenSends([lamp])),
        "Import: the commands differ\n" +
          "  command 1 AddProduct\n" +
          "    productId  expected \"lamp\"  received \"kettle\"\n" +
          "    pieces     expected 1  received 3\n" +
          "  command 2  received AddProduct { productId: \"lamp\", pieces: 1 }  expected nothing"
      )
      assert.include(
        yield* message(given.when({ key: "in/none.csv" }).thenSends([lamp])),
        "command 1  expected AddProduct"
      )
    }))

  it.effect("fails when it sends what the command's definition refuses, or one id for two commands", () =>
    Effect.gen(function*() {
      assert.include(yield* message(given.when({ key: "in/half.csv" }).thenNothing), "received InvalidCommand")
      assert.include(yield* message(given.when({ key: "in/reused.csv" }).thenNothing), "received CommandIdReused")
      assert.include(
        yield* message(given.when({ key: "in/two.csv" }).thenFails(ObjectNotFound)),
        "but it succeeded and sent 2 commands"
      )
    }))

  it.effect("is never run with an object that its trigger doesn't ask for", () =>
    Effect.gen(function*() {
      const text = yield* message(given.when({ key: "out/two.csv" }).thenNothing)
      assert.include(text, "'out/two.csv' never triggers it")
    }))

  it.effect("has a command id for whatever it sends", () =>
    Effect.gen(function*() {
      const verdict = Spec.task(NightlyLive).when({ due: 0 }).thenSends([kettle]).pipe(Effect.provideService(Stock, 3))
      assert.include(yield* message(verdict), "it sends AddProduct without a command id")
    }))
})
