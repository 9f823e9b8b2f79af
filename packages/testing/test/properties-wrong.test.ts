import { assert, describe, it } from "@effect/vitest"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Bank from "@reventless/testing/platform/BankPlugin"
import * as PluginProperties from "@reventless/testing/PluginProperties"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaTransformation from "effect/SchemaTransformation"
import { School } from "../../core/test/fixtures/school.ts"
import { Effort } from "../src/properties/Property.ts"

const NoteId = Id.make("note")

/** Forgets how letters were written when it is read. */
const Lossy = Schema.String.pipe(
  Schema.decodeTo(
    Schema.String,
    SchemaTransformation.transform({ decode: (text: string) => text.toLowerCase(), encode: (text: string) => text })
  )
)
const Positive = Schema.Int.check(Schema.isGreaterThan(0))

class Kept extends Event.make("Kept", { note: NoteId, text: Lossy }) {}
class Counted extends Event.make("Counted", { note: NoteId, number: Positive }, {
  version: 2,
  upcasts: { 1: Event.upcast({ note: NoteId, number: Schema.Int }, (older) => older) }
}) {}
class Noted extends Event.make("Noted", { note: NoteId, number: Schema.Int }) {}

const fields = { note: NoteId, number: Schema.Int }
class Note extends StateChangeSlice.make("Note", { command: fields, consumes: [Noted], produces: [Noted] }) {}
class Notes extends StateViewSlice.make("Notes", {
  row: { note: NoteId, number: Schema.Int },
  key: "note",
  consumes: [Noted]
}) {}

const plain = Note.behavior({
  initial: 0,
  evolve: { Noted: (sum, { number }) => sum + number },
  decide: (command) => Effect.succeed([Noted.make(command)])
})

const withNote = (note: typeof plain, ...views: ReadonlyArray<ReturnType<typeof Notes.projection>>) =>
  Plugin.make("Wrong", { version: "1.0.0", stateChangeSlices: [note], stateViewSlices: views })

const inPlace = Note.behavior({
  initial: { numbers: [] as Array<number> },
  evolve: {
    Noted: (state, { number }) => {
      state.numbers.push(number)
      return state
    }
  },
  decide: (command) => Effect.succeed([Noted.make(command)])
})

let times = 0
const impure = Note.behavior({
  initial: 0,
  evolve: { Noted: () => ++times },
  decide: (command) => Effect.succeed([Noted.make(command)])
})

const undeclared = Note.behavior({
  initial: 0,
  evolve: { Noted: (count) => count + 1 },
  decide: (command, count) =>
    count < 2 ? Effect.succeed([Noted.make(command)]) : Effect.fail({ _tag: "TooMany" }) as unknown as Effect.Effect<[]>
})

const throwing = Notes.projection((rows) => ({
  Noted: ({ note, number }) =>
    rows.update(note, (row) => {
      if (number < 0) throw new Error("less than nothing")
      return { note, number: row.number + number }
    }, { initial: { note, number: 0 } })
}))

let calls = 0
const counting = Notes.projection((rows) => ({ Noted: ({ note }) => rows.set({ note, number: ++calls }) }))

const wholePlan = withNote(plain, throwing)

const wrongs: ReadonlyArray<{
  readonly name: string
  readonly plugin: Plugin.Plugin<string, never>
  readonly caughtBy: string
  readonly says: RegExp
}> = [
  {
    name: "an event that doesn't come back as it was",
    plugin: Plugin.make("Wrong", {
      version: "1.0.0",
      stateChangeSlices: [
        StateChangeSlice.make("Keep", { command: { note: NoteId }, consumes: [Kept], produces: [Kept] }).behavior({
          initial: 0,
          evolve: { Kept: (count) => count + 1 },
          decide: () => Effect.succeed([])
        })
      ]
    }),
    caughtBy: "the event Kept comes back as it was",
    says: /comes back as/
  },
  {
    name: "an older version that makes no event of today",
    plugin: Plugin.make("Wrong", {
      version: "1.0.0",
      stateChangeSlices: [
        StateChangeSlice.make("Count", { command: { note: NoteId }, consumes: [Counted], produces: [Counted] })
          .behavior({
            initial: 0,
            evolve: { Counted: (count) => count + 1 },
            decide: () => Effect.succeed([])
          })
      ]
    }),
    caughtBy: "version 1 of the event Counted is read as one of today",
    says: /of version 1 can't be decoded/
  },
  {
    name: "a command that dies",
    plugin: School,
    caughtBy: "no command dies, whatever was done before it",
    says: /Course.Break .* died of .*broken/s
  },
  {
    name: "a command that fails with what it doesn't declare",
    plugin: withNote(undeclared as unknown as typeof plain),
    caughtBy: "no command dies, whatever was done before it",
    says: /doesn't declare: TooMany/
  },
  {
    name: "a state that is changed in place",
    plugin: withNote(inPlace as unknown as typeof plain),
    caughtBy: "the state of a decision follows from its events alone, and is not changed in place",
    says: /not extensible/
  },
  {
    name: "a state that depends on more than events",
    plugin: withNote(impure),
    caughtBy: "the state of a decision follows from its events alone, and is not changed in place",
    says: /the same events give \d+, and then \d+/
  },
  {
    name: "a view that can't apply what a command makes",
    plugin: withNote(plain, throwing),
    caughtBy: "Notes applies every event that the commands make",
    says: /less than nothing/
  },
  {
    name: "a view that depends on more than events",
    plugin: withNote(plain, counting),
    caughtBy: "Notes is the same built in parts, delivered twice and in any order that its lanes allow",
    says: /in parts/
  },
  {
    name: "a view that depends on more than events, whatever they are",
    plugin: withNote(plain, counting),
    caughtBy: "Notes is the same built in parts, of whatever events",
    says: /in parts/
  },
  {
    name: "an index plan without what a slice asks for",
    plugin: { ...wholePlan, plan: { _tag: "Planned", types: {}, all: false } },
    caughtBy: "the index plan serves Note",
    says: /'Noted' is not part of the index plan/
  },
  {
    name: "an index plan without what a view is fed by",
    plugin: { ...wholePlan, plan: { _tag: "Planned", types: {}, all: false } },
    caughtBy: "the index plan feeds the view Notes",
    says: /'Noted' is not part of the index plan/
  },
  {
    name: "an index plan without what an event carries",
    plugin: { ...wholePlan, plan: { _tag: "Planned", types: {}, all: false } },
    caughtBy: "the tags of Noted are well formed, and the same after it was stored",
    says: /no store takes it/
  }
]

const tryOut = (plugin: Plugin.Plugin<string, never>, name: string, seed: string) => {
  const property = PluginProperties.properties(plugin).find((property) => property.name === name)
  return Effect.result(Effect.provideService(property!.run, Effort, { runs: 100, seed }))
}

describe("properties find", () => {
  for (const { caughtBy, name, plugin, says } of wrongs) {
    it.effect(`${name}: "${caughtBy}"`, () =>
      Effect.gen(function*() {
        for (const seed of ["one", "two", "three"]) {
          const result = yield* tryOut(plugin, caughtBy, seed)
          assert.isTrue(Result.isFailure(result), `with the seed ${seed}`)
          const { message } = Result.getOrThrow(Result.flip(result))
          assert.match(message, says)
          assert.include(message, `REVENTLESS_SEED=${seed} repeats it.`)
        }
      }))
  }

  it.effect("a small input, and the same one again with the same seed", () =>
    Effect.gen(function*() {
      const claim = "Notes applies every event that the commands make"
      const plugin = withNote(plain, throwing)
      const once = Result.getOrThrow(Result.flip(yield* tryOut(plugin, claim, "one"))).message
      assert.strictEqual(Result.getOrThrow(Result.flip(yield* tryOut(plugin, claim, "one"))).message, once)
      assert.lengthOf(once.match(/"command": "Note"/g) ?? [], 1)
      assert.include(once, `"number": -1`)
      assert.match(once, /"note": "note-\d"/)
    }))

  it("nothing wrong where nothing is, and everything there is to be tried", () => {
    const properties = PluginProperties.properties(Bank.make())
    assert.deepStrictEqual(properties.filter(({ untried }) => untried !== undefined), [])
    assert.strictEqual(new Set(properties.map(({ group, name }) => `${group} ${name}`)).size, properties.length)
  })
})
