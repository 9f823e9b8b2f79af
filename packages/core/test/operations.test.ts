import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import { type EventFilter, Operations, type ParkedFilter } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"

const PotId = Id.make("pot")
class Filled extends Event.make("Filled", { pot: PotId, litres: Schema.Int }) {}
class Fill extends StateChangeSlice.make("Fill", {
  command: { pot: PotId, litres: Schema.Int },
  consumes: [],
  produces: [Filled]
}) {}
const FillLive = Fill.behavior({
  initial: 0,
  evolve: {},
  decide: (command) => Effect.succeed([Filled.make(command)])
})
class Pots extends StateViewSlice.make("Pots", {
  row: { pot: PotId, litres: Schema.Int },
  key: "pot",
  consumes: [Filled]
}) {}

/** Can't take 13 litres until it is mended. */
const makeTest = (mended: { done: boolean }, operators?: Access.Access) =>
  Platform.layer({
    version: "1.0.0",
    plugins: [
      Plugin.make("Kitchen", {
        version: "1.0.0",
        stateChangeSlices: [FillLive],
        stateViewSlices: [
          Pots.projection((rows) => ({
            Filled: ({ litres, pot }) =>
              rows.update(pot, (row) => {
                if (litres === 13 && !mended.done) throw new Error("unlucky")
                return { pot, litres: row.litres + litres }
              }, { initial: { pot, litres: 0 } })
          }))
        ]
      })
    ],
    ...(operators === undefined ? {} : { operators })
  }).pipe(Layer.provideMerge(Platform.layerMemory))

const fill = (pot: string, litres: number) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(Fill, { pot: PotId.make(pot), litres }))
const litresOf = Effect.fnUntraced(function*(pot: string, after: Effect.Success<ReturnType<typeof fill>>["token"]) {
  const queries = yield* QueryEngine
  const row = yield* queries.get(Pots, PotId.make(pot), { after })
  return Option.getOrThrow(row).litres
})

describe("an operator", () => {
  it.effect("sees the model of the plugins that run here, of all or of some", () =>
    Effect.gen(function*() {
      const { model } = yield* Operations
      const whole = yield* model()
      assert.deepStrictEqual(
        [whole.version, whole.plugins.map(({ name, slices, views }) => [name, slices[0]?.name, views[0]?.name])],
        ["1.0.0", [["Kitchen", "Fill", "Pots"]]]
      )
      assert.deepStrictEqual(yield* model(["Kitchen"]), whole)
      const unknown = yield* Effect.flip(model(["Kitchen", "Bath"]))
      assert.include(unknown.message, "there is no such plugin; there are Kitchen")
    }).pipe(Effect.provide(makeTest({ done: false }))))

  it.effect("sees which lanes wait and why, replays them when it is mended, or skips with a reason", () => {
    const mended = { done: false }
    return Effect.gen(function*() {
      const operations = yield* Operations
      for (const pot of ["a", "b", "c"]) {
        yield* fill(pot, 1)
        if (pot !== "b") yield* fill(pot, 13)
      }
      const { token } = yield* fill("a", 5)
      assert.strictEqual(yield* litresOf("a", token), 1)
      const [status] = yield* operations.views
      assert.deepInclude(status!, { view: "Kitchen.Pots", generation: 1, lagMillis: 0, rebuild: undefined })
      assert.sameDeepMembers([...status!.blocked], [{ lane: "a", parked: 2 }, { lane: "c", parked: 1 }])
      const { parked } = yield* operations.parked("Kitchen.Pots", { lane: "a" })
      assert.deepStrictEqual(parked.map(({ reason }) => reason), ["its update threw: unlucky", undefined])

      const skipped = yield* operations.skip("Kitchen.Pots", "a", "nobody fills 13 litres")
      assert.deepStrictEqual(Option.getOrThrow(skipped).map(({ _tag }) => _tag), ["Applied"])
      assert.strictEqual(yield* litresOf("a", token), 6)
      const [record] = yield* operations.skipped("Kitchen.Pots")
      assert.deepInclude(record!, { lane: "a", by: "System", why: "nobody fills 13 litres" })

      mended.done = true
      yield* operations.replay("Kitchen.Pots", "c")
      assert.strictEqual(yield* litresOf("c", token), 14)
      assert.deepStrictEqual((yield* operations.views)[0]!.blocked, [])
      assert.isTrue(Option.isNone(yield* operations.skip("Kitchen.Pots", "a", "again")))
    }).pipe(Effect.provide(makeTest(mended)))
  })

  it.effect("rebuilds a view while commands and queries go on, and sees how far it is", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      const queries = yield* QueryEngine
      for (let litres = 1; litres <= 600; litres++) yield* fill(`p${litres % 7}`, 1)
      const before = yield* fill("p0", 1)
      const whole = yield* litresOf("p0", before.token)
      const rebuilding = yield* Effect.forkChild(Stream.runCollect(operations.rebuild("Kitchen.Pots")))
      for (let litres = 1; litres <= 200; litres++) {
        yield* fill("p0", 1)
        assert.isAtLeast((yield* queries.list(Pots)).rows.length, 7)
      }
      yield* TestClock.adjust("2 seconds")
      const progress = yield* Fiber.join(rebuilding)
      assert.deepStrictEqual(progress.at(-1), { view: "Kitchen.Pots", generation: 2, fraction: 1, done: true })
      const after = yield* fill("p0", 1)
      assert.strictEqual(yield* litresOf("p0", after.token), whole + 201)
    }).pipe(Effect.provide(makeTest({ done: false }))))

  it.effect("finds events by tag, type and time, in pages and in either direction", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      for (const pot of ["a", "b", "a", "c", "a"]) {
        yield* TestClock.adjust("1 second")
        yield* fill(pot, 1)
      }
      const find = (filter: EventFilter) =>
        Effect.map(operations.events("Kitchen", filter), ({ events, next }) => ({
          positions: events.map(({ position }) => position),
          next: Option.getOrUndefined(next)
        }))
      assert.deepStrictEqual(yield* find({ tags: ["pot:a"] }), { positions: [1, 3, 5], next: undefined })
      assert.deepStrictEqual(yield* find({ types: ["Filled"], limit: 2 }), { positions: [1, 2], next: 3 })
      assert.deepStrictEqual(yield* find({ limit: 2, from: 3 }), { positions: [3, 4], next: 5 })
      assert.deepStrictEqual(yield* find({ backwards: true, limit: 2 }), { positions: [5, 4], next: 3 })
      assert.deepStrictEqual(yield* find({ since: 2000, until: 4000 }), { positions: [2, 3], next: undefined })
      assert.include((yield* Effect.flip(find({ limit: 0 }))).message, "'limit' must be between 1 and 1000")
      assert.include((yield* Effect.flip(operations.events("Bath", {}))).message, "there are Kitchen")
    }).pipe(Effect.provide(makeTest({ done: false }))))

  it.effect("pages through parked events by lane and position, while some are released", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      for (const pot of ["b", "a", "c"]) {
        for (let count = 0; count < 3; count++) yield* fill(pot, 13)
      }
      const { token } = yield* fill("d", 1)
      yield* litresOf("d", token)
      const page = (filter?: ParkedFilter) =>
        Effect.map(operations.parked("Kitchen.Pots", filter), ({ cursor, parked }) => ({
          cursor,
          places: parked.map(({ lane, position }) => `${lane}${position}`)
        }))
      assert.deepStrictEqual(yield* page(), {
        places: ["a4", "a5", "a6", "b1", "b2", "b3", "c7", "c8", "c9"],
        cursor: undefined
      })
      const first = yield* page({ limit: 4 })
      assert.deepStrictEqual(first.places, ["a4", "a5", "a6", "b1"])
      yield* operations.skip("Kitchen.Pots", "b", "why")
      const second = yield* page({ limit: 4, cursor: first.cursor })
      assert.deepStrictEqual(second.places, ["b2", "b3", "c7", "c8"])
      assert.deepStrictEqual(yield* page({ limit: 4, cursor: second.cursor }), { places: ["c9"], cursor: undefined })
      const ofLane = yield* page({ lane: "c", limit: 2 })
      assert.deepStrictEqual(ofLane.places, ["c7", "c8"])
      assert.deepStrictEqual(yield* page({ lane: "c", limit: 1, cursor: ofLane.cursor }), {
        places: ["c9"],
        cursor: undefined
      })
      assert.deepStrictEqual(yield* page({ lane: "d" }), { places: [], cursor: undefined })
      const refused = (filter: ParkedFilter) => Effect.map(Effect.flip(page(filter)), ({ message }) => message)
      assert.include(yield* refused({ limit: 0 }), "'limit' must be between 1 and 1000")
      assert.include(yield* refused({ limit: 1001 }), "'limit' must be between 1 and 1000")
      assert.include(yield* refused({ cursor: "2x" }), "start again without it")
      assert.include(yield* refused({ lane: "a", cursor: ofLane.cursor }), "the cursor belongs to another lane")
    }).pipe(Effect.provide(makeTest({ done: false }))))

  it.effect("is nobody but the application unless it is configured", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      const as = (principal: Principal.Principal) => Effect.provideService(Principal.CurrentPrincipal, principal)
      const everything: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
        operations.views,
        operations.parked("Kitchen.Pots"),
        operations.replay("Kitchen.Pots", "a"),
        operations.skip("Kitchen.Pots", "a", "why"),
        operations.skipped("Kitchen.Pots"),
        Stream.runDrain(operations.rebuild("Kitchen.Pots")),
        operations.events("Kitchen", {}),
        operations.model(),
        operations.model(["Bath"])
      ]
      for (const operation of everything) {
        assert.strictEqual((yield* Effect.flip(as(Principal.anonymous)(operation)))._tag, "AccessDenied")
        assert.strictEqual((yield* Effect.flip(as(Principal.user("ada"))(operation)))._tag, "AccessDenied")
      }
      yield* as(Principal.user("ada", ["operators"]))(operations.views)
    }).pipe(Effect.provide(makeTest({ done: false }, Access.groups("operators")))))
})

describe("two people who skip the same event", () => {
  it.effect("give up one event when they say at which position it is", () =>
    Effect.gen(function*() {
      const operations = yield* Operations
      yield* fill("a", 1)
      yield* fill("a", 13)
      yield* fill("a", 13)
      const { token } = yield* fill("a", 5)
      yield* litresOf("a", token)
      const { parked: [first] } = yield* operations.parked("Kitchen.Pots", { lane: "a" })
      const skip = operations.skip("Kitchen.Pots", "a", "a typing error", first!.position)
      assert.isTrue(Option.isSome(yield* skip))
      assert.isTrue(Option.isNone(yield* skip))
      assert.lengthOf(yield* operations.skipped("Kitchen.Pots"), 1)
    }).pipe(Effect.provide(makeTest({ done: false }))))
})
