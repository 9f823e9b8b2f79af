import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as HttpServer from "@reventless/http/HttpServer"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { resolver } from "./kitchen.ts"
import { run, type Surroundings } from "./run.ts"

const OrderId = Id.make("order")
class Shipped extends Event.make("Shipped", { order: OrderId, parcel: Schema.Int }) {}
class Ship extends StateChangeSlice.make("Ship", {
  command: { order: OrderId, parcel: Schema.Int },
  consumes: [],
  produces: [Shipped],
  async: true
}) {}

/** Can't ship parcel 13 until it is mended. */
const shipping = (mended: { done: boolean } = { done: false }) =>
  HttpServer.layer({ port: 0 }).pipe(
    Layer.provideMerge(Platform.layer({
      version: "1.0.0",
      operators: Access.groups("operators"),
      plugins: [
        Plugin.make("Shipping", {
          version: "1.0.0",
          stateChangeSlices: [
            Ship.behavior({
              initial: 0,
              evolve: {},
              decide: (command) =>
                command.parcel === 13 && !mended.done
                  ? Effect.die(new Error("broken"))
                  : Effect.succeed([Shipped.make(command)])
            })
          ]
        })
      ]
    })),
    Layer.provide(Platform.layerMemory),
    Layer.provide(resolver)
  )

/** Runs the command as an operator. */
const asAda = Effect.fnUntraced(function*(args: ReadonlyArray<string>, surroundings: Surroundings = {}) {
  const { url } = yield* HttpServer.HttpServer
  return yield* run(args, { ...surroundings, env: { REVENTLESS_URL: url, REVENTLESS_TOKEN: "ada" } })
})

const lines = (text: string): ReadonlyArray<any> => text.trim().split("\n").map((line) => JSON.parse(line))

const terminal = { columns: 200 }

const order = OrderId.make("1")

/** Takes a command that is parked, and one that waits behind it. */
const park = Effect.gen(function*() {
  const bus = yield* CommandBus
  const { messageId } = yield* bus.send(Ship, { order, parcel: 13 })
  yield* bus.outcome(messageId, { wait: "1 minute" })
  const behind = yield* bus.send(Ship, { order, parcel: 1 })
  return { parked: messageId, behind: behind.messageId }
})

const outcomeOf = (messageId: string) =>
  Effect.flatMap(CommandBus, (bus) => bus.outcome(messageId, { wait: "1 minute" }))

describe("the command line", () => {
  it.live("shows what is done later: why it is parked, or when it is due; a sentence when there is nothing", () =>
    Effect.gen(function*() {
      assert.strictEqual((yield* asAda(["work"], terminal)).out, "No work waits.\n")
      const { behind, parked } = yield* park
      const scheduler = yield* Scheduler
      const when = { at: DateTime.makeUnsafe("2126-01-31T12:00:00Z") }
      yield* scheduler.create({ name: "night", when, to: Ship, command: { order, parcel: 1 } })
      const shown = (yield* asAda(["work"], terminal)).out.split("\n")
      assert.match(shown[0]!, /^PLUGIN +QUEUE +ID +STATE +ATTEMPTS +TARGET +LANE +WHY$/)
      assert.match(
        shown[1]!,
        /^Platform +schedules +night +Pending +0 +Shipping\.Ship +night +due 2126-01-31 12:00:00 UTC$/
      )
      const command = (id: string, rest: string) => new RegExp(`^Shipping +commands +${id} +${rest}`)
      assert.match(shown[2]!, command(parked, "Parked +1 +Shipping\\.Ship +order:1 +.*broken"))
      assert.match(shown[3]!, command(behind, "Pending +0 +Shipping\\.Ship +order:1 +waits for its turn$"))
      assert.deepStrictEqual((yield* asAda(["work", "--state", "parked"])).code, 0)
      const told = yield* asAda(["work", "--state", "Parked"])
      assert.deepInclude(lines(told.out)[0], { plugin: "Shipping", queue: "commands", id: parked, attempts: 1 })
      assert.lengthOf(lines(told.out), 1)
      assert.notProperty(lines(told.out)[0], "content")
      const content = yield* asAda(["work", "--lane", "order:1", "--limit", "1", "--content"])
      assert.deepStrictEqual(lines(content.out)[0].content.command, { order: "1", parcel: 13 })
      const none = yield* asAda(["work", "--state", "Done", "--plugin", "Shipping"], terminal)
      assert.strictEqual(none.out, "There is no such work.\n")
      const wrong = yield* asAda(["work", "--plugin", "Bath"])
      assert.strictEqual(wrong.code, 1)
      assert.include(wrong.error, "there are Platform, Shipping")
    }).pipe(Effect.provide(shipping())))

  it.live("leads from a list where no event is parked to the item of its work that is", () => {
    class Remind extends AutomationSlice.make("Remind", {
      item: { order: OrderId },
      key: "order",
      collects: [Shipped],
      sends: [Ship],
      attempts: 1
    }) {}
    const reminding = HttpServer.layer({ port: 0 }).pipe(
      Layer.provideMerge(Platform.layer({
        version: "1.0.0",
        operators: Access.groups("operators"),
        plugins: [
          Plugin.make("Shipping", {
            version: "1.0.0",
            stateChangeSlices: [
              Ship.behavior({
                initial: 0,
                evolve: {},
                decide: (command) => Effect.succeed([Shipped.make(command)])
              })
            ],
            automationSlices: [
              Remind.automation({
                collect: { Shipped: ({ order }) => ({ order }) },
                process: () => Effect.fail("no such parcel")
              })
            ]
          })
        ]
      })),
      Layer.provide(Platform.layerMemory),
      Layer.provide(resolver)
    )
    return Effect.gen(function*() {
      yield* Effect.flatMap(CommandBus, (bus) => bus.send(Ship, { order, parcel: 1 }))
      const parked = asAda(["work", "--state", "parked"])
      const { out } = yield* Effect.repeat(parked, { until: ({ out }) => out.includes("Remind") })
      const { lane } = lines(out)[0]
      const told = yield* asAda(["replay", "Shipping.Remind", lane])
      assert.strictEqual(told.code, 1)
      assert.include(told.error, `'reventless work --lane ${lane}' shows it`)
    }).pipe(Effect.provide(reminding))
  })

  it.live("says of which plugins no work waits when others run in another process", () => {
    const platform = (name: string) =>
      Platform.layer({
        version: "1.0.0",
        operators: Access.groups("operators"),
        plugins: [Plugin.make(name, { version: "1.0.0" })]
      })
    const both = HttpServer.layer({ port: 0 }).pipe(
      Layer.provideMerge(platform("Library")),
      Layer.provideMerge(Layer.effectDiscard(Layer.build(Layer.fresh(platform("Fines"))))),
      Layer.provide(Platform.layerMemory),
      Layer.provide(resolver)
    )
    return Effect.gen(function*() {
      const nothing = "No work of Library waits here; Fines runs in another process.\n"
      assert.strictEqual((yield* asAda(["work"], terminal)).out, nothing)
      const views = yield* asAda(["views"], terminal)
      assert.include(views.error, "Fines runs in another process: ask there, with --url.")
      // Programs read it beside the lines, each of which is an item.
      for (const list of ["work", "views"]) {
        const { error, out } = yield* asAda([list])
        assert.deepStrictEqual(JSON.parse(error), { elsewhere: ["Fines"] })
        assert.notInclude(out, "Fines")
      }
    }).pipe(Effect.provide(both))
  })

  it.live("shows it in pages, and says how to go on", () =>
    Effect.gen(function*() {
      const { behind, parked } = yield* park
      const first = yield* asAda(["work", "--limit", "1"])
      assert.deepStrictEqual(lines(first.out).map(({ id }) => id), [parked])
      const [, cursor] = /^There are more: add --cursor (\S+) for the next page, or --all\.$/m.exec(first.error) ?? []
      const second = yield* asAda(["work", "--limit", "1", "--cursor", cursor!])
      assert.deepStrictEqual([lines(second.out).map(({ id }) => id), second.error], [[behind], ""])
      const all = yield* asAda(["work", "--all", "--limit", "1"])
      assert.deepStrictEqual(lines(all.out).map(({ id }) => id), [parked, behind])
    }).pipe(Effect.provide(shipping())))

  it.live("has parked work done again, and says so when none is", () => {
    const mended = { done: false }
    return Effect.gen(function*() {
      const { behind, parked } = yield* park
      mended.done = true
      const replay = ["work", "replay", "Shipping", "commands", parked]
      const done = yield* asAda(replay, terminal)
      assert.deepStrictEqual(
        [done.code, done.out],
        [0, `${parked} is done again; 'reventless work' shows what becomes of it.\n`]
      )
      for (const id of [parked, behind]) assert.strictEqual((yield* outcomeOf(id))._tag, "CommandAccepted")
      const none = yield* asAda(replay)
      assert.strictEqual(none.code, 1)
      assert.include(none.error, `No '${parked}' is parked in the commands of Shipping. Nothing was replayed.`)
    }).pipe(Effect.provide(shipping(mended)))
  })

  it.live("cancels work, so that its lane goes on, for a reason only", () =>
    Effect.gen(function*() {
      const { behind, parked } = yield* park
      const cancel = ["work", "cancel", "Shipping", "commands", parked]
      assert.strictEqual((yield* asAda([...cancel, "--why", " "])).code, 1)
      assert.strictEqual((yield* asAda(cancel)).code, 1)
      const done = yield* asAda([...cancel, "--why", "nobody ships 13"])
      assert.deepStrictEqual(lines(done.out), [{ plugin: "Shipping", queue: "commands", id: parked }])
      assert.strictEqual((yield* outcomeOf(behind))._tag, "CommandAccepted")
      const none = yield* asAda([...cancel, "--why", "again"])
      assert.strictEqual(none.code, 1)
      assert.include(none.error, "Nothing was cancelled.")
      const name = "each night / 50 % off?"
      const scheduler = yield* Scheduler
      const when = { at: DateTime.makeUnsafe(1e15) }
      yield* scheduler.create({ name, when, to: Ship, command: { order, parcel: 1 } })
      assert.strictEqual((yield* asAda(["work", "cancel", "Platform", "schedules", name, "--why", "why"])).code, 0)
      assert.deepStrictEqual(yield* scheduler.list, [])
    }).pipe(Effect.provide(shipping())))
})
