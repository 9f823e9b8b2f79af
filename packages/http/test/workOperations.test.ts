import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import { Scheduler } from "@reventless/core/Scheduler"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as HttpServer from "@reventless/http/HttpServer"
import * as OperationsApi from "@reventless/http/OperationsApi"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ask, kind, Logged, problem, resolver, send } from "./fixtures/server.ts"

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
    Layer.provide(resolver),
    Layer.provideMerge(Logged.layer)
  )

const ada = { authorization: "Bearer ada:operators" }

const read = (path: string) => ask(path, { headers: ada })

const decode = <A>(
  schema: Schema.Codec<A, unknown>,
  { body, status }: { readonly body: unknown; readonly status: number }
) =>
  Effect.andThen(
    Effect.sync(() => assert.strictEqual(status, 200)),
    Schema.decodeUnknownEffect(schema, { onExcessProperty: "error" })(body)
  )

/** Takes a command that is parked, and one that waits behind it. */
const park = Effect.gen(function*() {
  const bus = yield* CommandBus
  const order = OrderId.make("1")
  const { messageId } = yield* bus.send(Ship, { order, parcel: 13 })
  assert.strictEqual((yield* bus.outcome(messageId, { wait: "1 minute" }))._tag, "CommandPending")
  const behind = yield* bus.send(Ship, { order, parcel: 1 })
  return { parked: messageId, behind: behind.messageId }
})

const outcomeOf = (messageId: string) =>
  Effect.flatMap(CommandBus, (bus) => bus.outcome(messageId, { wait: "1 minute" }))

const item = (id: string, name: string) => `/ops/work/Shipping/commands/${encodeURIComponent(id)}/${name}`

describe("work that is done later, at the operator's door", () => {
  it.live("is shown with why it is parked, in pages, and with its payload only when asked", () =>
    Effect.gen(function*() {
      const { behind, parked } = yield* park
      const all = yield* decode(OperationsApi.Work, yield* read("/ops/work"))
      assert.isUndefined(all.cursor)
      assert.deepStrictEqual(
        all.work.map(({ attempts, id, plugin, queue, state, target }) => ({
          attempts,
          id,
          plugin,
          queue,
          state,
          target
        })),
        [
          {
            attempts: 1,
            id: parked,
            plugin: "Shipping",
            queue: "commands",
            state: "Parked",
            target: "Shipping.Ship"
          },
          {
            attempts: 0,
            id: behind,
            plugin: "Shipping",
            queue: "commands",
            state: "Pending",
            target: "Shipping.Ship"
          }
        ]
      )
      assert.include(all.work[0]!.reason, "broken")
      assert.isTrue(all.work.every((one) => !("content" in one)))
      const first = yield* decode(OperationsApi.Work, yield* read("/ops/work?limit=1"))
      const second = yield* decode(OperationsApi.Work, yield* read(`/ops/work?limit=1&cursor=${first.cursor}`))
      assert.deepStrictEqual([...first.work, ...second.work].map(({ id }) => id), [parked, behind])
      assert.isUndefined(second.cursor)
      const asked = yield* decode(
        OperationsApi.Work,
        yield* read("/ops/work?state=Parked&plugin=Shipping&lane=order:1&content=true")
      )
      assert.deepStrictEqual(
        asked.work.map(({ content }) => (content as any).command),
        [{ order: "1", parcel: 13 }]
      )
      assert.deepStrictEqual((yield* decode(OperationsApi.Work, yield* read("/ops/work?plugin=Platform"))).work, [])
    }).pipe(Effect.provide(shipping())))

  it.live("is done again when what broke it is mended; who had it done is logged", () => {
    const mended = { done: false }
    return Effect.gen(function*() {
      const { behind, parked } = yield* park
      mended.done = true
      assert.deepStrictEqual(
        yield* decode(OperationsApi.WorkItem, yield* send(item(parked, "replay"), {}, ada)),
        { plugin: "Shipping", queue: "commands", id: parked }
      )
      for (const id of [parked, behind]) assert.strictEqual((yield* outcomeOf(id))._tag, "CommandAccepted")
      const again = yield* send(item(parked, "replay"), {}, ada)
      assert.deepStrictEqual(kind(again), problem(404, "NothingParked"))
      const said = (yield* Logged).filter((line) => line.includes("Work is done again"))
      assert.lengthOf(said, 1)
      assert.include(said[0], "ada")
    }).pipe(Effect.provide(shipping(mended)))
  })

  it.live("is cancelled and forgotten, so that its lane goes on; who did so and why is logged", () =>
    Effect.gen(function*() {
      const { behind, parked } = yield* park
      yield* decode(OperationsApi.WorkItem, yield* send(item(parked, "cancel"), { why: "nobody ships 13" }, ada))
      assert.strictEqual((yield* outcomeOf(behind))._tag, "CommandAccepted")
      assert.strictEqual((yield* Effect.flip(outcomeOf(parked)))._tag, "UnknownMessage")
      for (const id of [parked, behind]) {
        const again = yield* send(item(id, "cancel"), { why: "again" }, ada)
        assert.deepStrictEqual(kind(again), problem(404, "NothingWaits"))
      }
      const said = (yield* Logged).filter((line) => line.includes("Work was cancelled"))
      assert.lengthOf(said, 1)
      assert.include(said[0], "ada")
      assert.include(said[0], "nobody ships 13")
    }).pipe(Effect.provide(shipping())))

  it.live("has names that are no part of a path, and is found by them", () =>
    Effect.gen(function*() {
      const scheduler = yield* Scheduler
      const name = "each night / 50 % off?"
      const when = { at: DateTime.makeUnsafe(1e15) }
      yield* scheduler.create({ name, when, to: Ship, command: { order: OrderId.make("1"), parcel: 1 } })
      const path = `/ops/work/Platform/schedules/${encodeURIComponent(name)}`
      assert.deepStrictEqual(kind(yield* send(`${path}/replay`, {}, ada)), problem(404, "NothingParked"))
      yield* decode(OperationsApi.WorkItem, yield* send(`${path}/cancel`, { why: "why" }, ada))
      assert.deepStrictEqual(yield* scheduler.list, [])
    }).pipe(Effect.provide(shipping())))

  it.live("is left alone when the request isn't what its schemas know, or the plugin has no such queue", () =>
    Effect.gen(function*() {
      const { parked } = yield* park
      const bodies: ReadonlyArray<readonly [string, unknown, string]> = [
        ["replay", { now: true }, "now"],
        ["cancel", {}, "why"],
        ["cancel", { why: " " }, "why"],
        ["cancel", { why: "x".repeat(1001) }, "why"],
        ["cancel", { why: "why", all: true }, "all"]
      ]
      for (const [name, body, field] of bodies) {
        const answer = yield* send(item(parked, name), body, ada)
        assert.deepStrictEqual(kind(answer), problem(400, "InvalidBody"), JSON.stringify(body))
        assert.strictEqual(answer.body.errors[0].path, field, JSON.stringify(body))
      }
      for (const [path, field] of [["Bath/commands", "plugin"], ["Shipping/schedules", "queue"]] as const) {
        const answer = yield* send(`/ops/work/${path}/${parked}/cancel`, { why: "why" }, ada)
        assert.deepStrictEqual(kind(answer), problem(400, "InvalidQuery"), path)
        assert.strictEqual(answer.body.errors[0].path, field, path)
      }
      const { work } = yield* decode(OperationsApi.Work, yield* read("/ops/work?state=Parked"))
      assert.deepStrictEqual(work.map(({ id }) => id), [parked])
    }).pipe(Effect.provide(shipping())))
})
