import { assert, describe, it } from "@effect/vitest"
import * as Command from "@reventless/core/Command"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Sensitive from "@reventless/core/Sensitive"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as SchemaGetter from "effect/SchemaGetter"

const ProductId = Id.make("product")
const secret = Sensitive.make(Schema.String)

/** What the types refuse too: here they are told nothing. */
const point = (options: object) => () => ExtensionPoint.make("Catalog.Products" as never, options as never)
const withEvent = (fields: Schema.Struct.Fields) => point({ version: "1.0.0", events: [Event.make("Added", fields)] })

interface Branch {
  readonly name: string
  readonly branches: ReadonlyArray<Branch>
  readonly secret?: Redacted.Redacted
}

const Branch: Schema.Codec<Branch, any> = Schema.Struct({
  name: Schema.String,
  branches: Schema.Array(Schema.suspend((): Schema.Codec<Branch, any> => Branch)),
  secret: Schema.optionalKey(secret)
})

class Unwritable {}

describe("a contract", () => {
  const refused = (path: string) =>
    `the field '${path}' of event 'Added' can't be part of the contract 'Catalog.Products': it is sensitive; ` +
    "leave it out, or publish what others may know of it"

  it("refuses a sensitive field wherever it stands, and says where", () => {
    assert.throws(withEvent({ secret }), refused("secret"))
    assert.throws(
      withEvent({ customer: Schema.Struct({ contact: Schema.Struct({ mail: secret }) }) }),
      refused("customer.contact.mail")
    )
    assert.throws(withEvent({ lines: Schema.Array(Schema.Struct({ secret })) }), refused("lines[].secret"))
    assert.throws(withEvent({ pair: Schema.Tuple([Schema.String, secret]) }), refused("pair[1]"))
    assert.throws(
      withEvent({ either: Schema.Union([Schema.String, Schema.Struct({ secret })]) }),
      refused("either.secret")
    )
    assert.throws(withEvent({ maybe: Schema.optionalKey(Schema.NullOr(secret)) }), refused("maybe"))
    assert.throws(withEvent({ by: Schema.Record(Schema.String, secret) }), refused("by.*"))
    assert.throws(withEvent({ option: Schema.Option(secret) }), refused("option"))
    assert.throws(withEvent({ set: Schema.ReadonlySet(Schema.Struct({ secret })) }), refused("set.secret"))
    assert.throws(withEvent({ tree: Branch }), refused("tree.secret"))
  })

  it("refuses one that a check or an annotation was added to, or that is only Redacted", () => {
    const long = secret.check(Schema.makeFilter((value) => Redacted.value(value).length > 3))
    assert.throws(withEvent({ long }), refused("long"))
    assert.throws(withEvent({ named: secret.annotate({ description: "a secret" }) }), refused("named"))
    assert.throws(withEvent({ redacted: Schema.RedactedFromValue(Schema.String) }), refused("redacted"))
    assert.throws(withEvent({ redacted: Schema.Redacted(Schema.String) }), refused("redacted"))
    const shown = secret.pipe(
      Schema.decodeTo(Schema.String, {
        decode: SchemaGetter.transform(Redacted.value),
        encode: SchemaGetter.transform(Redacted.make)
      })
    )
    assert.throws(withEvent({ shown }), refused("shown"))
  })

  it("refuses one in a command, in the error of a command and in a directive", () => {
    assert.throws(
      point({ version: "1.0.0", commands: [Command.make("Add", { secret })] }),
      "the field 'secret' of command 'Add' can't be part of the contract 'Catalog.Products': it is sensitive"
    )
    assert.throws(
      point({
        version: "1.0.0",
        commands: [Command.make("Add", { productId: ProductId }, { errors: [Schema.TaggedStruct("No", { secret })] })]
      }),
      "the field 'secret' of an error of command 'Add' can't be part of the contract 'Catalog.Products': it is sensitive"
    )
    assert.throws(
      point({ version: "1.0.0", directives: [Directive.make("Tell", { secret })] }),
      "the field 'secret' of directive 'Tell' can't be part of the contract 'Catalog.Products': it is sensitive"
    )
  })

  it("refuses what has no form in JSON", () => {
    const refused = "can't be part of the contract 'Catalog.Products': it has no form in JSON"
    assert.throws(withEvent({ it: Schema.instanceOf(Unwritable) }), `the field 'it' of event 'Added' ${refused}`)
    assert.throws(
      withEvent({ them: Schema.Array(Schema.Struct({ it: Schema.Any })) }),
      `the field 'them[].it' of event 'Added' ${refused}`
    )
  })

  it("takes everything that has one", () => {
    const { events: [added] } = ExtensionPoint.make("Catalog.Products", {
      version: "1.0.0",
      events: [
        Event.make("Added", {
          productId: ProductId,
          at: Schema.DateTimeUtcFromString,
          page: Schema.URL,
          names: Schema.ReadonlySet(Schema.String),
          prices: Schema.ReadonlyMap(Schema.String, Schema.Int),
          rest: Schema.Json,
          anything: Schema.Unknown,
          size: Schema.Option(Schema.BigInt),
          state: Schema.Literals(["new", "used"])
        })
      ]
    })
    assert.strictEqual(added?.tag, "Added")
  })

  it("refuses two messages or directives of one name", () => {
    const twice = Event.make("Added", { productId: ProductId })
    assert.throws(
      point({ version: "1.0.0", events: [twice], commands: [Command.make("Added", { productId: ProductId })] }),
      "extension point 'Catalog.Products' has two messages named 'Added'"
    )
    const tell = Directive.make("Tell", {})
    assert.throws(
      point({ version: "1.0.0", directives: [tell, tell] }),
      "extension point 'Catalog.Products' has two directives named 'Tell'"
    )
  })

  it("refuses a version that is none", () => {
    assert.throws(
      point({ version: "1.0" }),
      "the version '1.0' of the commands of extension point 'Catalog.Products' is no SemVer"
    )
    assert.throws(
      point({ version: { commands: "1.0.0", events: "first" } }),
      "the version 'first' of the events of extension point 'Catalog.Products' is no SemVer, such as '1.0.0'"
    )
  })
})

describe("a sensitive value", () => {
  it.effect("is stored as its schema says, and hidden wherever it is shown", () =>
    Effect.gen(function*() {
      const Registered = Event.make("Registered", { productId: ProductId, secret })
      const event = Registered.make({ productId: ProductId.make("p"), secret: Redacted.make("ada@example.org") })
      assert.deepStrictEqual(yield* Registered["~encode"](event), { productId: "p", secret: "ada@example.org" })
      assert.notInclude(JSON.stringify(event) + String(event.secret), "ada")
      const decoded = yield* Registered["~decode"](1, { productId: "p", secret: "ada@example.org" })
      assert.strictEqual(Redacted.value(decoded.secret), "ada@example.org")
    }))
})
