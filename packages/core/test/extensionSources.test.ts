import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { publishCommand, publishEvent } from "@reventless/core/Action"
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { log, Ordering, placeOrder } from "./fixtures/talking.ts"

const AccountId = Id.make("account")
const account = AccountId.make("a")
const PartnerId = Id.make("partner")

class Opened extends Event.make("Opened", { account: AccountId, partner: PartnerId }) {}
class Closed extends Event.make("Closed", { account: AccountId }) {}

/** An aggregate that another plugin opens and closes. */
class Account extends Aggregate.make("Account", {
  id: AccountId,
  commands: [
    Command.make("Open", { account: AccountId, partner: PartnerId }),
    Command.make("Close", { account: AccountId })
  ],
  events: [Opened, Closed]
}) {}
const AccountLive = Account.behavior({
  initial: null,
  evolve: { Opened: () => null, Closed: () => null },
  decide: {
    Open: (command) => Effect.succeed([Opened.make(command)]),
    Close: (command) => Effect.succeed([Closed.make(command)])
  }
})

/** Is decided later. */
class Note extends StateChangeSlice.make("Note", {
  command: { account: AccountId, text: Schema.String },
  consumes: [],
  produces: [Event.make("Noted", { account: AccountId, text: Schema.String })],
  async: true,
  access: Access.anyone
}) {}
const NoteLive = Note.behavior({
  initial: null,
  evolve: {},
  decide: (command) => Effect.succeed([Note.produces[0]!.make(command)])
})

class Partners extends StateViewSlice.make("Partners", {
  row: { account: AccountId, partner: PartnerId },
  key: "account",
  consumes: [Opened],
  access: Access.anyone
}) {}
const PartnersLive = Partners.projection((rows) => ({ Opened: (event) => rows.set(event) }))

class PartnerJoined extends Event.make("PartnerJoined", { partner: PartnerId, account: AccountId }) {}
class PartnerLeft extends Event.make("PartnerLeft", { text: Schema.String }) {}
class Everybody extends Event.make("Everybody", { text: Schema.String }) {}
class Accounts extends ExtensionPoint.make("Bank.Accounts", {
  version: "1.0.0",
  events: [PartnerJoined, PartnerLeft, Everybody],
  commands: [Command.make("Terminate", { account: AccountId, why: Schema.String })]
}) {}

const Bank = Plugin.make("Bank", {
  version: "1.0.0",
  aggregates: [AccountLive],
  stateChangeSlices: [NoteLive],
  stateViewSlices: [PartnersLive],
  extensionPoints: [Accounts.mapping({
    from: Account,
    outgoing: {
      Opened: ({ account, partner }) => publishEvent(PartnerJoined.make({ partner, account })),
      Closed: Effect.fn(function*({ account }, { queries }) {
        const row = yield* queries.get(Partners, account)
        const text = Option.match(row, { onNone: () => "nobody", onSome: ({ partner }) => partner })
        return [
          publishEvent(PartnerLeft.make({ text })),
          publishEvent(Everybody.make({ text }), { entity: "everybody" })
        ]
      })
    },
    incoming: {
      Terminate: ({ account, why }) => [
        publishCommand(Note, { account, text: why }),
        publishCommand(Account.commands.Close, { account })
      ]
    }
  })]
})

const FileId = Id.make("file")
class FileOpened extends Event.make("FileOpened", { file: FileId }) {}
class File extends Aggregate.make("File", {
  id: FileId,
  commands: [Command.make("Begin", { file: FileId })],
  events: [FileOpened]
}) {}
const FileLive = File.behavior({
  initial: null,
  evolve: { FileOpened: () => null },
  decide: { Begin: (command) => Effect.succeed([FileOpened.make(command)]) }
})

const Archive = Plugin.make("Archive", {
  version: "1.0.0",
  aggregates: [FileLive],
  extensions: [Accounts.extension({
    incoming: {
      PartnerJoined: ({ account }, { id }) =>
        publishCommand(File.commands.Begin, { file: FileId.make(`${account} of ${id}`) }),
      PartnerLeft: ({ text }, { id }) => publishCommand(File.commands.Begin, { file: FileId.make(`${text} ${id}`) }),
      Everybody: () => undefined
    },
    from: File,
    outgoing: {
      FileOpened: ({ file }) =>
        file.includes(" of ") ? publishCommand(Accounts.commands.Terminate, { account, why: "filed" }) : undefined
    }
  })]
})

describe("an aggregate", () => {
  it.effect("is what a mapping maps from and commands, and an extension too", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(Account.commands.Open, { account, partner: PartnerId.make("p") })
      yield* TestPlatform.settled
      assert.deepStrictEqual((yield* log("Bank")).map(({ type }) => type), ["Opened", "Noted", "Closed"])
      assert.deepStrictEqual((yield* log("Archive")).map(({ data }) => data), [{ file: "a of p" }, { file: "p a" }])
      assert.deepStrictEqual(Bank.extensionPoints.map(({ outputs }) => outputs), [{
        name: "Bank.Accounts",
        aggregateNames: ["Account"],
        commandTopic: "Bank.Accounts.v1.commands",
        eventTopic: "Bank.Accounts.v1.events"
      }])
    }).pipe(
      Effect.provide(
        Platform.layer({ version: "1.0.0", plugins: [Bank, Archive] }).pipe(Layer.provideMerge(Platform.layerMemory))
      )
    ))

  it.effect("orders what has no id of its own; an event's first id, or what the mapping says, comes before it", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(Account.commands.Open, { account, partner: PartnerId.make("p") })
      yield* TestPlatform.settled
      yield* bus.send(Account.commands.Close, { account })
      yield* TestPlatform.settled
      const published = yield* log(Bank.extensionPoints[0]!.outputs.eventTopic)
      assert.deepStrictEqual(published.map(({ tags, type }) => [type, ...tags]), [
        ["PartnerJoined", "entity:p"],
        ["PartnerLeft", "entity:a"],
        ["Everybody", "entity:everybody"]
      ])
      assert.deepStrictEqual(published.map(({ data }) => (data as any).text), [undefined, "p", "p"])
    }).pipe(
      Effect.provide(
        Platform.layer({ version: "1.0.0", plugins: [Bank] }).pipe(Layer.provideMerge(Platform.layerMemory))
      )
    ))
})

describe("a plugin whose provider isn't there in a test", () => {
  it.effect("has its commands wait, and the test goes on", () =>
    Effect.gen(function*() {
      yield* placeOrder("kettle", 1)
      yield* TestPlatform.settled
      assert.deepStrictEqual(yield* TestPlatform.events(Ordering), [
        { _tag: "OrderPlaced", productId: "kettle", count: 1 } as { readonly _tag: string }
      ])
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Ordering], external: ["Catalog.Products"] }))))
})
