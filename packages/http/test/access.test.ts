import { assert, describe, it } from "@effect/vitest"
import { DevelopmentIssuer } from "@reventless/http/DevelopmentIssuer"
import * as HttpServer from "@reventless/http/HttpServer"
import type { Subject } from "@reventless/http/PrincipalResolver"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { office, type Rule, rules } from "./fixtures/office.ts"
import { ask, send } from "./fixtures/server.ts"

/** Who asks: nobody in particular, or the bearer of a token. */
const subjects = {
  anonymous: undefined,
  ada: { id: "ada" },
  bob: { id: "bob", groups: ["managers"] },
  forged: undefined
} as const satisfies Record<string, Subject | undefined>

type Who = keyof typeof subjects

const headersOf = Effect.fnUntraced(function*(who: Who | Subject) {
  const subject = typeof who === "string" ? subjects[who] : who
  if (who === "forged") return { authorization: "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ." }
  if (subject === undefined) return {} as Record<string, string>
  const { token } = yield* (yield* DevelopmentIssuer).issue(subject)
  return { authorization: `Bearer ${token}` } as Record<string, string>
})

/** What each caller is answered, who sends a note of ada's, or asks for notes. */
const answers: Record<Rule, Record<Who, number>> = {
  Anyone: { anonymous: 200, ada: 200, bob: 200, forged: 401 },
  Authenticated: { anonymous: 401, ada: 200, bob: 200, forged: 401 },
  Managers: { anonymous: 401, ada: 403, bob: 200, forged: 401 },
  Own: { anonymous: 401, ada: 200, bob: 403, forged: 401 },
  OwnOrManagers: { anonymous: 401, ada: 200, bob: 200, forged: 401 },
  Nobody: { anonymous: 401, ada: 403, bob: 403, forged: 401 },
  Default: { anonymous: 401, ada: 403, bob: 403, forged: 401 }
}

const cases = (Object.keys(rules) as ReadonlyArray<Rule>).flatMap((rule) =>
  (Object.keys(subjects) as ReadonlyArray<Who>).map((who) => ({ rule, who, expected: answers[rule][who] }))
)

const read = Effect.fnUntraced(function*(who: Who | Subject, path: string) {
  return yield* ask(path, { headers: yield* headersOf(who) })
})

const note = Effect.fnUntraced(function*(who: Who | Subject, rule: Rule, body: unknown) {
  return yield* send(`/office/commands/Note${rule}`, body, yield* headersOf(who))
})

/** Ada's note and bob's, and a token that says that they are shown. */
const twoNotes = Effect.gen(function*() {
  yield* note("ada", "Anyone", { note: "a", who: "ada" })
  const { body } = yield* note("bob", "Anyone", { note: "b", who: "bob" })
  return body.token as string
})

/** The rows that a caller is shown by a watch, until there is one of a note. */
const watched = Effect.fnUntraced(function*(
  who: Who | Subject,
  path: string,
  last: string,
  shown: Array<string> = []
) {
  const { url } = yield* HttpServer.HttpServer
  const headers = yield* headersOf(who)
  return yield* Effect.promise(async (signal) => {
    const response = await fetch(`${url}${path}`, { signal, headers })
    let text = ""
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk
      shown.length = 0
      for (const [, event, data] of text.matchAll(/event: (\w+)\ndata: (.*)\n/g)) {
        const change = JSON.parse(data!)
        shown.push(event === "RowSet" ? change.note : `-${change.key}`)
      }
      if (shown.includes(last)) break
    }
    return shown
  })
})

describe("each rule at each door", () => {
  it.live("lets the callers send commands that it should, and says why to the others", () =>
    Effect.gen(function*() {
      assert.strictEqual(cases.length, 28)
      for (const { expected, rule, who } of cases) {
        const { body, headers, status } = yield* note(who, rule, { note: "n", who: "ada" })
        assert.strictEqual(status, expected, `${rule} ${who}`)
        if (status === 200) continue
        const code = who === "forged" ? "CredentialsRefused" : "AccessDenied"
        assert.strictEqual(body.code, code, `${rule} ${who}`)
        const challenge = who === "forged" ? "Bearer error=\"invalid_token\"" : status === 401 ? "Bearer" : null
        assert.strictEqual(headers.get("www-authenticate"), challenge)
      }
    }).pipe(Effect.provide(office)))

  it.live("lets the callers see rows that it should, by key, in lists and as they change", () =>
    Effect.gen(function*() {
      const token = yield* twoNotes
      for (const { expected: sending, rule, who } of cases) {
        const own = (rule === "Own" && who !== "anonymous") || (rule === "OwnOrManagers" && who === "ada")
        const shown = own ? [who[0]!] : ["a", "b"]
        // Whoever may see some rows is answered, if by none.
        const expected = rule === "Own" && who === "bob" ? 200 : sending
        for (const path of [`views/Notes${rule}`, `views/Notes${rule}/a`]) {
          const { body, status } = yield* read(who, `/office/${path}?after=${token}`)
          const hidden = expected === 200 && path.endsWith("/a") && !shown.includes("a")
          assert.strictEqual(status, hidden ? 404 : expected, `${path} ${who}`)
          if (status === 200 && path.endsWith(rule)) {
            assert.deepStrictEqual(body.rows.map(({ note }: { readonly note: string }) => note), shown)
          }
        }
        const path = `/office/watch/Notes${rule}?after=${token}`
        if (expected !== 200) assert.strictEqual((yield* read(who, path)).status, expected, `${path} ${who}`)
        else assert.deepStrictEqual(yield* watched(who, path, shown.at(-1)!), shown)
      }
    }).pipe(Effect.provide(office)))

  it.live("is looked at before anything of the body", () =>
    Effect.gen(function*() {
      for (const { expected, rule, who } of cases) {
        // Whose command it is can't be told before it is read.
        const status = expected === 200 || (rule === "Own" && who === "bob") ? 400 : expected
        assert.strictEqual((yield* note(who, rule, "{")).status, status, `${rule} ${who}`)
      }
    }).pipe(Effect.provide(office)))

  it.live("holds for what comes in, for operators and for outcomes", () =>
    Effect.gen(function*() {
      const operator: Subject = { id: "eve", groups: ["operators"] }
      const all = ["anonymous", "ada", "bob", "forged", operator] as const
      const inbound = yield* Effect.forEach(all, (who) =>
        Effect.flatMap(headersOf(who), (headers) => send("/office/inbound/FromManagers", { text: "t" }, headers)))
      assert.deepStrictEqual(
        inbound.map(({ status }) =>
          status
        ),
        [401, 403, 202, 401, 403]
      )
      const ops = yield* Effect.forEach(all, (who) => read(who, "/ops/views"))
      assert.deepStrictEqual(ops.map(({ status }) => status), [401, 403, 403, 401, 200])
      const posted = yield* send("/office/commands/Post", { note: "p", who: "ada" }, yield* headersOf("ada"))
      assert.strictEqual(posted.status, 202)
      const outcome = posted.headers.get("location")!
      const outcomes = yield* Effect.forEach(all, (who) => read(who, `${outcome}?wait=5000`))
      assert.deepStrictEqual(outcomes.map(({ status }) => status), [404, 200, 404, 401, 404])
    }).pipe(Effect.provide(office)))

  it.live("doesn't let a caller see what another one's key was used for", () =>
    Effect.gen(function*() {
      const body = { note: "k", who: "ada" }
      const key = { "idempotency-key": "1" }
      const by = Effect.fnUntraced(function*(who: Who) {
        const { body: answer } = yield* send("/office/commands/NoteAnyone", body, {
          ...(yield* headersOf(who)),
          ...key
        })
        return answer.messageId as string
      })
      const [ada, bob, anonymous] = yield* Effect.forEach(["ada", "bob", "anonymous"] as const, by)
      assert.strictEqual(new Set([ada, bob, anonymous]).size, 3)
      assert.strictEqual(yield* by("ada"), ada)
    }).pipe(Effect.provide(office)))
})

/** The status of each operation of the document, as far as its caller is told what it may do. */
const statuses = Effect.fnUntraced(function*(who: Who | Subject) {
  const { url } = yield* HttpServer.HttpServer
  const headers = yield* headersOf(who)
  const { body: document } = yield* ask("/openapi.json", { headers })
  const found: Array<{ readonly id: string; readonly allowed: unknown; readonly status: number }> = []
  for (const [path, methods] of Object.entries<any>(document.paths)) {
    for (const [method, operation] of Object.entries<any>(methods)) {
      const body = operation.requestBody?.content["application/json"].example
      const status = yield* Effect.promise(async () => {
        const gone = new AbortController()
        const response = await fetch(url + path.replace(/\{\w+\}/g, "x"), {
          method: method.toUpperCase(),
          signal: gone.signal,
          headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) })
        })
        gone.abort()
        return response.status
      })
      found.push({ id: operation.operationId, allowed: operation["x-allowed"], status })
    }
  }
  return found
})

describe("every operation of the document", () => {
  it.live("answers 401 or 403 to those that it says may not use it, and to no others", () =>
    Effect.gen(function*() {
      const operator: Subject = { id: "eve", groups: ["operators"] }
      for (const who of ["anonymous", "ada", "bob", operator] as const) {
        const found = yield* statuses(who)
        assert.isAbove(found.filter(({ id }) => id.startsWith("ops.")).length, 10)
        for (const { allowed, id, status } of found) {
          const told = `${id} of ${JSON.stringify(who)}: ${status}`
          if (allowed === false) assert.strictEqual(status, who === "anonymous" ? 401 : 403, told)
          else if (allowed === true) assert.notInclude([401, 403], status, told)
          else if (allowed === "own") assert.notStrictEqual(status, 401, told)
          else assert.deepStrictEqual([allowed, status], ["signed", 401], told)
        }
      }
    }).pipe(Effect.provide(office)))
})

describe("an owner", () => {
  it.live("sends own commands only, also as somebody else of a group", () =>
    Effect.gen(function*() {
      const by = (subject: Subject, who: string) =>
        Effect.map(note(subject, "Own", { note: "o", who }), ({ status }) => status)
      assert.strictEqual(yield* by({ id: "ada", groups: ["bob", "managers"] }, "bob"), 403)
      assert.strictEqual(yield* by({ id: "ada" }, "Ada"), 403)
      assert.strictEqual(yield* by({ id: "ada" }, "ada"), 200)
    }).pipe(Effect.provide(office)))

  it.live("watches own rows only, and isn't told of others that are dropped or given away", () =>
    Effect.gen(function*() {
      const token = yield* twoNotes
      const shown: Array<string> = []
      const bob = yield* Effect.forkChild(watched("bob", `/office/watch/NotesOwn?after=${token}`, "last", shown))
      while (shown.length === 0) yield* Effect.sleep(5)
      const seen = Effect.fnUntraced(function*(id: string, row: boolean) {
        while ((yield* read("ada", `/office/views/NotesAnyone/${id}`)).status !== (row ? 200 : 404)) {
          yield* Effect.sleep(5)
        }
      })
      yield* send("/office/commands/Drop", { note: "a" })
      yield* note("ada", "Anyone", { note: "c", who: "ada" })
      yield* seen("a", false)
      yield* note("bob", "Anyone", { note: "b", who: "ada" })
      yield* note("bob", "Anyone", { note: "last", who: "bob" })
      assert.deepStrictEqual(yield* Fiber.join(bob), ["b", "-b", "last"])
    }).pipe(Effect.provide(office)))
})
