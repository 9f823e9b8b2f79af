import { assert, describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Contract from "@reventless/core/Contract"
import * as Event from "@reventless/core/Event"
import type { Extension } from "@reventless/core/Extension"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Plugin from "@reventless/core/Plugin"
import { Registry } from "@reventless/core/Registry"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import * as fs from "node:fs"
import * as Broken from "../contracts/broken.ts"
import * as Spec from "../contracts/catalog-spec/index.ts"
import * as Grown from "../contracts/catalog-spec/v1.ts"
import * as Second from "../contracts/catalog-spec/v2.ts"
import { BookReserved, BuyBook, Catalog } from "../contracts/catalog.ts"
import * as First from "../contracts/first.ts"
import { open } from "../contracts/model.ts"

const { BookId } = First
const text = (file: string) => fs.readFileSync(new URL(`../contracts/${file}`, import.meta.url), "utf8")
const check = (published: ExtensionPoint.Any, ...contracts: ReadonlyArray<ExtensionPoint.Any>) =>
  Contract.check([Contract.of(published)], contracts.map(Contract.of))

describe("the contract of the guide", () => {
  it("grows with a minor version", () => {
    const { changes, problems } = check(First.Books, Grown.Books)
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(changes.map(({ detail, isBreaking }) => [detail, isBreaking]), [
      ["command 'Release' is new", false],
      ["the field 'pages' of event 'BookOffered' is new, and may be absent", false]
    ])
  })

  it("is refused when it breaks without a major version, with the sentences of the guide", () => {
    const { problems } = check(Grown.Books, Broken.Books)
    assert.strictEqual(problems.map((problem) => `${problem}.\n`).join(""), text("broken.txt"))
  })

  it("may break with a major version, beside the older one", () => {
    const { problems, publishes } = check(Grown.Books, Spec.Books, Spec.BooksV1)
    assert.deepStrictEqual(problems, [])
    assert.deepStrictEqual(publishes.map(({ version }) => version.events), ["1.1.0", "2.0.0"])
  })

  it("is part of a model that answers questions about an application", () => {
    assert.deepStrictEqual(open, ["BuyBook", "ReserveBook"])
  })

  it("uses nothing that is internal to its plugin", () => {
    assert.deepStrictEqual(Contract.reused(Catalog), [])
  })
})

class Noted extends Event.make("Noted", { bookId: BookId, text: Schema.String }) {}
class Note extends StateChangeSlice.make("Note", { command: Noted.fields, consumes: [], produces: [Noted] }) {}
const NoteLive = Note.behavior({
  initial: undefined,
  evolve: {},
  decide: (command) => Effect.succeed([Noted.make(command)])
})
const shop = (extension: Extension<"Catalog.Books", "Note" | "Catalog.Books", never>) =>
  Plugin.make("Shop", { version: "1.0.0", stateChangeSlices: [NoteLive], extensions: [extension] })

const bought = {
  bookId: BookId.make("emma"),
  title: "Emma",
  price: { amount: 900, currency: "EUR" },
  cost: { amount: 300, currency: "EUR" },
  seller: Redacted.make("ada")
} as const

describe("a follower that was built with the first major version", () => {
  const Shop = shop(
    Grown.Books.extension({
      incoming: {
        BookOffered: (event) => [
          publishCommand(Note, { bookId: event.bookId, text: JSON.stringify(event) }),
          publishCommand(Grown.Books.commands.Reserve, { bookId: event.bookId, copies: 1 })
        ]
      }
    })
  )

  it.effect("reads events as it knows them, and its commands come as the second version", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(BuyBook, bought)
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* TestPlatform.events(Shop), [
        Noted.make({
          bookId: bought.bookId,
          text: JSON.stringify({ _tag: "BookOffered", bookId: "emma", title: "Emma", price: 900 })
        })
      ])
      const catalog = yield* TestPlatform.events(Catalog)
      assert.deepStrictEqual(catalog.at(-1), BookReserved.make({ bookId: bought.bookId, copies: 1, days: 14 }))
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Catalog, Shop] }))))
})

describe("a follower that was built with a newer version than there is", () => {
  class Books extends ExtensionPoint.make("Catalog.Books", {
    version: "2.1.0",
    events: [Second.BookOffered]
  }) {}
  const Shop = shop(
    Books.extension({
      incoming: { BookOffered: ({ bookId, title }) => publishCommand(Note, { bookId, text: title }) }
    })
  )

  it.effect("is refused with the reason of the guide", () =>
    Effect.gen(function*() {
      const [connection] = yield* (yield* Registry).connections
      assert.deepStrictEqual([connection?.status, `${connection?.reason}\n`], ["refused", text("refused.txt")])
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Catalog, Shop] }))))
})
