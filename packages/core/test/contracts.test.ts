import { assert, describe, it } from "@effect/vitest"
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Contract from "@reventless/core/Contract"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

const ProductId = Id.make("product")
const CategoryId = Id.make("category")

type Fields = Schema.Struct.Fields
interface Said {
  readonly version?: string | ExtensionPoint.Versions
  readonly event?: Fields
  readonly events?: ReadonlyArray<Event.Any>
  readonly commands?: ReadonlyArray<Command.Any>
  readonly directives?: ReadonlyArray<Pick<Directive.Any, "tag">>
  readonly connect?: ReadonlyArray<string>
}

const contract = ({ event, version = "1.0.0", ...options }: Said) =>
  Contract.of(
    ExtensionPoint.make("Catalog.Products" as string as "Catalog.Products", {
      version,
      ...options,
      ...(event === undefined ? {} : { events: [Event.make("Listed", { productId: ProductId, ...event })] })
    } as never)
  )

/** What two contracts are to each other: each change with its kind and whether it breaks, and what the versions need. */
const compared = (before: Said, after: Said) => {
  const { changes, required } = Contract.compare(contract(before), contract(after))
  return {
    changes: changes.map(({ isBreaking, kind, message, path }) => [message, path, kind, isBreaking]),
    required
  }
}

const event = (before: Fields, after: Fields) => {
  const { changes, required } = compared({ event: before }, { event: after })
  assert.strictEqual(required.commands, "none")
  return [changes.map(([, path, kind]) => `${String(path)}: ${String(kind)}`), required.events] as const
}

const command = (before: Fields, after: Fields) => {
  const said = (fields: Fields) => ({ commands: [Command.make("Restock", { productId: ProductId, ...fields })] })
  const { changes, required } = compared(said(before), said(after))
  assert.strictEqual(required.events, "none")
  return [changes.map(([, path, kind]) => `${String(path)}: ${String(kind)}`), required.commands] as const
}

describe("a contract as data", () => {
  const said = {
    connect: ["Ordering", "Billing"],
    events: [
      Event.make("Listed", { productId: ProductId, name: Schema.NonEmptyString, at: Schema.DateTimeUtcFromString })
    ],
    commands: [
      Command.make("Restock", { count: Schema.Int, productId: ProductId }, {
        errors: [Schema.TaggedStruct("Unknown", { productId: ProductId })]
      })
    ],
    directives: [Directive.make("Announce", { text: Schema.optionalKey(Schema.String) })]
  }

  it("names messages, fields, kinds of ids, rules and errors, in sorted order", () => {
    assert.deepStrictEqual(contract(said), {
      name: "Catalog.Products",
      version: { commands: "1.0.0", events: "1.0.0" },
      connect: ["Billing", "Ordering"],
      commands: {
        Restock: {
          entity: "productId",
          fields: {
            count: { shape: { type: "number", rules: ["Int"] } },
            productId: { shape: { type: "text", id: "product" } }
          },
          errors: { Unknown: { productId: { shape: { type: "text", id: "product" } } } }
        }
      },
      events: {
        Listed: {
          version: 1,
          entity: "productId",
          fields: {
            at: { shape: { type: "text", as: "DateTimeUtc" } },
            name: { shape: { type: "text", limits: { minLength: 1 } } },
            productId: { shape: { type: "text", id: "product" } }
          }
        }
      },
      directives: { Announce: { fields: { text: { optional: true, shape: { type: "text" } } } } }
    })
  })

  it.effect("survives JSON, and equals itself", () =>
    Effect.gen(function*() {
      const made = contract(said)
      const read = yield* Schema.decodeUnknownEffect(Contract.Contract)(JSON.parse(Contract.stringify(made)))
      assert.deepStrictEqual(read, made)
      assert.deepStrictEqual(Contract.compare(read, made), {
        changes: [],
        required: { commands: "none", events: "none" }
      })
    }))

  it("doesn't change with descriptions, or with the order of fields behind the first id", () => {
    const { changes } = Contract.compare(
      contract({ event: { name: Schema.String, price: Schema.Int } }),
      contract({ event: { price: Schema.Int.annotate({ description: "in cents" }), name: Schema.String } })
    )
    assert.deepStrictEqual(changes, [])
  })

  it("compares recursive values", () => {
    interface Tree {
      readonly name: string
      readonly trees: ReadonlyArray<Tree>
    }
    const tree = (name: Schema.Codec<string>) => {
      const Tree: Schema.Codec<Tree> = Schema.Struct({
        name,
        trees: Schema.Array(Schema.suspend((): Schema.Codec<Tree> => Tree))
      })
      return Tree
    }
    assert.deepStrictEqual(event({ tree: tree(Schema.String) }, { tree: tree(Schema.String) }), [[], "none"])
    assert.deepStrictEqual(event({ tree: tree(Schema.NonEmptyString) }, { tree: tree(Schema.String) }), [
      ["tree.name: wider"],
      "major"
    ])
  })
})

describe("a change of an event", () => {
  it("breaks nobody when it is a field that may be absent, at whatever depth", () => {
    assert.deepStrictEqual(event({}, { note: Schema.optionalKey(Schema.String) }), [
      ["note: optional field added"],
      "minor"
    ])
    const line = { sku: Schema.String }
    assert.deepStrictEqual(
      event(
        { lines: Schema.Array(Schema.Struct(line)) },
        { lines: Schema.Array(Schema.Struct({ ...line, note: Schema.optionalKey(Schema.String) })) }
      ),
      [["lines[].note: optional field added"], "minor"]
    )
    const withDefault = Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("")))
    assert.deepStrictEqual(event({}, { note: withDefault }), [["note: optional field added"], "minor"])
  })

  it("breaks when a field must be there that what was published before hasn't got", () => {
    assert.deepStrictEqual(event({}, { price: Schema.Int }), [["price: required field added"], "major"])
  })

  it("breaks when a field goes, also one that may be absent", () => {
    assert.deepStrictEqual(event({ price: Schema.Int }, {}), [["price: field removed"], "major"])
    assert.deepStrictEqual(event({ price: Schema.optionalKey(Schema.Int) }, {}), [["price: field removed"], "major"])
  })

  it("breaks when a value may be absent, null, or more than before", () => {
    assert.deepStrictEqual(event({ name: Schema.String }, { name: Schema.optionalKey(Schema.String) }), [
      ["name: wider"],
      "major"
    ])
    assert.deepStrictEqual(event({ name: Schema.String }, { name: Schema.NullOr(Schema.String) }), [
      ["name: wider"],
      "major"
    ])
    assert.deepStrictEqual(
      event({ size: Schema.Literals(["S", "M"]) }, { size: Schema.Literals(["S", "M", "L"]) }),
      [["size: wider"], "major"]
    )
    assert.deepStrictEqual(
      event({ count: Schema.Int.check(Schema.isGreaterThan(0)) }, { count: Schema.Int }),
      [["count: wider"], "major"]
    )
  })

  it("breaks when a value may be less, because of what was published before", () => {
    assert.deepStrictEqual(event({ name: Schema.optionalKey(Schema.String) }, { name: Schema.String }), [
      ["name: narrower"],
      "major"
    ])
    assert.deepStrictEqual(event({ name: Schema.String }, { name: Schema.NonEmptyString }), [
      ["name: narrower"],
      "major"
    ])
  })

  it("breaks when a type, a kind of id or a representation changes", () => {
    assert.deepStrictEqual(event({ price: Schema.Int }, { price: Schema.String }), [["price: changed"], "major"])
    assert.deepStrictEqual(event({ other: ProductId }, { other: CategoryId }), [["other: changed"], "major"])
    assert.deepStrictEqual(event({ other: ProductId }, { other: Id.reference(ProductId) }), [
      ["other: changed"],
      "major"
    ])
    assert.deepStrictEqual(event({ at: Schema.String }, { at: Schema.DateTimeUtcFromString }), [
      ["at: changed"],
      "major"
    ])
    const names = Schema.Array(Schema.String)
    assert.deepStrictEqual(event({ names }, { names: Schema.ReadonlySet(Schema.String) }), [
      ["names: changed"],
      "major"
    ])
  })

  it("breaks when another id becomes the first: it orders what is published", () => {
    const ids = (first: Fields, then: Fields) =>
      contract({ events: [Event.make("Listed", { ...first, ...then }) as unknown as Event.Any] })
    const { changes } = Contract.compare(
      ids({ productId: ProductId }, { categoryId: CategoryId }),
      ids({ categoryId: CategoryId }, { productId: ProductId })
    )
    assert.deepStrictEqual(changes.map(({ detail, instead, why }) => [detail, why, instead]), [[
      "the first id of event 'Listed' was 'productId', and is 'categoryId'",
      "messages come in the order of the entity that it names",
      ["put new ids behind it"]
    ]])
  })

  it("may add what must be there, and allow less, with a raised version of the event", () => {
    const before = Event.make("Listed", { productId: ProductId, name: Schema.String })
    const after = Event.make("Listed", { productId: ProductId, name: Schema.NonEmptyString, price: Schema.Int }, {
      version: 2,
      upcasts: {
        1: Event.upcast(
          { productId: ProductId, name: Schema.String },
          (old) => ({ ...old, name: old.name || "?", price: 0 })
        )
      }
    })
    assert.deepStrictEqual(compared({ events: [before] }, { events: [after] }), {
      changes: [
        ["event 'Listed'", "", "version raised", false],
        ["event 'Listed'", "name", "narrower", false],
        ["event 'Listed'", "price", "required field added", false]
      ],
      required: { commands: "none", events: "minor" }
    })
    const wider = Event.make("Listed", { productId: ProductId, name: Schema.NullOr(Schema.String) }, {
      version: 2,
      upcasts: { 1: Event.upcast({ productId: ProductId, name: Schema.String }, (old) => old) }
    })
    assert.deepStrictEqual(compared({ events: [before] }, { events: [wider] }).required.events, "major")
    assert.deepStrictEqual(compared({ events: [after] }, { events: [before] }).required.events, "major")
  })

  it("breaks when the event goes, and not when one is new", () => {
    const other = Event.make("Withdrawn", { productId: ProductId })
    const both = { events: [Event.make("Listed", { productId: ProductId }), other] }
    assert.deepStrictEqual(compared({ event: {} }, both), {
      changes: [["event 'Withdrawn'", "", "added", false]],
      required: { commands: "none", events: "minor" }
    })
    assert.deepStrictEqual(compared(both, { event: {} }), {
      changes: [["event 'Withdrawn'", "", "removed", true]],
      required: { commands: "none", events: "major" }
    })
  })
})

describe("a change of a command", () => {
  it("breaks nobody when a field may be absent, or a value may be more", () => {
    assert.deepStrictEqual(command({}, { note: Schema.optionalKey(Schema.String) }), [
      ["note: optional field added"],
      "minor"
    ])
    assert.deepStrictEqual(command({ count: Schema.Int }, { count: Schema.optionalKey(Schema.Int) }), [
      ["count: wider"],
      "minor"
    ])
    assert.deepStrictEqual(
      command({ size: Schema.Literals(["S", "M"]) }, { size: Schema.Literals(["S", "M", "L"]) }),
      [["size: wider"], "minor"]
    )
    assert.deepStrictEqual(command({ size: Schema.Literals(["S", "M"]) }, { size: Schema.String }), [
      ["size: wider"],
      "minor"
    ])
    assert.deepStrictEqual(
      command({ name: Schema.String.check(Schema.isMaxLength(10)) }, {
        name: Schema.String.check(Schema.isMaxLength(20))
      }),
      [["name: wider"], "minor"]
    )
    assert.deepStrictEqual(
      command({ names: Schema.NonEmptyArray(Schema.String) }, { names: Schema.Array(Schema.String) }),
      [
        ["names: wider"],
        "minor"
      ]
    )
  })

  it("breaks when a field must be there, goes, or may be less", () => {
    assert.deepStrictEqual(command({}, { count: Schema.Int }), [["count: required field added"], "major"])
    assert.deepStrictEqual(command({ note: Schema.optionalKey(Schema.String) }, {}), [["note: field removed"], "major"])
    assert.deepStrictEqual(command({ count: Schema.optionalKey(Schema.Int) }, { count: Schema.Int }), [
      ["count: narrower"],
      "major"
    ])
    assert.deepStrictEqual(command({ count: Schema.Finite }, { count: Schema.Int }), [
      ["count: narrower", "count: wider"],
      "major"
    ])
    assert.deepStrictEqual(command({ name: Schema.String }, { name: Schema.String.check(Schema.isPattern(/^a/)) }), [
      ["name: narrower"],
      "major"
    ])
    assert.deepStrictEqual(
      command({ name: Schema.String.check(Schema.isPattern(/^a/)) }, {
        name: Schema.String.check(Schema.isPattern(/^b/))
      }),
      [["name: narrower", "name: wider"], "major"]
    )
  })

  it("goes into the members of a union that a literal tells apart", () => {
    const A = (fields: Fields) => Schema.TaggedStruct("A", fields)
    const B = Schema.TaggedStruct("B", {})
    assert.deepStrictEqual(
      command(
        { by: Schema.Union([A({ x: Schema.Int }), B]) },
        { by: Schema.Union([B, A({ x: Schema.Int, y: Schema.optionalKey(Schema.Int) }), Schema.TaggedStruct("C", {})]) }
      ),
      [["by.y: optional field added", "by: wider"], "minor"]
    )
  })

  it("takes a union within a union as one", () => {
    const size = Schema.Literals(["S", "M"])
    assert.deepStrictEqual(
      command({ size: Schema.NullOr(size) }, { size: Schema.NullOr(Schema.Literals(["S", "M", "L"])) }),
      [["size: wider"], "minor"]
    )
    assert.deepStrictEqual(command({ size: Schema.NullOr(size) }, { size: Schema.Union([size, Schema.Null]) }), [
      [],
      "none"
    ])
    assert.deepStrictEqual(
      command({ size: Schema.NullOr(size) }, { size: Schema.Literals(["S", "M"]) }),
      [["size: narrower"], "major"]
    )
  })

  it("breaks when nobody can say which member of a union became which", () => {
    const X = Schema.Struct({ x: Schema.Int })
    assert.deepStrictEqual(
      command({ by: Schema.Union([X, Schema.String]) }, {
        by: Schema.Union([X, Schema.String, Schema.Struct({ x: Schema.Int, y: Schema.optionalKey(Schema.Int) })])
      }),
      [["by: changed"], "major"]
    )
    const A = Schema.TaggedStruct("A", { x: Schema.Int })
    assert.deepStrictEqual(
      command({ by: A }, { by: Schema.Union([Schema.Struct({ x: Schema.optionalKey(Schema.Int) }), A]) }),
      [["by: changed"], "major"]
    )
  })

  it("is told apart from a change of its errors, which break only those who read them", () => {
    const said = (errors: ReadonlyArray<Schema.Codec<any>>) => ({
      commands: [Command.make("Restock", { productId: ProductId }, { errors })]
    })
    const Unknown = Schema.TaggedStruct("Unknown", { productId: ProductId })
    const Full = (fields: Fields) => Schema.TaggedStruct("Full", fields) as unknown as Schema.Codec<any>
    assert.deepStrictEqual(compared(said([Unknown]), said([Unknown, Full({})])), {
      changes: [["error 'Full' of command 'Restock'", "", "added", false]],
      required: { commands: "minor", events: "none" }
    })
    assert.deepStrictEqual(compared(said([Full({ left: Schema.Int })]), said([Full({})])).required.commands, "major")
  })
})

describe("a name that every object has", () => {
  it("is a name as all others", () => {
    assert.deepStrictEqual(event({}, { constructor: Schema.optionalKey(Schema.String) }), [
      ["constructor: optional field added"],
      "minor"
    ])
    assert.deepStrictEqual(event({ toString: Schema.String }, {}), [["toString: field removed"], "major"])
    const both = [Event.make("Listed", { productId: ProductId }), Event.make("constructor", { productId: ProductId })]
    assert.deepStrictEqual(compared({ event: {} }, { events: both }).required.events, "minor")
    assert.deepStrictEqual(compared({ events: both }, { event: {} }).required.events, "major")
  })
})

describe("what else a contract says", () => {
  it("breaks when a directive goes or changes: extensions make them and handle them", () => {
    const said = (fields: Fields) => ({ event: {}, directives: [Directive.make("Announce", fields)] })
    assert.deepStrictEqual(compared({ event: {} }, said({})).required, { commands: "none", events: "minor" })
    assert.deepStrictEqual(compared(said({}), { event: {} }).required, { commands: "none", events: "major" })
    assert.deepStrictEqual(compared(said({}), said({ text: Schema.String })).required.events, "major")
    assert.deepStrictEqual(
      compared(said({}), said({ text: Schema.optionalKey(Schema.String) })).required.events,
      "minor"
    )
  })

  it("breaks for the plugin that may not connect any more", () => {
    const said = (connect?: ReadonlyArray<string>): Said =>
      connect === undefined ? { event: {} } : { event: {}, connect }
    const minor = { commands: "none", events: "minor" }
    const major = { commands: "none", events: "major" }
    assert.deepStrictEqual(compared(said(["Ordering"]), said(["Ordering", "Billing"])).required, minor)
    assert.deepStrictEqual(compared(said(["Ordering"]), said()).required, minor)
    assert.deepStrictEqual(compared(said(), said(["Ordering"])).required, major)
    assert.deepStrictEqual(compared(said(["Ordering", "Billing"]), said(["Ordering"])), {
      changes: [["who may connect", "", "narrower", true]],
      required: major
    })
  })

  it("is refused when it is another extension point's", () => {
    assert.throws(
      () => Contract.compare(contract({}), { ...contract({}), name: "Catalog.Prices" }),
      "'Catalog.Prices' can't be compared with 'Catalog.Products'"
    )
  })
})

describe("the version of a changed contract", () => {
  const before = contract({ event: { price: Schema.Int } })
  const problems = (version: Said["version"] & {}, event: Fields, more: Said = {}) =>
    Contract.check([before], [contract({ version, event, ...more })]).problems

  it("is of a new major version when the change breaks, and the field is named when it isn't", () => {
    const sentence =
      "the events of 'Catalog.Products' are 1.1.0, and break what was built with 1.0.0: the field 'price' of event " +
      "'Listed' is gone: who reads it finds it missing. Take it back, or make the contract 2.0.0 and serve 1.x with " +
      "'older'"
    assert.deepStrictEqual(problems("1.1.0", {}), [sentence])
    assert.deepStrictEqual(problems("2.0.0", {}), [])
    assert.deepStrictEqual(problems("1.0.0", { price: Schema.String }), [
      "the events of 'Catalog.Products' are still 1.0.0, and break what was built with it: the field 'price' of event " +
      "'Listed' was a number, and is text: who reads it can't read it any more. Take it back, or make the contract " +
      "2.0.0 and serve 1.x with 'older'"
    ])
  })

  it("is of a new minor version when something is added", () => {
    const added = { price: Schema.Int, note: Schema.optionalKey(Schema.String) }
    assert.deepStrictEqual(problems("1.0.1", added), [
      "the events of 'Catalog.Products' grew since version 1.0.0 and are 1.0.1: the field 'note' of event 'Listed' is " +
      "new, and may be absent. Make it 1.1.0"
    ])
    assert.deepStrictEqual(problems("1.1.0", added), [])
  })

  it("may stay when nothing changed, and may not go back", () => {
    assert.deepStrictEqual(problems("1.0.0", { price: Schema.Int }), [])
    assert.deepStrictEqual(problems("1.4.2", { price: Schema.Int }), [])
    assert.deepStrictEqual(problems("0.9.0", { price: Schema.Int }), [
      "the events of 'Catalog.Products' went back from version 1.0.0 to 0.9.0"
    ])
  })

  it("is one for commands and one for events", () => {
    const versions = (commands: string, events: string) => ({ commands, events })
    const more = { commands: [Command.make("Restock", { productId: ProductId })] }
    assert.deepStrictEqual(problems(versions("1.1.0", "1.0.0"), { price: Schema.Int }, more), [])
    assert.deepStrictEqual(problems(versions("1.0.0", "1.1.0"), { price: Schema.Int }, more), [
      "the commands of 'Catalog.Products' grew since version 1.0.0 and are 1.0.0: command 'Restock' is new. Make it 1.1.0"
    ])
    assert.deepStrictEqual(problems(versions("1.1.0", "2.0.0"), {}, more), [])
  })

  it("may be of several majors, each of which follows the last one of its own", () => {
    const first = contract({ event: { price: Schema.Int } })
    const second = contract({ version: "2.0.0", event: { price: Schema.String } })
    const note = { note: Schema.optionalKey(Schema.String) }
    const firstAgain = contract({ version: "1.1.0", event: { price: Schema.Int, ...note } })
    const { problems: none, publishes } = Contract.check([first, second], [second, firstAgain])
    assert.deepStrictEqual(none, [])
    assert.deepStrictEqual(publishes, [firstAgain, second])
    const { problems } = Contract.check([first, second], [
      second,
      contract({ version: "1.0.1", event: { price: Schema.Int, ...note } })
    ])
    assert.strictEqual(problems.length, 1)
    assert.deepStrictEqual(Contract.check([first, second], [firstAgain]).problems, [
      "the events of 'Catalog.Products' went back from version 2.0.0 to 1.1.0"
    ])
    assert.deepStrictEqual(Contract.check([], [first, firstAgain]).problems, [
      "'Catalog.Products' has two contracts of one major version"
    ])
  })

  it("isn't held against the other contract that shares a major version of one half with it", () => {
    const of = (commands: string, events: string) => ({
      version: { commands, events },
      commands: [Command.make("Restock", { productId: ProductId })]
    })
    const older = contract({ ...of("1.0.0", "1.2.0"), event: {} })
    const current = contract({ ...of("2.0.0", "1.3.0"), event: { note: Schema.optionalKey(Schema.String) } })
    assert.deepStrictEqual(Contract.check([older], [current, older]).problems, [])
    assert.deepStrictEqual(Contract.check([older, current], [current, older]).problems, [])
    assert.deepStrictEqual(Contract.check([older, current], [current, older]).publishes, [older, current])
  })

  it("compares events with the last of their major when only the commands have a new one", () => {
    const commands = (version: ExtensionPoint.Versions, event: Fields) =>
      contract({ version, event, commands: [Command.make("Restock", { productId: ProductId })] })
    const published = [commands({ commands: "1.0.0", events: "1.2.0" }, { price: Schema.Int })]
    const next = (event: Fields) => Contract.check(published, [commands({ commands: "2.0.0", events: "1.2.0" }, event)])
    assert.deepStrictEqual(next({ price: Schema.Int }).problems, [])
    assert.strictEqual(next({ price: Schema.Int }).publishes.length, 2)
    assert.deepStrictEqual(next({}).problems, [
      "the events of 'Catalog.Products' are still 1.2.0, and break what was built with it: the field 'price' of event " +
      "'Listed' is gone: who reads it finds it missing. Take it back, or make its events 2.0.0 and serve 1.x with 'older'"
    ])
  })
})

describe("a contract that uses what is internal", () => {
  const Added = Event.make("Added", { productId: ProductId })
  const Published = Event.make("Published", Added.fields)
  const Open = Command.make("Open", { categoryId: CategoryId })
  class Category extends Aggregate.make("Category", {
    id: CategoryId,
    commands: [Open],
    events: [Event.make("Opened", { categoryId: CategoryId })]
  }) {}
  class Add extends StateChangeSlice.make("Add", {
    command: { productId: ProductId },
    consumes: [Added],
    produces: [Added]
  }) {}
  const plugin = (events: ReadonlyArray<Event.Any>, commands: ReadonlyArray<Command.Any>) => {
    const Products = ExtensionPoint.make("Catalog.Products", { version: "1.0.0", events, commands })
    return Plugin.make("Catalog", {
      version: "1.0.0",
      aggregates: [
        Category.behavior({ initial: 0, evolve: { Opened: (n) => n }, decide: { Open: () => Effect.succeed([]) } })
      ],
      stateChangeSlices: [Add.behavior({ initial: 0, evolve: { Added: (n) => n }, decide: () => Effect.succeed([]) })],
      extensionPoints: [Products.mapping({
        incoming: Object.fromEntries(commands.map(({ tag }) => [tag, () => undefined]))
      })] as never
    })
  }

  it("is told with each definition, or fields, that both use", () => {
    const sentence = (what: string) =>
      `${what} of contract 'Catalog.Products' is one of plugin 'Catalog' itself: whoever changes it changes the ` +
      "contract. Give the contract a definition of its own, with what others need to know"
    assert.deepStrictEqual(Contract.reused(plugin([Added, Published], [Open])), [
      sentence("event 'Added'"),
      sentence("event 'Published'"),
      sentence("command 'Open'")
    ])
  })

  it("is none when the contract has definitions of its own", () => {
    const own = Event.make("Added", { productId: ProductId })
    assert.deepStrictEqual(Contract.reused(plugin([own], [Command.make("Open", { categoryId: CategoryId })])), [])
  })
})
