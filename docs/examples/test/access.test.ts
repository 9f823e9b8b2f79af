// #region imports
import { assert, describe, it } from "@effect/vitest"
import { AccessDenied } from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as DevelopmentIssuer from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import * as JwtKeys from "@reventless/http/JwtKeys"
import * as JwtPrincipals from "@reventless/http/JwtPrincipals"
import type { Subject } from "@reventless/http/PrincipalResolver"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpClient from "effect/http/HttpClient"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { createHmac, generateKeyPairSync } from "node:crypto"
import { developmentBeside } from "../access/beside.ts"
import { AllNotes, MyNotes, NoteId, Notes, TakeNote, TakeNoteLive } from "../access/notes.ts"
import { ChangeNote, ChangeNoteLive, NoteChanged, NoteUnknown } from "../access/own.ts"
import { ByPublicKey, BySecret, Callers } from "../access/provider.ts"
import { ApiKeys, ByApiKey } from "../access/resolver.ts"

const note = (noteId: string, author: string) => ({ noteId: NoteId.make(noteId), author, text: "Remember the milk." })
// #endregion imports

const server = HttpServer.layer({ port: 0 }).pipe(Layer.provide(TestPlatform.layer({ plugins: [Notes] })))

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

  it.live("over HTTP is for the bearers of tokens", () =>
    Effect.gen(function*() {
      // #region tokens
      const { url } = yield* HttpServer.HttpServer
      const issuer = yield* DevelopmentIssuer.DevelopmentIssuer
      const ask = Effect.fnUntraced(function*(view: string, subject?: Subject) {
        const headers = subject === undefined
          ? {}
          : { authorization: `Bearer ${(yield* issuer.issue(subject)).token}` }
        return (yield* HttpClient.get(`${url}/notes/views/${view}`, { headers })).status
      })
      assert.strictEqual(yield* ask("AllNotes"), 401)
      assert.strictEqual(yield* ask("AllNotes", { id: "ada" }), 403)
      assert.strictEqual(yield* ask("MyNotes", { id: "ada" }), 200)
      assert.strictEqual(yield* ask("AllNotes", { id: "bob", groups: ["moderator"] }), 200)
      // #endregion tokens
    }).pipe(Effect.provide(server.pipe(
      Layer.provideMerge(DevelopmentIssuer.layer()),
      Layer.merge(FetchHttpClient.layer)
    ))))

  it.effect("by id is for whoever the thing belongs to, as decide says", () => {
    const Changing = Plugin.make("Changing", { version: "1.0.0", stateChangeSlices: [TakeNoteLive, ChangeNoteLive] })
    return Effect.gen(function*() {
      const bus = yield* CommandBus
      const as = (id: string) => Effect.provideService(Principal.CurrentPrincipal, Principal.user(id))
      yield* as("ada")(bus.send(TakeNote, note("a", "ada")))
      const change = { noteId: NoteId.make("a"), text: "Remember the tea." }
      assert.deepStrictEqual(yield* Effect.flip(as("bob")(bus.send(ChangeNote, change))), new NoteUnknown())
      yield* as("ada")(bus.send(ChangeNote, change))
      assert.deepStrictEqual((yield* TestPlatform.events(Changing)).at(-1), NoteChanged.make(change))
    }).pipe(Effect.provide(TestPlatform.layer({ plugins: [Changing] })))
  })

  it.live("over HTTP is for the bearers of development tokens beside those of other issuers", () => {
    // #region others
    const secret = Redacted.make("thirty-two bytes are the least it needs")
    const others = JwtPrincipals.layerIssuers([
      { keys: JwtKeys.secret(secret), issuer: "https://login.example/", audience: "notes", prefix: "" },
      { keys: JwtKeys.secret(secret), issuer: "https://partner.example", audience: "notes", prefix: "partner:" }
    ])
    const callers = developmentBeside(others)
    // #endregion others
    const signed = (iss: string) => {
      const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url")
      const claims = { iss, aud: "notes", sub: "ada", groups: ["moderator"], exp: 4_000_000_000 }
      const text = `${part({ alg: "HS256" })}.${part(claims)}`
      return `${text}.${createHmac("sha256", Redacted.value(secret)).update(text).digest("base64url")}`
    }
    return Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const issuer = yield* DevelopmentIssuer.DevelopmentIssuer
      const ask = (token: string) =>
        Effect.map(
          HttpClient.get(`${url}/notes/views/AllNotes`, { headers: { authorization: `Bearer ${token}` } }),
          ({ status }) => status
        )
      assert.strictEqual(yield* ask((yield* issuer.issue({ id: "bob", groups: ["moderator"] })).token), 200)
      assert.strictEqual(yield* ask((yield* issuer.issue({ id: "bob" })).token), 403)
      assert.strictEqual(yield* ask(signed("https://login.example/")), 200)
      assert.strictEqual(yield* ask(signed("https://partner.example")), 403)
      assert.strictEqual(yield* ask(signed("https://evil.example")), 401)
    }).pipe(Effect.provide(server.pipe(Layer.provideMerge(callers), Layer.merge(FetchHttpClient.layer))))
  })

  it.live("over HTTP is for whom a resolver takes the caller", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const ask = (view: string, key?: string) =>
        Effect.map(
          HttpClient.get(`${url}/notes/views/${view}`, { headers: key === undefined ? {} : { "x-api-key": key } }),
          ({ status }) => status
        )
      assert.strictEqual(yield* ask("AllNotes"), 401)
      assert.strictEqual(yield* ask("AllNotes", "guessed"), 401)
      assert.strictEqual(yield* ask("AllNotes", "of-ada"), 403)
      assert.strictEqual(yield* ask("MyNotes", "of-ada"), 200)
      assert.strictEqual(yield* ask("AllNotes", "of-mod"), 200)
    }).pipe(Effect.provide(server.pipe(
      Layer.provide(ByApiKey),
      Layer.provide(Layer.succeed(ApiKeys, {
        find: (key) =>
          Effect.succeed({ "of-ada": { id: "ada", groups: [] }, "of-mod": { id: "mod", groups: ["moderator"] } }[key])
      })),
      Layer.merge(FetchHttpClient.layer)
    ))))

  it.effect("starts with the keys that the environment has, or not at all", () =>
    Effect.gen(function*() {
      const pem = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ type: "spki", format: "pem" })
      const start = (layer: Layer.Layer<never, unknown>, env: Record<string, string>) =>
        Effect.exit(Layer.build(layer)).pipe(
          Effect.map(Exit.isSuccess),
          Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromEnv({ env })),
          Effect.scoped
        )
      assert.isTrue(yield* start(BySecret, { JWT_SECRET: "thirty-two bytes are the least it needs" }))
      assert.isFalse(yield* start(BySecret, { JWT_SECRET: "hunter2" }))
      assert.isFalse(yield* start(BySecret, {}))
      assert.isTrue(yield* start(ByPublicKey, { JWT_PUBLIC_KEY: String(pem) }))
      const login = { LOGIN_ISSUER: "https://login.example/", LOGIN_JWKS_URI: "https://login.example/jwks" }
      assert.isTrue(yield* start(Callers, login))
      assert.isFalse(yield* start(Callers, { ...login, LOGIN_JWKS_URI: "http://login.example/jwks" }))
    }))
})
