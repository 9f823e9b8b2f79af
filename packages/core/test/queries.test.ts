import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { type ListOptions, QueryEngine, type Range } from "@reventless/core/QueryEngine"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as StateViewSliceStream from "@reventless/core/StateViewSliceStream"
import * as Token from "@reventless/core/Token"
import { ViewStores } from "@reventless/core/ViewStore"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"

const NoteId = Id.make("note")
class NoteTaken extends Event.make("NoteTaken", {
  note: NoteId,
  author: Schema.String,
  stars: Schema.Int,
  at: Schema.DateFromString
}) {}
class NoteBurnt extends Event.make("NoteBurnt", { note: NoteId }) {}

class TakeNote extends StateChangeSlice.make("TakeNote", {
  command: { note: NoteId, author: Schema.String, stars: Schema.Int },
  consumes: [NoteTaken],
  produces: [NoteTaken]
}) {}
const TakeNoteLive = TakeNote.behavior({
  initial: 0,
  evolve: { NoteTaken: (count) => count + 1 },
  decide: (command) => Effect.succeed([NoteTaken.make({ ...command, at: new Date(1000 * command.stars) })])
})
class BurnNote extends StateChangeSlice.make("BurnNote", {
  command: { note: NoteId },
  consumes: [],
  produces: [NoteBurnt]
}) {}
const BurnNoteLive = BurnNote.behavior({
  initial: 0,
  evolve: {},
  decide: (command) => Effect.succeed([NoteBurnt.make(command)])
})

const row = { note: NoteId, author: Schema.String, stars: Schema.Int, at: Schema.DateFromString }
class Notes extends StateViewSliceStream.make("Notes", {
  row,
  key: "note",
  consumes: [NoteTaken, NoteBurnt],
  indexes: { byAuthor: ["author", "stars"], byTime: ["at"] }
}) {}
const NotesLive = Notes.projection((rows) => ({
  NoteTaken: ({ at, author, note, stars }) => rows.set({ note, author, stars, at }),
  NoteBurnt: ({ note }) => rows.remove(note)
}))
class Drafts extends StateViewSliceStream.make("Drafts", {
  row: { note: NoteId, author: Schema.String, due: Schema.optionalKey(Schema.Int) },
  key: "note",
  sort: "author",
  consumes: [NoteTaken],
  indexes: { byDue: ["due"] }
}) {}
const DraftsLive = Drafts.projection((rows) => ({
  NoteTaken: ({ author, note, stars }) => rows.set(stars === 0 ? { note, author } : { note, author, due: stars })
}))
class OwnNotes extends StateViewSlice.make("OwnNotes", {
  row,
  key: "note",
  consumes: [NoteTaken],
  access: Access.owner("author")
}) {}
const OwnNotesLive = OwnNotes.projection((rows) => ({
  NoteTaken: ({ at, author, note, stars }) => rows.set({ note, author, stars, at })
}))
class MyNotes extends StateViewSliceStream.make("MyNotes", {
  row,
  key: "note",
  consumes: [NoteTaken, NoteBurnt],
  indexes: { byAuthor: ["author", "stars"], byTime: ["at"] },
  access: Access.owner("author", { groups: ["librarian"] })
}) {}
const MyNotesLive = MyNotes.projection((rows) => ({
  NoteTaken: ({ at, author, note, stars }) => rows.set({ note, author, stars, at }),
  NoteBurnt: ({ note }) => rows.remove(note)
}))

const Notebook = Plugin.make("Notebook", {
  version: "1.0.0",
  stateChangeSlices: [TakeNoteLive, BurnNoteLive],
  stateViewSlices: [NotesLive, OwnNotesLive, MyNotesLive, DraftsLive]
})
const Test = Platform.layer({ version: "1.0.0", plugins: [Notebook] }).pipe(Layer.provideMerge(Platform.layerMemory))

const authors = ["ada", "bob", "ada", "cyd", "ada", "bob", "ada"]
const take = (index: number, stars = index) =>
  Effect.flatMap(
    CommandBus,
    (bus) => bus.send(TakeNote, { note: NoteId.make(`n${index}`), author: authors[index % 7]!, stars })
  )
const takeAll = Effect.map(Effect.forEach(authors, (_, index) => take(index)), (taken) => taken.at(-1)!.token)

const list = Effect.fnUntraced(function*(options: Parameters<QueryEngine["Service"]["list"]>[1], after?: Token.Token) {
  const queries = yield* QueryEngine
  const page = yield* queries.list(Notes, { ...options, after } as never)
  return { notes: page.rows.map(({ note }) => note as string), cursor: page.cursor }
})

describe("a list", () => {
  it.effect("comes in the order of its index, from its bounds, in either direction", () =>
    Effect.gen(function*() {
      const token = yield* takeAll
      const notes = (options: object) => Effect.map(list(options as ListOptions, token), ({ notes }) => notes)
      assert.deepStrictEqual(yield* notes({}), ["n0", "n1", "n2", "n3", "n4", "n5", "n6"])
      assert.deepStrictEqual(yield* notes({ where: { note: "n3" } }), ["n3"])
      assert.deepStrictEqual(yield* notes({ index: "byAuthor", where: { author: "ada" } }), ["n0", "n2", "n4", "n6"])
      assert.deepStrictEqual(
        yield* notes({ index: "byAuthor", where: { author: "ada" }, range: { gt: 0, lte: 4 }, order: "desc" }),
        ["n4", "n2"]
      )
      assert.deepStrictEqual(
        yield* notes({ index: "byAuthor", where: { author: "ada" }, range: { gte: 2, lt: 6 } }),
        ["n2", "n4"]
      )
      assert.deepStrictEqual(yield* notes({ index: "byAuthor", range: { gt: "ada" } }), ["n1", "n5", "n3"])
      assert.deepStrictEqual(yield* notes({ index: "byTime", order: "desc", limit: 2 }), ["n6", "n5"])
    }).pipe(Effect.provide(Test)))

  it.effect("pages by cursor without a gap or a repetition, also while rows are added and removed", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const token = yield* takeAll
      const first = yield* list({ limit: 3 }, token)
      const changed = yield* bus.send(BurnNote, { note: NoteId.make("n2") })
      const second = yield* list({ limit: 3, cursor: first.cursor }, changed.token)
      const third = yield* list({ limit: 3, cursor: second.cursor })
      assert.deepStrictEqual([first.notes, second.notes, third.notes], [["n0", "n1", "n2"], ["n3", "n4", "n5"], ["n6"]])
      assert.isUndefined(third.cursor)
    }).pipe(Effect.provide(Test)))

  it.effect("by a range leaves out rows that don't have the field", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const token = yield* takeAll
      const due = (range: Range) =>
        Effect.map(queries.list(Drafts, { index: "byDue", range, after: token }), ({ rows }) =>
          rows.map(({ due }) => due))
      assert.deepStrictEqual(yield* due({ lte: 2 }), [1, 2])
      assert.deepStrictEqual(yield* due({ lt: 2 }), [1])
      assert.deepStrictEqual(yield* due({}), [1, 2, 3, 4, 5, 6])
    }).pipe(Effect.provide(Test)))

  it.effect("that no index answers is refused with the way out", () =>
    Effect.gen(function*() {
      const refused = (options: object) =>
        Effect.map(Effect.flip(list(options as ListOptions)), ({ message }) => message)
      assert.include(yield* refused({ where: { stars: 1 } }), "without an index rows are found by 'note'")
      assert.include(
        yield* refused({ index: "byAuthor", where: { stars: 1 } }),
        "by the index 'byAuthor' rows are found by 'author', then 'stars'"
      )
      assert.include(
        yield* refused({ index: "byName" }),
        "it has no index 'byName'; it has 'byAuthor' by author, stars; 'byTime' by at"
      )
      assert.include(yield* refused({ limit: 0 }), "'limit' must be between 1 and 1000")
      assert.include(yield* refused({ cursor: "nonsense" }), "not a cursor of this version")
      assert.include(yield* refused({ range: { gt: 1 } }), "'range' needs an index")
    }).pipe(Effect.provide(Test)))
})

describe("read-your-writes", () => {
  it.effect("waits until the view shows the command, also when its events are none of the view's", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const taken = yield* take(1)
      assert.isTrue(Option.isSome(yield* queries.get(Notes, NoteId.make("n1"), { after: taken.token })))
      const burnt = yield* bus.send(BurnNote, { note: NoteId.make("n1") })
      assert.lengthOf((yield* queries.list(OwnNotes, { after: burnt.token })).rows, 1)
    }).pipe(Effect.provide(Test)))

  it.effect("gives up with a typed error when the view doesn't come that far", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const asked = yield* Effect.forkChild(Effect.flip(
        queries.list(Notes, { after: { extent: { _tag: "UpTo", position: 99 } }, timeout: "2 seconds" })
      ))
      yield* TestClock.adjust("2 seconds")
      assert.deepInclude({ ...(yield* Fiber.join(asked)) }, { _tag: "ViewBehind", waitedMillis: 2000 })
    }).pipe(Effect.provide(Test)))
})

describe("a watch", () => {
  it.effect("gives the rows there are, and then every change, without a gap", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      const taken = yield* take(0)
      const changes = yield* Effect.forkChild(
        Stream.runCollect(Stream.take(queries.watch(Notes, { after: taken.token }), 4))
      )
      yield* Effect.yieldNow
      yield* take(1)
      yield* bus.send(BurnNote, { note: NoteId.make("n0") })
      yield* take(2)
      const seen = (yield* Fiber.join(changes)).map((change) =>
        change._tag === "RowSet" ? change.row.note : `-${String(change.key)}`
      )
      assert.deepStrictEqual(seen, ["n0", "n1", "-n0", "n2"])
    }).pipe(Effect.provide(Test)))

  it.effect("of one key gives the changes of that row only", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const changes = yield* Effect.forkChild(Stream.runCollect(Stream.takeUntil(
        queries.watch(Notes, { key: NoteId.make("n1") }),
        (change) => change._tag === "RowSet" && change.row.stars === 9
      )))
      yield* take(0)
      yield* take(1)
      yield* take(2)
      yield* take(1, 9)
      for (const change of yield* Fiber.join(changes)) {
        assert.isTrue(change._tag === "RowSet" && change.row.note === "n1")
      }
    }).pipe(Effect.provide(Test)))
})

describe("a watch of a view with a sort key", () => {
  it.effect("by the key alone gives all rows of the key, and with the sort key that row", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const { token } = yield* take(1)
      const [byKey] = yield* Stream.runCollect(
        Stream.take(queries.watch(Drafts, { key: NoteId.make("n1"), after: token }), 1)
      )
      assert.deepInclude(byKey!, { _tag: "RowSet" })
      const watching = yield* Effect.forkChild(
        Stream.runHead(queries.watch(Drafts, { key: [NoteId.make("n1"), "nobody"], after: token }))
      )
      yield* Effect.yieldNow
      assert.isUndefined(watching.pollUnsafe())
    }).pipe(Effect.provide(Test)))
})

describe("a new or changed view", () => {
  const changedNotes = Plugin.make("Notebook", {
    version: "1.1.0",
    stateChangeSlices: [TakeNoteLive, BurnNoteLive],
    stateViewSlices: [
      StateViewSliceStream.make("Notes", {
        row: { note: NoteId, stars: Schema.Int },
        key: "note",
        consumes: [NoteTaken, NoteBurnt],
        indexes: { byStars: ["stars"] }
      }).projection((rows) => ({
        NoteTaken: ({ note, stars }) => rows.set({ note, stars }),
        NoteBurnt: ({ note }) => rows.remove(note)
      })),
      StateViewSlice.make("Brand", { row: { note: NoteId }, key: "note", consumes: [NoteTaken] }).projection((
        rows
      ) => ({
        NoteTaken: ({ note }) => rows.set({ note })
      }))
    ]
  })

  it.effect("sees the whole history, and takes the old one's place in one step", () =>
    Effect.gen(function*() {
      yield* Effect.provide(takeAll, Layer.fresh(Platform.layer({ version: "1.0.0", plugins: [Notebook] })))
      const stores = yield* Effect.scoped(Effect.flatMap(ViewStores, (stores) => stores.of("Notebook")))
      const before = yield* stores.active("Notes")
      assert.isDefined(before)
      yield* Effect.gen(function*() {
        const taken = yield* take(7)
        const queries = yield* QueryEngine
        const [notes, brand] = changedNotes.views.map(({ definition }) => definition)
        while ((yield* stores.active("Notes"))!.generation === before!.generation) yield* Effect.yieldNow
        const page = yield* queries.list(notes as typeof Notes, {
          index: "byStars" as never,
          order: "desc",
          after: taken.token
        })
        assert.deepStrictEqual(page.rows.map(({ stars }) => stars), [7, 6, 5, 4, 3, 2, 1, 0])
        assert.lengthOf((yield* queries.list(brand as typeof Notes, { after: taken.token })).rows, 8)
      }).pipe(Effect.provide(Layer.fresh(Platform.layer({ version: "1.1.0", plugins: [changedNotes] }))))
    }).pipe(Effect.provide(Platform.layerMemory)))

  it.effect("ends open cursors and watches with ViewRebuilt", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const token = yield* takeAll
      const page = yield* queries.list(Notes, { limit: 2, after: token })
      const watching = yield* Effect.forkChild(Effect.flip(Stream.runDrain(queries.watch(Notes))))
      yield* Effect.yieldNow
      const store = yield* Effect.scoped(Effect.flatMap(ViewStores, (stores) => stores.of("Notebook")))
      const rebuilt = yield* store.build("Notes", Notes.spec.fingerprint)
      yield* store.promote("Notes", rebuilt.generation)
      assert.strictEqual((yield* Fiber.join(watching))._tag, "ViewRebuilt")
      assert.strictEqual(
        (yield* Effect.flip(queries.list(Notes, { limit: 2, cursor: page.cursor })))._tag,
        "ViewRebuilt"
      )
    }).pipe(Effect.provide(Test)))
})

describe("access to views", () => {
  const as = (principal: Principal.Principal) => Effect.provideService(Principal.CurrentPrincipal, principal)

  it.effect("is denied to everyone but the application unless it is configured", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      for (
        const ask of [queries.list(Notes), queries.get(Notes, NoteId.make("n0")), Stream.runHead(queries.watch(Notes))]
      ) {
        const denied = yield* Effect.flip(
          as(Principal.user("ada"))(ask as Effect.Effect<unknown, { readonly _tag: string }>)
        )
        assert.strictEqual(denied._tag, "AccessDenied")
      }
    }).pipe(Effect.provide(Test)))

  it.effect("by owner shows the caller's own rows only", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const token = yield* takeAll
      const own = yield* as(Principal.user("bob"))(queries.list(OwnNotes, { after: token }))
      assert.deepStrictEqual(own.rows.map(({ author }) => author), ["bob", "bob"])
      assert.isTrue(Option.isNone(yield* as(Principal.user("bob"))(queries.get(OwnNotes, NoteId.make("n0")))))
      assert.strictEqual((yield* Effect.flip(as(Principal.anonymous)(queries.list(OwnNotes))))._tag, "AccessDenied")
    }).pipe(Effect.provide(Test)))

  it.effect("by owner shows all rows to who is in one of its groups", () =>
    Effect.gen(function*() {
      const queries = yield* QueryEngine
      const token = yield* takeAll
      const all = yield* queries.list(MyNotes, { after: token })
      const librarian = as(Principal.user("bob", ["librarian"]))
      assert.deepStrictEqual(yield* librarian(queries.list(MyNotes)), all)
      assert.isTrue(Option.isSome(yield* librarian(queries.get(MyNotes, NoteId.make("n0")))))
      const reader = as(Principal.user("bob", ["reader"]))
      assert.strictEqual((yield* reader(queries.list(MyNotes))).rows.length, 2)
    }).pipe(Effect.provide(Test)))

  /** Every page of somebody's own notes, as lists of their names; the cursors, decoded. */
  const pagesOf = Effect.fnUntraced(function*(who: string, options: ListOptions, after: Token.Token) {
    const queries = yield* QueryEngine
    const pages: Array<ReadonlyArray<string>> = []
    const cursors: Array<string> = []
    let cursor: string | undefined
    do {
      const page = yield* as(Principal.user(who))(queries.list(MyNotes, { ...options, cursor, after } as never))
      pages.push(page.rows.map(({ note }) => note))
      cursor = page.cursor
      if (cursor !== undefined) cursors.push(Buffer.from(cursor.slice(1), "base64url").toString())
    } while (cursor !== undefined)
    return { pages, cursors }
  })

  it.effect("by owner fills its pages, whoever's rows are between the caller's own", () =>
    Effect.gen(function*() {
      const token = yield* takeAll
      const pages = (who: string, options: ListOptions) =>
        Effect.map(pagesOf(who, options, token), ({ pages }) => pages)
      assert.deepStrictEqual(yield* pages("bob", { limit: 1 }), [["n1"], ["n5"]])
      assert.deepStrictEqual(yield* pages("ada", { limit: 2 }), [["n0", "n2"], ["n4", "n6"]])
      assert.deepStrictEqual(yield* pages("ada", { limit: 3, order: "desc" }), [["n6", "n4", "n2"], ["n0"]])
      assert.deepStrictEqual(yield* pages("cyd", { limit: 1 }), [["n3"]])
      assert.deepStrictEqual(yield* pages("dan", { limit: 1 }), [[]])
      const byTime = { index: "byTime", limit: 1 } as unknown as ListOptions
      assert.deepStrictEqual(yield* pages("bob", byTime), [["n1"], ["n5"]])
      const byAuthor = { index: "byAuthor", limit: 2 } as unknown as ListOptions
      assert.deepStrictEqual(yield* pages("ada", byAuthor), [["n0", "n2"], ["n4", "n6"]])
      assert.deepStrictEqual(yield* pages("bob", { ...byAuthor, where: { author: "ada" } as never }), [[]])
      assert.deepStrictEqual(yield* pages("bob", { ...byAuthor, range: { gte: "a" } }), [["n1", "n5"]])
      assert.deepStrictEqual(yield* pages("bob", { ...byAuthor, range: { gt: "bob" } }), [[]])
    }).pipe(Effect.provide(Test)))

  it.effect("by owner tells nothing of other rows, neither in cursors nor by how long a page is", () =>
    Effect.gen(function*() {
      const token = yield* takeAll
      const { cursors } = yield* pagesOf("bob", { limit: 1 }, token)
      assert.deepStrictEqual(cursors.map((cursor) => JSON.parse(cursor).key), ["n1"])
    }).pipe(Effect.provide(Test)))

  it.effect("by owner reads no other rows by an index that begins with the owner", () => {
    let read = 0
    const counting = Layer.effect(
      ViewStores,
      Effect.map(ViewStores, (stores) => ({
        of: (plugin) =>
          Effect.map(stores.of(plugin), (store) => ({
            ...store,
            list: (view, generation, query) =>
              Effect.tap(store.list(view, generation, query), (rows) => Effect.sync(() => void (read += rows.length)))
          }))
      }))
    )
    const provider = Layer.provideMerge(counting, Platform.layerMemory)
    const platform = Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Notebook] }), provider)
    return Effect.gen(function*() {
      const queries = yield* QueryEngine
      const token = yield* takeAll
      const page = yield* as(Principal.user("bob"))(queries.list(MyNotes, { index: "byAuthor", after: token }))
      assert.deepStrictEqual([page.rows.length, read], [2, 2])
    }).pipe(Effect.provide(platform))
  })

  it.effect("by owner is told of its own rows only by a watch, also of one that is somebody else's from now on", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      yield* take(0)
      const taken = yield* take(1)
      const seen: Array<string> = []
      yield* Effect.forkChild(
        as(Principal.user("bob"))(
          Stream.runForEach(
            queries.watch(MyNotes, { after: taken.token }),
            (change) =>
              Effect.sync(() => seen.push(change._tag === "RowSet" ? change.row.note : `-${String(change.key)}`))
          )
        )
      )
      const until = Effect.fnUntraced(function*(count: number) {
        while (seen.length < count) yield* Effect.yieldNow
      })
      yield* until(1)
      yield* bus.send(BurnNote, { note: NoteId.make("n0") })
      yield* bus.send(BurnNote, { note: NoteId.make("n1") })
      yield* until(2)
      yield* take(5)
      yield* until(3)
      yield* bus.send(TakeNote, { note: NoteId.make("n5"), author: "ada", stars: 1 })
      yield* until(4)
      yield* bus.send(BurnNote, { note: NoteId.make("n5") })
      yield* bus.send(TakeNote, { note: NoteId.make("last"), author: "bob", stars: 1 })
      yield* until(5)
      assert.deepStrictEqual(seen, ["n1", "-n1", "n5", "-n5", "last"])
    }).pipe(Effect.provide(Test)))
})
