// #region imports
import { assert, describe, it } from "@effect/vitest"
import { AccessDenied } from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as HttpServer from "@reventless/http/HttpServer"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import { AllNotes, MyNotes, NoteId, Notes, TakeNote } from "../access/notes.ts"
import { ByBearerToken, Tokens } from "../access/resolver.ts"

const note = (noteId: string, author: string) => ({ noteId: NoteId.make(noteId), author, text: "Remember the milk." })
// #endregion imports

describe("access", () => {
  it.effect("by owner lets a caller send commands and see rows of its own", () =>
    Effect.gen(function*() {
      const bus = yield* CommandBus
      const queries = yield* QueryEngine
      // #region principal
      const asAda = Effect.provideService(Principal.CurrentPrincipal, Principal.user("ada"))

      yield* asAda(bus.send(TakeNote, note("a", "ada")))
      const denied = yield* Effect.flip(asAda(bus.send(TakeNote, note("b", "bob"))))
      assert.deepStrictEqual(denied, new AccessDenied({ target: "Notes.TakeNote", anonymous: false }))

      const { token } = yield* bus.send(TakeNote, note("c", "bob")) // as the application itself
      const mine = yield* asAda(queries.list(MyNotes, { after: token }))
      assert.deepStrictEqual(mine.rows, [note("a", "ada")])
      assert.strictEqual((yield* Effect.flip(asAda(queries.list(AllNotes))))._tag, "AccessDenied")
      // #endregion principal
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Notes] }))))

  it.live("over HTTP is for whom the resolver takes the caller", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const ask = (view: string, token?: string) =>
        Effect.map(
          HttpClient.get(`${url}/notes/views/${view}`, {
            headers: token === undefined ? {} : { authorization: `Bearer ${token}` }
          }),
          ({ status }) => status
        )
      assert.strictEqual(yield* ask("AllNotes"), 401)
      assert.strictEqual(yield* ask("AllNotes", "forged"), 401)
      assert.strictEqual(yield* ask("AllNotes", "of-ada"), 403)
      assert.strictEqual(yield* ask("MyNotes", "of-ada"), 200)
      assert.strictEqual(yield* ask("AllNotes", "of-mod"), 200)
    }).pipe(
      Effect.provide(Layer.mergeAll(
        HttpServer.layer({ port: 0 }).pipe(
          Layer.provide(TestPlatform.layer({ plugins: [Notes] })),
          Layer.provide(ByBearerToken),
          Layer.provide(Layer.succeed(Tokens, {
            verify: (token) =>
              Effect.succeed(
                { "of-ada": { id: "ada", groups: [] }, "of-mod": { id: "mod", groups: ["moderator"] } }[token]
              )
          }))
        ),
        FetchHttpClient.layer
      ))
    ))
})
