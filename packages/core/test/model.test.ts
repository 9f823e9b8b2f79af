import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import * as Aggregate from "@reventless/core/Aggregate"
import * as AutomationSlice from "@reventless/core/AutomationSlice"
import * as Command from "@reventless/core/Command"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as EventMapping from "@reventless/core/EventMapping"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import * as Mermaid from "@reventless/core/Mermaid"
import * as Model from "@reventless/core/Model"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Task from "@reventless/core/Task"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { checkEventModels, parse } from "./mermaidParser.ts"

const BookId = Id.make("book")
const ReaderId = Id.make("reader")

class BookOffered extends Event.make("BookOffered", { bookId: BookId, title: Schema.String }) {}
class Books extends ExtensionPoint.make("Library.Books", {
  version: { commands: "1.0.0", events: "1.2.0" },
  events: [BookOffered],
  commands: [Command.make("Reserve", { bookId: BookId, readerId: ReaderId })],
  directives: [Directive.make("Announce", { text: Schema.String })],
  connect: ["Readers"],
  description: "What can be borrowed."
}) {}

class BookBought extends Event.make("BookBought", { bookId: BookId, title: Schema.String }) {}
class BookLent extends Event.make("BookLent", { bookId: BookId, readerId: ReaderId }) {}
class BookMissed extends Event.make("BookMissed", { bookId: BookId }) {}
class NotHere extends Schema.TaggedError<NotHere>()("NotHere", { bookId: BookId }) {}

class Book extends Aggregate.make("Book", {
  id: BookId,
  commands: [
    Command.make("Buy", { bookId: BookId, title: Schema.NonEmptyString }, { access: Access.groups("librarians") }),
    Command.make("Miss", { bookId: BookId }, { errors: [NotHere] })
  ],
  events: [BookBought, BookMissed]
}) {}
class LendBook extends StateChangeSlice.make("LendBook", {
  command: { bookId: BookId, readerId: ReaderId },
  consumes: [BookBought, BookLent],
  produces: [BookLent],
  errors: [NotHere],
  access: Access.owner("readerId"),
  description: "Gives a book to who comes first."
}) {}
class Shelf extends StateViewSlice.make("Shelf", {
  row: { bookId: BookId, title: Schema.String },
  key: "bookId",
  consumes: [BookBought, BookLent],
  access: Access.anyone
}) {}
class MissBooks extends AutomationSlice.make("MissBooks", {
  item: { bookId: BookId },
  key: "bookId",
  collects: [BookLent],
  resolves: [BookMissed],
  sends: [Book.commands.Miss]
}) {}
class Scanned extends InboundTranslationSlice.make("Scanned", {
  input: { book: Schema.String },
  sends: [LendBook]
}) {}
class Count extends Task.make("Count", { trigger: Task.cron("0 3 * * 1", "Europe/Berlin") }) {}

const Library = Plugin.make("Library", {
  version: "2.1.0",
  aggregates: [
    Book.behavior({
      initial: 0,
      evolve: { BookBought: (n) => n, BookMissed: (n) => n },
      decide: { Buy: () => Effect.succeed([]), Miss: () => Effect.succeed([]) },
      eventMappings: [
        EventMapping.make({
          from: [BookMissed],
          map: { BookMissed: ({ bookId }) => publishCommand(Book.commands.Miss, { bookId }) },
          sends: [Book.commands.Miss]
        })
      ]
    })
  ],
  stateChangeSlices: [
    LendBook.behavior({
      initial: 0,
      evolve: { BookBought: (n) => n, BookLent: (n) => n },
      decide: () => Effect.succeed([])
    })
  ],
  stateViewSlices: [Shelf.projection((rows) => ({ BookBought: (book) => rows.set(book), BookLent: () => [] }))],
  automationSlices: [
    MissBooks.automation({
      collect: { BookLent: ({ bookId }) => ({ bookId }) },
      process: ({ bookId }) => Effect.succeed(publishCommand(Book.commands.Miss, { bookId }))
    })
  ],
  inboundTranslationSlices: [
    Scanned.translation({ secret: Effect.die("unused"), translate: () => Effect.undefined })
  ],
  tasks: [Count.run(() => Effect.void)],
  extensionPoints: [
    Books.mapping({
      from: [BookBought],
      outgoing: { BookBought: (book) => publishEvent(BookOffered.make(book)) },
      incoming: { Reserve: (reservation) => publishCommand(LendBook, reservation) },
      sends: [LendBook]
    })
  ]
})

class Wished extends Event.make("Wished", { bookId: BookId, readerId: ReaderId }) {}
class Wish extends StateChangeSlice.make("Wish", {
  command: { bookId: BookId, readerId: ReaderId },
  consumes: [Wished],
  produces: [Wished],
  query: [{ types: [Wished], by: ["bookId"] }]
}) {}
const WishLive = Wish.behavior({ initial: 0, evolve: { Wished: (n) => n }, decide: () => Effect.succeed([]) })
const readers = (sends: boolean) =>
  Plugin.make("Readers", {
    version: "1.0.0",
    stateChangeSlices: [WishLive],
    extensions: [
      Books.extension({
        incoming: { BookOffered: ({ bookId }) => publishCommand(Wish, { bookId, readerId: ReaderId.make("me") }) },
        from: [Wished],
        key: BookId,
        outgoing: { Wished: (wish) => publishCommand(Books.commands.Reserve, wish) },
        ...(sends ? { sends: [Wish, Books.commands.Reserve] } : {})
      })
    ]
  })
const Readers = readers(true)

const model = Model.of({ version: "3.0.0", plugins: [Library, Readers] })
const [library, reading] = model.plugins

describe("the model of an application", () => {
  it.effect("is JSON, and the same for the same plugins", () =>
    Effect.gen(function*() {
      const json = JSON.stringify(model)
      assert.deepStrictEqual(yield* Schema.decodeUnknownEffect(Model.Model)(JSON.parse(json)), model)
      assert.strictEqual(JSON.stringify(Model.of({ version: "3.0.0", plugins: [Library, Readers] })), json)
    }))

  it("has commands with their fields, errors and rules, and the events that they make", () => {
    const { aggregates, slices } = library!
    assert.deepStrictEqual(
      aggregates.map(({ commands, ...aggregate }) => [
        aggregate,
        commands.map(({ access, errors, fields, name }) => [name, Object.keys(fields), errors, access])
      ]),
      [[{ name: "Book", id: "book", async: false, events: ["BookBought", "BookMissed"] }, [
        ["Book.Buy", ["bookId", "title"], [], { rule: "groups", groups: ["librarians"] }],
        ["Book.Miss", ["bookId"], ["NotHere"], undefined]
      ]]]
    )
    assert.deepStrictEqual(slices, [{
      name: "LendBook",
      description: "Gives a book to who comes first.",
      fields: {
        bookId: { shape: { type: "text", id: "book" } },
        readerId: { shape: { type: "text", id: "reader" } }
      },
      errors: ["NotHere"],
      access: { rule: "owner", field: "readerId" },
      async: false,
      consumes: ["BookBought", "BookLent"],
      produces: ["BookLent"]
    }])
  })

  it("has events with the ids that they are found by", () => {
    assert.deepStrictEqual(library!.events.map(({ ids, name, version }) => [name, version, ids]), [
      ["BookBought", 1, ["book"]],
      ["BookMissed", 1, ["book"]],
      ["BookLent", 1, ["book", "reader"]]
    ])
  })

  it("has views, what follows on events, what comes in, and what runs by the clock", () => {
    const { fields: _, ...shelf } = library!.views[0]!
    assert.deepStrictEqual(shelf, {
      name: "Shelf",
      kind: "StateViewSlice",
      live: false,
      key: "bookId",
      consumes: ["BookBought", "BookLent"],
      access: { rule: "anyone" }
    })
    assert.deepStrictEqual(library!.reactions, [
      {
        name: "MissBooks",
        kind: "AutomationSlice",
        collects: ["BookLent"],
        resolves: ["BookMissed"],
        sends: ["Book.Miss"]
      },
      { name: "Book.mappings", kind: "EventMapping", collects: ["BookMissed"], resolves: [], sends: ["Book.Miss"] }
    ])
    assert.deepStrictEqual(library!.inbound, [{ name: "Scanned", signed: true, sends: ["LendBook"] }])
    assert.deepStrictEqual(library!.tasks, [{ name: "Count", trigger: "cron 0 3 * * 1 Europe/Berlin" }])
  })

  it("has extension points and extensions, and what they send where they say it", () => {
    assert.deepStrictEqual(library!.extensionPoints, [{
      name: "Library.Books",
      description: "What can be borrowed.",
      version: { commands: "1.0.0", events: "1.2.0" },
      older: [],
      connect: ["Readers"],
      commands: ["Reserve"],
      events: ["BookOffered"],
      directives: ["Announce"],
      mappings: [{
        name: "LibraryDcbEventLog",
        from: "LibraryDcbEventLog",
        events: ["BookBought"],
        sends: ["LendBook"],
        commands: ["Reserve"]
      }]
    }])
    const part = {
      name: "ReadersDcbEventLog",
      from: "ReadersDcbEventLog",
      events: ["Wished"],
      follows: ["BookOffered"]
    }
    assert.deepStrictEqual(reading!.extensions, [{
      point: "Library.Books",
      version: { commands: "1.0.0", events: "1.2.0" },
      parts: [{ ...part, sends: ["Wish", "Library.Books.Reserve"] }]
    }])
    assert.deepStrictEqual(Model.ofPlugin(readers(false)).extensions[0]!.parts, [part])
  })

  it("says in a word what runs a task", () => {
    const triggers = [
      Task.every("90 minutes"),
      Task.cron("*/30 0 * * * *"),
      Task.objectCreated({ prefix: "lists/", suffix: ".csv" }),
      Task.objectRemoved({ prefix: "" })
    ].map((trigger, index) => {
      const tasks = [Task.make(`T${index}`, { trigger }).run(() => Effect.void)] as never
      return Model.ofPlugin(Plugin.make("P", { version: "1.0.0", tasks }) as never).tasks[0]!.trigger
    })
    assert.deepStrictEqual(triggers, ["every 1h 30m", "cron 0,30 0 * * * * UTC", "created lists/*.csv", "removed *"])
  })
})

describe("what tasks and directives send", () => {
  class Announce extends Directive.make("Announce", { text: Schema.String }) {}
  const point = ExtensionPoint.make("Lending.Loans", { version: "1.0.0", events: [BookMissed], directives: [Announce] })
  class Nightly extends Task.make("Nightly", { trigger: Task.every("1 day"), sends: [LendBook] }) {}
  const lend = LendBook.behavior({
    initial: 0,
    evolve: { BookBought: (n) => n, BookLent: (n) => n },
    decide: () => Effect.succeed([])
  })
  const lending = Model.ofPlugin(Plugin.make("Lending", {
    version: "1.0.0",
    stateChangeSlices: [lend],
    tasks: [Nightly.run(() => Effect.void)],
    extensionPoints: [
      point.mapping({
        from: [BookLent],
        key: BookId,
        outgoing: { BookLent: () => handleDirective(() => Effect.void, Announce.make({ text: "lent" })) },
        directivesSend: [LendBook]
      })
    ]
  }))

  it.effect("is in the model and drawn where it is said", () => {
    assert.deepStrictEqual(lending.extensionPoints[0]!.mappings[0]!.directivesSend, ["LendBook"])
    assert.deepStrictEqual(lending.tasks, [{ name: "Nightly", trigger: "every 1d", sends: ["LendBook"] }])
    const pictures = Mermaid.eventModel(lending, { boxes: 100 })
    assert.deepStrictEqual(pictures, [`eventmodeling

rf 01 pcr Nightly
tf 02 cmd LendBook ->> 01
tf 03 evt BookLent ->> 02
tf 04 rmo Loans_mapping_todo ->> 03
tf 05 pcr Loans_mapping ->> 04
tf 06 evt Lending.Loans.BookMissed
tf 07 cmd LendBook ->> 05
`])
    return checkEventModels(pictures)
  })

  it("is of the task's own plugin", () => {
    assert.throws(
      () => Plugin.make("Other", { version: "1.0.0", tasks: [Nightly.run(() => Effect.void)] }),
      /'Nightly' sends 'LendBook', which plugin 'Other' doesn't list/
    )
  })
})

describe("an event model", () => {
  it.effect("shows commands and what they make, what is shown of it, and what follows", () => {
    const pictures = Mermaid.eventModel(library!, { boxes: 100 })
    assert.deepStrictEqual(pictures, [`eventmodeling

rf 01 cmd Library.Books.Reserve
tf 02 pcr Books_commands
tf 03 cmd LendBook ->> 02
rf 04 pcr Scanned
tf 05 cmd LendBook ->> 04
tf 06 evt BookLent ->> 03 ->> 05
tf 07 rmo MissBooks_todo ->> 06
tf 08 pcr MissBooks ->> 07
tf 09 cmd Book ->> 08
rf 10 pcr Count
tf 11 evt BookBought ->> 09
tf 12 evt BookMissed ->> 09
tf 13 rmo Shelf ->> 11 ->> 06
tf 14 rmo Book_mappings_todo ->> 12
tf 15 pcr Book_mappings ->> 14
tf 16 cmd Book ->> 15
tf 17 rmo Books_mapping_todo ->> 11
tf 18 pcr Books_mapping ->> 17
tf 19 evt Library.Books.BookOffered
`])
    return checkEventModels(pictures)
  })

  it("shows what another plugin publishes and what comes of it", () => {
    assert.deepStrictEqual(Mermaid.eventModel(reading!), [`eventmodeling

rf 01 evt Library.Books.BookOffered
rf 02 evt Wished
tf 03 rmo Books_extension_todo ->> 01 ->> 02
tf 04 pcr Books_extension ->> 03
tf 05 cmd Wish ->> 04
tf 06 cmd Library.Books.Reserve ->> 04
tf 07 evt Wished ->> 05
`])
  })

  it.effect("is told in chapters that show what they need again", () => {
    const pictures = Mermaid.eventModel(library!, { boxes: 5 })
    assert.isAbove(pictures.length, 2)
    return checkEventModels(pictures)
  })

  it.effect("writes names that Mermaid would misread in another way", () => {
    const plugin: Model.ModelPlugin = {
      ...Model.ofPlugin(Plugin.make("P", { version: "1.0.0" })),
      slices: ["data", "a-b", "titles", "command", "ok"].map((name) => ({
        name,
        fields: {},
        errors: [],
        async: false,
        consumes: [],
        produces: [`${name}-made`]
      }))
    }
    const [picture] = Mermaid.eventModel(plugin)
    assert.deepStrictEqual(picture!.split("\n").flatMap((line) => line.split(" ")[3] ?? []), [
      "_data",
      "data_made",
      "a_b",
      "a_b_made",
      "_titles",
      "_titles_made",
      "_command",
      "command_made",
      "ok",
      "ok_made"
    ])
    return checkEventModels([picture!])
  })

  it("of an empty plugin is none", () => {
    assert.deepStrictEqual(Mermaid.eventModel(Model.ofPlugin(Plugin.make("P", { version: "1.0.0" }))), [])
  })
})

describe("a map of plugins", () => {
  it("shows who follows whose events, and who sends commands back", () => {
    assert.strictEqual(
      Mermaid.pluginMap(model),
      `flowchart LR
  subgraph p1["Library 2.1.0"]
    p1c["1 aggregate<br/>1 slice<br/>1 view<br/>2 reactions<br/>1 inbound translation<br/>1 task"]
    x1(["Library.Books<br/>events 1.2.0, commands 1.0.0<br/>directive Announce"])
  end
  subgraph p2["Readers 1.0.0"]
    p2c["1 slice"]
  end
  x1 -->|"BookOffered"| p2c
  p2c -.->|"Reserve"| x1
`
    )
  })

  it.effect("shows every version of an extension point that is served, and of which one each follower is", () => {
    const loans = (version: string) =>
      ExtensionPoint.make("Lending.Loans", { version, commands: [Command.make("Return", {})], events: [BookMissed] })
    const [older, current] = [loans("1.0.0"), loans("2.0.0")]
    const follower = (name: string, point: typeof current) =>
      Plugin.make(name, {
        version: "1.0.0",
        extensions: [
          point.extension({
            incoming: { BookMissed: () => publishCommand(point.commands.Return, {}) },
            sends: [point.commands.Return]
          })
        ]
      })
    const Lending = Plugin.make("Lending", {
      version: "3.0.0",
      extensionPoints: [
        current.mapping({ incoming: { Return: () => [] } }),
        current.older(older, {
          events: { BookMissed: (event) => event },
          commands: { Return: () => publishCommand(current.commands.Return, {}) }
        })
      ]
    })
    const map = Mermaid.pluginMap(Model.of({ plugins: [Lending, follower("Cafe", older), follower("Club", current)] }))
    assert.strictEqual(
      map,
      `flowchart LR
  subgraph p1["Lending 3.0.0"]
    p1c["nothing of its own"]
    x1(["Lending.Loans<br/>2.0.0, also 1.0.0"])
  end
  subgraph p2["Cafe 1.0.0"]
    p2c["nothing of its own"]
  end
  subgraph p3["Club 1.0.0"]
    p3c["nothing of its own"]
  end
  x1 -->|"version 1<br/>BookMissed"| p2c
  p2c -.->|"version 1<br/>Return"| x1
  x1 -->|"version 2<br/>BookMissed"| p3c
  p3c -.->|"version 2<br/>Return"| x1
`
    )
    return Effect.map(parse(map), (kind) => assert.strictEqual(kind, "flowchart-v2"))
  })

  it("shows an extension point that is provided elsewhere", () => {
    assert.strictEqual(
      Mermaid.pluginMap(Model.of({ plugins: [readers(false)] })),
      `flowchart LR
  subgraph p1["Readers 1.0.0"]
    p1c["1 slice"]
  end
  e1(["Library.Books<br/>elsewhere"])
  e1 -->|"BookOffered"| p1c
`
    )
  })

  it.effect("writes what would end a label, or be read as a tag, as what looks like it", () => {
    const plugin = { ...Model.ofPlugin(Plugin.make("P", { version: "1.0.0" })), version: "1-\"<b>`#&\n;" }
    const map = Mermaid.pluginMap({ plugins: [plugin] })
    assert.include(map, `subgraph p1["P 1-'\u2039b\u203A'\uFF03\uFF06 ;"]`)
    return Effect.map(parse(map), (kind) => assert.strictEqual(kind, "flowchart-v2"))
  })
})
