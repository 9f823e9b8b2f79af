import { assert, describe, it } from "@effect/vitest"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

const NoteId = Id.make("note")
const Size = Schema.Struct({ pages: Schema.Int, words: Schema.optionalKey(Schema.Int) })

/** A platform whose plugin stores this event. */
const start = (event: Event.Any) =>
  Effect.scoped(Layer.build(Layer.fresh(Platform.layer({
    version: "1.0.0",
    plugins: [
      Plugin.make("Notebook", {
        version: "1.0.0",
        stateChangeSlices: [
          StateChangeSlice.make("TakeNote", { command: { note: NoteId }, consumes: [], produces: [event] })
            .behavior({ initial: 0, evolve: {}, decide: () => Effect.succeed([]) })
        ]
      })
    ]
  }))))

const first = () => Event.make("NoteTaken", { note: NoteId, text: Schema.String, size: Size })

describe("an event whose fields change under its version", () => {
  const cases: ReadonlyArray<readonly [detail: string, event: () => Event.Any]> = [
    ["'text' is gone", () => Event.make("NoteTaken", { note: NoteId, body: Schema.String, size: Size })],
    ["'text' has another type", () => Event.make("NoteTaken", { note: NoteId, text: Schema.Int, size: Size })],
    [
      "'text' is now optional",
      () => Event.make("NoteTaken", { note: NoteId, text: Schema.optionalKey(Schema.String), size: Size })
    ],
    [
      "'author' is new and not optional",
      () => Event.make("NoteTaken", { note: NoteId, text: Schema.String, size: Size, author: Schema.String })
    ],
    [
      "'size.pages' has another type",
      () =>
        Event.make("NoteTaken", { note: NoteId, text: Schema.String, size: Schema.Struct({ pages: Schema.String }) })
    ]
  ]
  for (const [detail, event] of cases) {
    it.effect(`keeps the platform from starting: ${detail}`, () =>
      Effect.gen(function*() {
        yield* start(first())
        const refused = yield* Effect.flip(start(event()))
        assert.include(
          refused.message,
          `The fields of the event 'NoteTaken' changed under its version 1: ${detail}. Events that are stored`
        )
        assert.include(refused.message, "Make it version 2 with an upcast for version 1")
        yield* start(first())
      }).pipe(Effect.provide(Platform.layerMemory)))
  }

  it.effect("may lose an optional field again, at any depth, as a program that goes back does", () =>
    Effect.gen(function*() {
      const wider = Event.make("NoteTaken", {
        note: NoteId,
        text: Schema.String,
        size: Schema.Struct({
          pages: Schema.Int,
          words: Schema.optionalKey(Schema.Int),
          lines: Schema.optionalKey(Schema.Int)
        }),
        author: Schema.optionalKey(Schema.String)
      })
      yield* start(first())
      yield* start(wider)
      yield* start(first())
      const refused = yield* Effect.flip(start(Event.make("NoteTaken", {
        note: NoteId,
        text: Schema.String,
        size: Size,
        author: Schema.optionalKey(Schema.Int)
      })))
      assert.include(refused.message, "'author' has another type")
    }).pipe(Effect.provide(Platform.layerMemory)))

  it.effect("may gain optional fields, and stricter checks", () =>
    Effect.gen(function*() {
      yield* start(first())
      yield* start(Event.make("NoteTaken", {
        note: NoteId,
        text: Schema.NonEmptyString,
        size: Size,
        author: Schema.optionalKey(Schema.String)
      }))
    }).pipe(Effect.provide(Platform.layerMemory)))

  it.effect("is fine under a new version", () =>
    Effect.gen(function*() {
      yield* start(first())
      yield* start(Event.make("NoteTaken", { note: NoteId, body: Schema.String }, {
        version: 2,
        upcasts: { 1: Event.upcast({ note: NoteId, text: Schema.String }, ({ note, text }) => ({ note, body: text })) }
      }))
    }).pipe(Effect.provide(Platform.layerMemory)))
})
