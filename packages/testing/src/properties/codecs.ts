/** What is stored or sent comes back as it was, and what an older release stored can be read. */
import * as IndexPlan from "@reventless/core/IndexPlan"
import type { Plugin } from "@reventless/core/Plugin"
import * as StoreRules from "@reventless/core/StoreRules"
import * as Tag from "@reventless/core/Tag"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Schema from "effect/Schema"
import { commandsOf } from "./commandsOf.ts"
import { chapter, holds, type Property, show, Wrong } from "./Property.ts"
import { anyOf } from "./values.ts"

const codec = chapter("codecs")
const tag = chapter("tags")

/** What goes to a file or over a wire, and back. */
const throughText = (json: unknown): Schema.Json => JSON.parse(JSON.stringify(json))

const sentence = (what: string) => (error: { readonly message: string }) =>
  new Wrong({ message: `${what}: ${error.message}` })

/** A schema's values come back from their JSON as they were. */
const roundTrip = (name: string, schema: Schema.Codec<any, any>): Property<never> => {
  const json = Schema.toCodecJson(schema)
  const same = Schema.toEquivalence(schema)
  return codec(
    `${name} comes back as it was`,
    () => anyOf(schema),
    Effect.fnUntraced(function*(value) {
      const encoded = yield* Effect.mapError(Schema.encodeUnknownEffect(json)(value), sentence("it can't be encoded"))
      const decoded = yield* Effect.mapError(
        Schema.decodeUnknownEffect(json)(throughText(encoded)),
        sentence(`its encoding ${show(encoded)} can't be decoded`)
      )
      yield* holds(same(value, decoded), () => `its encoding ${show(encoded)} comes back as ${show(decoded)}`)
    })
  )
}

/** The name of a schema that is a class. */
const nameOf = (schema: object): string | undefined =>
  "identifier" in schema && typeof schema.identifier === "string" ? schema.identifier : undefined

const codecs = ({ events, ...plugin }: Plugin<string, unknown>): ReadonlyArray<Property<never>> => {
  const commands = commandsOf(plugin)
  const errors = [...new Set(commands.flatMap(({ command }) => command.errors))]
  return [
    ...[...events.values()].flatMap((event) => [
      roundTrip(`the event ${event.tag}`, event.schema as Schema.Codec<any, any>),
      ...[...event.older].map(([version, { schema }]) =>
        codec(
          `version ${version} of the event ${event.tag} is read as one of today`,
          () => anyOf(schema),
          (value) =>
            Effect.gen(function*() {
              const stored = yield* Schema.encodeUnknownEffect(Schema.toCodecJson(schema))(value)
              const today = yield* event["~decode"](version, throughText(stored))
              yield* event["~encode"](today)
            }).pipe(Effect.mapError(sentence("it can't be read")))
        )
      )
    ]),
    ...commands.map(({ command, target }) =>
      roundTrip(`the command ${target}`, command.schema as Schema.Codec<any, any>)
    ),
    ...errors.map((error, index) =>
      roundTrip(`the error ${nameOf(error) ?? index + 1}`, error as Schema.Codec<any, any>)
    ),
    ...plugin.views.map(({ definition }) => roundTrip(`a row of ${definition.tag}`, definition.spec.row))
  ]
}

/** Stores can keep what events carry, and find them by it. */
const tags = ({ events, plan }: Plugin<string, unknown>): ReadonlyArray<Property<never>> =>
  [...events.values()].map((event) =>
    tag(
      `the tags of ${event.tag} are well formed, and the same after it was stored`,
      () => anyOf(event.schema as Schema.Constraint),
      (
        value
      ) =>
        Effect.gen(function*() {
          const carried = event.tags(value)
          for (const one of carried) {
            yield* holds(
              Schema.is(Tag.Tag)(one) && event.tagPaths.keys.has(Tag.key(one)) && Tag.value(one) !== "",
              () => `${show(one)} is no tag of it`
            )
          }
          const refused = StoreRules.invalidEvent(plan, { type: event.tag, tags: carried } as never)
          yield* holds(refused === undefined, () => `no store takes it: ${refused}`)
          const stored = yield* Effect.mapError(event["~encode"](value), sentence("it can't be encoded"))
          const read = yield* Effect.mapError(
            event["~decode"](event.version, throughText(stored)),
            sentence("it can't be decoded")
          )
          yield* holds(
            Equal.equals(event.tags(read), carried),
            () => `it had the tags ${show(carried)}, and has ${show(event.tags(read))}`
          )
        })
    )
  )

/** The properties of what is encoded. */
export const encoded = (plugin: Plugin<string, unknown>): ReadonlyArray<Property<never>> => [
  ...codecs(plugin),
  ...tags(plugin),
  ...plugin.views.map(({ definition }) => planned(plugin, definition.tag))
]

/** Whether the plan feeds a view follows from the definitions alone: one input is as good as another. */
const planned = ({ plan, views }: Plugin<string, unknown>, view: string): Property<never> =>
  chapter("index plan", 0.01)(`the index plan feeds the view ${view}`, () => anyOf(Schema.Null), () => {
    const { lane } = views.find(({ definition }) => definition.tag === view)!.definition.spec
    const uncovered = IndexPlan.uncoveredLane(plan, lane)
    return holds(uncovered === undefined, () => uncovered!)
  })
