import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { WorkStores } from "@reventless/core/WorkStore"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import { fill, kitchen } from "./fixtures/kitchen.ts"
import { office } from "./fixtures/office.ts"
import { openPage } from "./fixtures/page.ts"

const page = Effect.gen(function*() {
  const { url } = yield* HttpServer.HttpServer
  return yield* Effect.acquireRelease(Effect.promise(() => openPage(url)), ({ close }) => Effect.sync(close))
})

const open = kitchen({ operators: Access.anyone, defaultAccess: Access.anyone })

describe("the forms of the docs page", () => {
  it.live("send a command, and ask every operation with its own parameters", () =>
    Effect.gen(function*() {
      const { entries, rows, submit } = yield* page
      const send = (id: string, typed?: Record<string, string>) => Effect.promise(() => submit(id, typed))
      const [fillId] = entries.filter((id) => id.includes("Fill"))
      assert.include(yield* send(fillId!, { pot: "a", litres: "13" }), "200")
      assert.include(yield* send("ops.views"), "200")
      assert.deepStrictEqual(rows(0), ["Kitchen.Pots", "Platform.Plugins"])
      assert.include(yield* send("ops.events", { plugin: "Kitchen" }), "200")
      assert.include(yield* send("ops.events", { plugin: "Kitchen", type: "Poured\nFilled" }), "200")
      assert.deepStrictEqual(rows(0), ["1"])
      assert.include(yield* send("ops.model", { plugin: "Kitchen" }), "KitchenDcbEventLog")
      assert.deepStrictEqual(rows(0), [])
      assert.include(yield* send("ops.pluginMap"), "flowchart LR")
      assert.include(yield* send("ops.events", { plugin: "Kitchen" }), "200")
      assert.deepStrictEqual(rows(0), ["1"])
      for (const id of ["parked", "skipped", "replay", "skip"]) {
        const body = id === "replay" ? { lane: "a" } : id === "skip" ? { lane: "a", why: "why" } : {}
        assert.include(yield* send(`ops.${id}`, { view: "Kitchen.Pots", ...body }), "200", id)
      }
    }).pipe(Effect.scoped, Effect.provide(open)))

  it.live("go on to the next page of what is parked, and of a log", () =>
    Effect.gen(function*() {
      yield* fill(["a", 13], ["a", 13], ["b", 13])
      const { press, rows, submit } = yield* page
      yield* Effect.promise(() => submit("ops.parked", { view: "Kitchen.Pots", limit: "2" }))
      assert.deepStrictEqual(rows(1), ["1", "2"])
      yield* Effect.promise(() => press("Next page"))
      assert.deepStrictEqual(rows(1), ["3"])
      yield* Effect.promise(() => submit("ops.events", { plugin: "Kitchen", limit: "2" }))
      assert.deepStrictEqual(rows(0), ["1", "2"])
      yield* Effect.promise(() => press("Next page"))
      assert.deepStrictEqual(rows(0), ["3"])
    }).pipe(Effect.scoped, Effect.provide(open)))

  it.live("show work that is done later, replay it and cancel it", () =>
    Effect.gen(function*() {
      const { rows, submit } = yield* page
      const send = (id: string, typed?: Record<string, string>) => Effect.promise(() => submit(id, typed))
      const store = yield* (yield* WorkStores).of("Platform")
      yield* store.add("schedules", [{ id: "night", lane: "night", due: 1e15, content: {} }], 0)
      assert.include(yield* send("ops.work", { plugin: "Platform", state: "Pending" }), "200")
      assert.deepStrictEqual([rows(0), rows(1), rows(2)], [["Platform"], ["schedules"], ["night"]])
      const night = { plugin: "Platform", queue: "schedules", id: "night" }
      assert.include(yield* send("ops.replayWork", night), "404")
      assert.include(yield* send("ops.cancelWork", { ...night, why: "why" }), "200")
      assert.isUndefined(yield* store.get("schedules", "night"))
    }).pipe(Effect.scoped, Effect.provide(open)))

  it.live("show how far a rebuild is as it is told, and why one is refused", () =>
    Effect.gen(function*() {
      yield* fill(["a", 1])
      const { find, submit, when } = yield* page
      yield* Effect.promise(() => submit("ops.rebuild", { view: "Kitchen.Pots" }))
      yield* Effect.promise(() => when(() => find("span", "ended by the server")))
      assert.include(find("li", "RebuildProgress")!.textContent, "\"fraction\":1,\"done\":true")
      yield* Effect.promise(() => submit("ops.rebuild", { view: "Kitchen.Pans" }))
      yield* Effect.promise(() => when(() => find("span", "There are: Kitchen.Pots, Platform.Plugins.")))
    }).pipe(Effect.scoped, Effect.provide(open)))
})

describe("the token of the docs page", () => {
  it.live("says who one is and what one may do, and is sent along", () =>
    Effect.gen(function*() {
      const { become, denied, find, says, submit, when } = yield* page
      const send = (id: string, typed?: Record<string, string>) => Effect.promise(() => submit(id, typed))
      const note = { note: "a", who: "ada" }
      assert.strictEqual(says("caller"), "anonymous")
      assert.includeMembers(denied(), ["Office.NoteOwn", "Office.NotesManagers.list", "ops.views"])
      assert.notInclude(denied(), "Office.NoteAnyone")
      assert.include(yield* send("Office.NoteOwn", note), "401")
      assert.isDefined(find("span", "needs a token"))

      yield* send("dev.token", { sub: "ada", groups: "[\"managers\"]" })
      find("button", "Use this token on this page")!.listeners.get("click")!({})
      yield* Effect.promise(() => when(() => says("caller") === "ada · managers" || undefined))
      assert.notIncludeMembers(denied(), ["Office.NoteOwn", "Office.NotesManagers.list"])
      assert.includeMembers(denied(), ["Office.NoteNobody", "ops.views"])
      assert.include(yield* send("Office.NoteOwn", note), "200")
      assert.isDefined(find("span", "your own only: who = ada"))
      assert.include(yield* send("Office.NoteOwn", { note: "b", who: "bob" }), "403")
      assert.include(yield* send("Office.NotesManagers.list"), "200")

      yield* Effect.promise(() => become("ada", "the token is no JWT"))
      assert.include(denied(), "Office.NoteOwn")
      yield* Effect.promise(() => become("", "anonymous"))
    }).pipe(Effect.scoped, Effect.provide(office)))
})
