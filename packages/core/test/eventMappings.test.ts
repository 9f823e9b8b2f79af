import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { publishCommand, publishCommandDelayed } from "@reventless/core/Action"
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as EventMapping from "@reventless/core/EventMapping"
import * as Id from "@reventless/core/Id"
import { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { TestClock } from "effect/testing"

const RoomId = Id.make("room")
const room = { room: RoomId }
class Booked extends Event.make("Booked", { ...room, guest: Schema.String }) {}
class Left extends Event.make("Left", { ...room, guest: Schema.String }) {}
class Cleaned extends Event.make("Cleaned", { ...room, after: Schema.String }) {}
class Reminded extends Event.make("Reminded", { ...room, guest: Schema.String }) {}
class Dirty extends Schema.TaggedError<Dirty>()("Dirty", room) {}

class Room extends Aggregate.make("Room", {
  id: RoomId,
  commands: [
    Command.make("Book", { ...room, guest: Schema.String }, { access: Access.anyone }),
    Command.make("Leave", { ...room, guest: Schema.String }, { access: Access.anyone }),
    Command.make("Remind", { ...room, guest: Schema.String })
  ],
  events: [Booked, Left, Reminded]
}) {}

class Clean extends StateChangeSlice.make("Clean", {
  command: { ...room, after: Schema.String },
  consumes: [],
  produces: [Cleaned],
  errors: [Dirty]
}) {}
const CleanLive = Clean.behavior({
  initial: null,
  evolve: {},
  decide: (command) =>
    command.after === "a band" ? Effect.fail(new Dirty(command)) : Effect.succeed([Cleaned.make(command)])
})

const live = (eventMappings: ReadonlyArray<EventMapping.EventMapping<typeof Booked | typeof Left>>) =>
  Room.behavior({
    initial: null,
    evolve: { Booked: () => null, Left: () => null, Reminded: () => null },
    decide: {
      Book: (command) => Effect.succeed([Booked.make(command)]),
      Leave: (command) => Effect.succeed([Left.make(command)]),
      Remind: (command) => Effect.succeed([Reminded.make(command)])
    },
    eventMappings
  })

const cleaning = EventMapping.make({
  name: "cleaning",
  from: [Left],
  map: { Left: ({ guest, room }) => publishCommand(Clean, { room, after: guest }) }
})
const reminder = EventMapping.make({
  name: "reminder",
  from: [Booked],
  map: { Booked: (event) => publishCommandDelayed("1 day", Room.commands.Remind, event) }
})

const pluginOf = (...mappings: Parameters<typeof live>[0]) =>
  Plugin.make("Hotel", { version: "1.0.0", aggregates: [live(mappings)], stateChangeSlices: [CleanLive] })
const Hotel = pluginOf(cleaning, reminder)
const on = (plugin: typeof Hotel) => Platform.layer({ version: "1.0.0", plugins: [plugin] })

const book = (id: string, guest: string) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(Room.commands.Book, { room: RoomId.make(id), guest }))
const leave = (id: string, guest: string) =>
  Effect.flatMap(CommandBus, (bus) => bus.send(Room.commands.Leave, { room: RoomId.make(id), guest }))
const toldOf = (plugin: typeof Hotel) =>
  Effect.map(TestPlatform.events(plugin), (events) =>
    events.map((event) => {
      const { after, guest, room } = event as unknown as Readonly<Record<string, string>>
      return `${event._tag} ${room} ${guest ?? after}`
    }))

describe("an event mapping", () => {
  it.effect("sends the commands of an event once, those for one entity in the order of its events", () =>
    Effect.gen(function*() {
      for (const guest of ["ann", "bob", "cyd"]) yield* leave("1", guest)
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* toldOf(Hotel)).filter((one) => one.startsWith("Cleaned")), [
        "Cleaned 1 ann",
        "Cleaned 1 bob",
        "Cleaned 1 cyd"
      ])
    }).pipe(Effect.provide(on(Hotel).pipe(Layer.provideMerge(Platform.layerMemory)))))

  it.effect("sends a delayed command so long after the event, whichever process runs then; it holds up no other", () =>
    Effect.gen(function*() {
      yield* Effect.gen(function*() {
        yield* book("1", "ann")
        yield* leave("1", "ann")
        yield* TestPlatform.settled
        assert.deepStrictEqual(yield* toldOf(Hotel), ["Booked 1 ann", "Left 1 ann", "Cleaned 1 ann"])
      }).pipe(Effect.provide(on(Hotel)))
      yield* TestClock.adjust("23 hours")
      yield* Effect.gen(function*() {
        yield* TestClock.adjust("59 minutes")
        yield* TestPlatform.settled
        assert.lengthOf(yield* toldOf(Hotel), 3)
        yield* TestClock.adjust("1 minute")
        yield* TestPlatform.settled
        assert.deepStrictEqual((yield* toldOf(Hotel))[3], "Reminded 1 ann")
      }).pipe(Effect.provide(on(Hotel)))
    }).pipe(Effect.provide(Platform.layerMemory)))

  it.effect("whose command is rejected tries it 8 times and parks it, and what it names is shown", () =>
    Effect.gen(function*() {
      yield* leave("1", "a band")
      for (let step = 0; step < 12; step++) {
        yield* TestPlatform.settled
        yield* TestClock.adjust("31 seconds")
      }
      const { work } = yield* (yield* Operations).work({ plugin: "Hotel" })
      assert.deepStrictEqual(
        work.map(({ attempts, queue, reason, state, target }) => ({ attempts, queue, reason, state, target })),
        [{
          attempts: 8,
          queue: "Room.mappings",
          reason: "Hotel.Clean was rejected: Dirty {\"_tag\":\"Dirty\",\"room\":\"1\"}",
          state: "Parked",
          target: "Hotel.Clean"
        }]
      )
    }).pipe(Effect.provide(on(Hotel).pipe(Layer.provideMerge(Platform.layerMemory)))))

  it.effect("that throws, or names a component that the plugin hasn't got, parks the event for its entity alone", () => {
    class Elsewhere extends StateChangeSlice.make("Elsewhere", { command: room, consumes: [], produces: [] }) {}
    const odd = pluginOf(EventMapping.make({
      from: [Left],
      map: {
        Left: ({ guest, room }) => {
          if (guest === "broken") throw new Error("no such guest")
          return guest === "elsewhere"
            ? publishCommand(Elsewhere, { room })
            : publishCommand(Clean, { room, after: guest })
        }
      }
    }))
    return Effect.gen(function*() {
      yield* leave("1", "broken")
      yield* leave("2", "elsewhere")
      yield* leave("3", "ann")
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* toldOf(odd))[3], "Cleaned 3 ann")
      const { parked } = yield* (yield* Operations).parked("Hotel.Room.mappings")
      assert.deepStrictEqual(parked.map(({ reason }) => reason), [
        "its mapping threw: no such guest",
        "it maps to 'Elsewhere', which plugin 'Hotel' doesn't list"
      ])
    }).pipe(Effect.provide(on(odd).pipe(Layer.provideMerge(Platform.layerMemory))))
  })

  it("of a foreign event, or with another's name, is refused at once", () => {
    assert.throws(
      () => pluginOf(cleaning, cleaning),
      "aggregate 'Room' has two event mappings named 'cleaning'"
    )
    const foreign = EventMapping.make({ from: [Cleaned], map: { Cleaned: () => undefined } })
    assert.throws(
      () => pluginOf(foreign as never),
      "aggregate 'Room' maps the event 'Cleaned', which is none of its own"
    )
  })
})
