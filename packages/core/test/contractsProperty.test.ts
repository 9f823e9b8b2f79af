import { assert, describe, it } from "@effect/vitest"
import * as Command from "@reventless/core/Command"
import * as Contract from "@reventless/core/Contract"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const seeds = Array.from({ length: Number(process.env["CONTRACT_SEEDS"] ?? 400) }, (_, index) => index + 1)

/** A value as it may be described in a contract; edits are made of it, and schemas. */
type Value =
  | { readonly _tag: "Text"; readonly max: number | undefined }
  | { readonly _tag: "Int"; readonly min: number | undefined }
  | { readonly _tag: "Flag" }
  | { readonly _tag: "Date" }
  | { readonly _tag: "Id"; readonly kind: "product" | "category" }
  | { readonly _tag: "OneOf"; readonly of: ReadonlyArray<string> }
  | { readonly _tag: "Null"; readonly or: Value }
  | { readonly _tag: "List"; readonly of: Value }
  | { readonly _tag: "Either"; readonly of: Readonly<Record<string, Fields>> }
  | { readonly _tag: "Fields"; readonly fields: Fields }

interface Field {
  readonly optional: boolean
  readonly value: Value
}

type Fields = Readonly<Record<string, Field>>

/** Numbers that look random and are the same for the same seed. */
const random = (seed: number) => {
  let state = Math.imul(seed, 2654435761) >>> 0
  const below = (limit: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  return { below, pick: <A>(values: ReadonlyArray<A>): A => values[below(values.length)]! }
}

type Random = ReturnType<typeof random>

const ids = { product: Id.reference(Id.make("product")), category: Id.reference(Id.make("category")) }

const toSchema = (value: Value): Schema.Codec<any, any> => {
  switch (value._tag) {
    case "Text":
      return value.max === undefined ? Schema.String : Schema.String.check(Schema.isMaxLength(value.max))
    case "Int":
      return value.min === undefined ? Schema.Int : Schema.Int.check(Schema.isGreaterThanOrEqualTo(value.min))
    case "Flag":
      return Schema.Boolean
    case "Date":
      return Schema.DateTimeUtcFromString
    case "Id":
      return ids[value.kind]
    case "OneOf":
      return Schema.Literals(value.of)
    case "Null":
      return Schema.NullOr(toSchema(value.or))
    case "List":
      return Schema.Array(toSchema(value.of))
    case "Either":
      return Schema.Union(
        Object.entries(value.of).map(([tag, fields]) => Schema.TaggedStruct(tag, toFields(fields)))
      ) as unknown as Schema.Codec<any, any>
    case "Fields":
      return Schema.Struct(toFields(value.fields)) as unknown as Schema.Codec<any, any>
  }
}

const toFields = (fields: Fields): Schema.Struct.Fields =>
  Object.fromEntries(
    Object.entries(fields).map(([name, { optional, value }]) => [
      name,
      optional ? Schema.optionalKey(toSchema(value)) : toSchema(value)
    ])
  )

const randomValue = (random: Random, depth: number): Value => {
  const { below, pick } = random
  switch (below(depth > 0 ? 10 : 6)) {
    case 0:
      return { _tag: "Text", max: below(2) === 0 ? undefined : 5 + below(20) }
    case 1:
      return { _tag: "Int", min: below(2) === 0 ? undefined : below(20) }
    case 2:
      return { _tag: "Flag" }
    case 3:
      return { _tag: "Date" }
    case 4:
      return { _tag: "Id", kind: pick(["product", "category"]) }
    case 5:
      return { _tag: "OneOf", of: ["a", "b", "c"].slice(0, 2 + below(2)) }
    case 6:
      return { _tag: "List", of: randomValue(random, depth - 1) }
    case 7: {
      const or = randomValue(random, depth - 1)
      return or._tag === "Null" ? or : { _tag: "Null", or }
    }
    case 8:
      return { _tag: "Either", of: { A: randomFields(random, depth - 1), B: randomFields(random, depth - 1) } }
    default:
      return { _tag: "Fields", fields: randomFields(random, depth - 1) }
  }
}

const randomFields = (random: Random, depth: number): Fields =>
  Object.fromEntries(
    Array.from({ length: 1 + random.below(3) }, (_, index) => [
      `f${index}`,
      { optional: random.below(3) === 0, value: randomValue(random, depth) }
    ])
  )

/** What is done to a random place of a random contract. */
type Edit =
  | "nothing"
  | "add an optional field"
  | "add a required field"
  | "remove a field"
  | "make a field optional"
  | "make a field required"
  | "allow more"
  | "allow less"
  | "make it something else"

/** What each edit asks of the version of an event and of a command. */
const verdicts: Readonly<Record<Edit, readonly [event: Contract.Bump, command: Contract.Bump]>> = {
  "nothing": ["none", "none"],
  "add an optional field": ["minor", "minor"],
  "add a required field": ["major", "major"],
  "remove a field": ["major", "major"],
  "make a field optional": ["major", "minor"],
  "make a field required": ["major", "major"],
  "allow more": ["major", "minor"],
  "allow less": ["major", "major"],
  "make it something else": ["major", "major"]
}

const edits = Object.keys(verdicts) as ReadonlyArray<Edit>

/** The value after an edit; undefined where it can't be edited so. */
const editValue = (value: Value, edit: Edit, random: Random): Value | undefined => {
  const within = (one: Value): Value | undefined => random.below(2) === 0 ? undefined : editValue(one, edit, random)
  switch (value._tag) {
    case "Fields": {
      const fields = editFields(value.fields, edit, random)
      return fields && { _tag: "Fields", fields }
    }
    case "Either": {
      const tag = random.pick(Object.keys(value.of))
      if (edit === "allow more" && random.below(2) === 0) {
        return { _tag: "Either", of: { ...value.of, C: randomFields(random, 0) } }
      }
      const fields = editFields(value.of[tag]!, edit, random)
      return fields && { _tag: "Either", of: { ...value.of, [tag]: fields } }
    }
    case "List": {
      const of = editValue(value.of, edit, random)
      return of && { _tag: "List", of }
    }
    case "Null": {
      if (edit === "allow less") return value.or
      const or = within(value.or)
      return or && or._tag !== "Null" ? { _tag: "Null", or } : undefined
    }
    case "Text":
      if (edit === "allow more") {
        return value.max === undefined ? { _tag: "Null", or: value } : { _tag: "Text", max: value.max + 1 }
      }
      if (edit === "allow less") return { _tag: "Text", max: (value.max ?? 21) - 1 }
      return edit === "make it something else" ? { _tag: "Int", min: undefined } : undefined
    case "Int":
      if (edit === "allow more") {
        return value.min === undefined ? { _tag: "Null", or: value } : { _tag: "Int", min: value.min - 1 }
      }
      if (edit === "allow less") return { _tag: "Int", min: (value.min ?? 0) + 1 }
      return edit === "make it something else" ? { _tag: "Flag" } : undefined
    case "OneOf":
      if (edit === "allow more") {
        return random.below(2) === 0 ? { _tag: "OneOf", of: [...value.of, "z"] } : { _tag: "Text", max: undefined }
      }
      if (edit === "allow less") return { _tag: "OneOf", of: value.of.slice(1) }
      return edit === "make it something else" ? { _tag: "Date" } : undefined
    case "Id":
      if (edit === "allow more") return { _tag: "Null", or: value }
      return edit === "make it something else"
        ? random.below(2) === 0
          ? { _tag: "Text", max: undefined }
          : { _tag: "Id", kind: value.kind === "product" ? "category" : "product" }
        : undefined
    case "Flag":
    case "Date":
      if (edit === "allow more") return { _tag: "Null", or: value }
      return edit === "make it something else" ? { _tag: "Id", kind: "product" } : undefined
  }
}

const editFields = (fields: Fields, edit: Edit, random: Random): Fields | undefined => {
  if (Object.keys(fields).length === 0) return undefined
  const name = random.pick(Object.keys(fields))
  const { optional, value } = fields[name]!
  const deep = random.below(3) > 0 ? editValue(value, edit, random) : undefined
  if (deep !== undefined) return { ...fields, [name]: { optional, value: deep } }
  const { [name]: _, ...others } = fields
  switch (edit) {
    case "nothing":
      return Object.fromEntries(Object.entries(fields).reverse())
    case "add an optional field":
      return { ...fields, g: { optional: true, value: randomValue(random, 1) } }
    case "add a required field":
      return { ...fields, g: { optional: false, value: randomValue(random, 1) } }
    case "remove a field":
      return others
    case "make a field optional":
      return optional ? undefined : { ...fields, [name]: { optional: true, value } }
    case "make a field required":
      return optional ? { ...fields, [name]: { optional: false, value } } : undefined
    default: {
      const edited = editValue(value, edit, random)
      return edited && { ...fields, [name]: { optional, value: edited } }
    }
  }
}

/** An edit that fits somewhere, tried until it does; undefined when the contract has no place for it. */
const editSomewhere = (fields: Fields, edit: Edit, random: Random): Fields | undefined => {
  for (let attempt = 0; attempt < 20; attempt++) {
    const edited = editFields(fields, edit, random)
    if (edited !== undefined) return edited
  }
  return undefined
}

const contractOf = (fields: Fields) =>
  Contract.of(
    ExtensionPoint.make("Shop.Point", {
      version: "1.0.0",
      events: [Event.make("Happened", toFields(fields)) as unknown as Event.Any],
      commands: [Command.make("Do", toFields(fields))]
    })
  )

const samples = (fields: Fields, seed: number) =>
  Arbitrary.sampleEffect(Arbitrary.schema(Schema.Struct(toFields(fields))), { count: 12, seed })

/** Whether everything that one contract writes is read by another. */
const isRead = Effect.fnUntraced(function*(writer: Fields, reader: Fields, seed: number) {
  const encode = Schema.encodeUnknownEffect(Schema.toCodecJson(Schema.Struct(toFields(writer))))
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(Schema.Struct(toFields(reader))))
  for (const value of yield* samples(writer, seed)) {
    const written = yield* Effect.orDie(encode(value) as Effect.Effect<unknown, Schema.SchemaError>)
    const read = yield* Effect.exit(decode(written) as Effect.Effect<unknown, Schema.SchemaError>)
    if (read._tag === "Failure") return written
  }
  return undefined
})

describe("a random contract", () => {
  it("that is changed in a known way needs the version that this way needs", () => {
    const met = new Map<Edit, number>()
    for (const seed of seeds) {
      const source = random(seed)
      const fields = randomFields(source, 3)
      const edit = edits[seed % edits.length]!
      const edited = editSomewhere(fields, edit, source)
      if (edited === undefined) continue
      met.set(edit, (met.get(edit) ?? 0) + 1)
      const { changes, required } = Contract.compare(contractOf(fields), contractOf(edited))
      const message = `seed ${seed}: ${edit}\n${JSON.stringify(fields)}\n${JSON.stringify(edited)}\n${
        JSON.stringify(changes)
      }`
      assert.deepStrictEqual([required.events, required.commands], [...verdicts[edit]], message)
      assert.strictEqual(changes.every(({ isBreaking, bump }) => isBreaking === (bump === "major")), true, message)
      if (edit !== "nothing") assert.isTrue(changes.every(({ path }) => path !== ""), message)
    }
    assert.deepStrictEqual(edits.filter((edit) => (met.get(edit) ?? 0) < seeds.length / 40), [])
  })

  it.effect("that is said not to break is read by those who have another version of it", () =>
    Effect.gen(function*() {
      let [events, commands] = [0, 0]
      for (const seed of seeds) {
        const source = random(seed + 10_000)
        const before = randomFields(source, 2)
        let after = before
        for (let count = source.below(3); count >= 0; count--) {
          after = editSomewhere(after, source.pick(edits), source) ?? after
        }
        if (Object.keys(after).length === 0) continue
        const { required } = Contract.compare(contractOf(before), contractOf(after))
        const message = (written: unknown) =>
          `seed ${seed}\n${JSON.stringify(before)}\n${JSON.stringify(after)}\nwritten ${JSON.stringify(written)}`
        if (required.events !== "major") {
          events++
          const ahead = yield* isRead(after, before, seed)
          assert.isUndefined(ahead, `an older reader: ${message(ahead)}`)
          const history = yield* isRead(before, after, seed)
          assert.isUndefined(history, `a newer reader of history: ${message(history)}`)
        }
        if (required.commands !== "major") {
          commands++
          const older = yield* isRead(before, after, seed)
          assert.isUndefined(older, `an older sender: ${message(older)}`)
        }
      }
      assert.isAbove(events, seeds.length / 12)
      assert.isAbove(commands, seeds.length / 6)
    }))
})
