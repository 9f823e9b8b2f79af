import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { CommandBus } from "@reventless/core/CommandBus"
import { Scheduler } from "@reventless/core/Scheduler"
import * as HttpServer from "@reventless/http/HttpServer"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { Registration, RequestSeat } from "../later/registration.ts"
import { schedules } from "../later/schedules.ts"

const Test = TestPlatform.layer({ plugins: [Registration], defaultAccess: Access.anyone })
const workshopId = RequestSeat.fields.workshopId.make("clay")

describe("work that is done later", () => {
  it.live("a command is taken, and its outcome is awaited", () =>
    Effect.gen(function*() {
      // #region outcome
      const bus = yield* CommandBus
      const { messageId } = yield* bus.send(RequestSeat, { workshopId, attendee: "ada" })
      const outcome = yield* bus.outcome(messageId, { wait: "5 seconds" })
      switch (outcome._tag) {
        case "CommandAccepted":
          assert.strictEqual(outcome.eventCount, 1)
          break
        case "CommandRejected":
          return assert.fail(outcome.errorCode)
        case "CommandPending":
          return assert.fail(outcome.reason ?? "it waits still")
      }
      // #endregion outcome
    }).pipe(Effect.provide(Test)))

  it.effect("a test waits until everything is decided", () =>
    Effect.gen(function*() {
      // #region settled
      const bus = yield* CommandBus
      const attendees = ["ada", "bob", "cyd", "dan"]
      const sent = yield* Effect.forEach(attendees, (attendee) => bus.send(RequestSeat, { workshopId, attendee }))
      yield* TestPlatform.settled
      const last = yield* bus.outcome(sent[3]!.messageId)
      assert.strictEqual(last._tag === "CommandRejected" && last.errorCode, "NoSeatLeft")
      // #endregion settled
    }).pipe(Effect.provide(Test)))

  it.effect("schedules fire by the clock, and are listed", () =>
    Effect.gen(function*() {
      yield* schedules(workshopId)
      yield* TestClock.adjust("100 minutes")
      yield* TestPlatform.settled
      // #region list
      const scheduler = yield* Scheduler
      const [askAgain, atNine] = yield* scheduler.list
      assert.deepInclude(askAgain, { name: "ask again", fired: 1, next: Date.parse("2027-03-01T18:30:00Z") })
      assert.deepInclude(atNine, { name: "at nine", fired: 0, next: Date.parse("2027-03-02T08:00:00Z") })
      // #endregion list
      const tags = (yield* TestPlatform.events(Registration)).map(({ _tag }) => _tag)
      assert.deepStrictEqual(tags, ["SeatAssigned", "RegistrationClosed"])
    }).pipe(
      Effect.provide(Test),
      // Before the platform starts: its workers look at the clock every five seconds, and would for 57 years.
      (test) => Effect.andThen(TestClock.setTime(Date.parse("2027-03-01T16:30:00Z")), test)
    ))

  it.live("over HTTP a command is answered with 202 and where its outcome is told", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const ask = (path: string, init?: RequestInit) => Effect.promise(() => fetch(`${url}${path}`, init))
      const answer = yield* ask("/registration/commands/RequestSeat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ workshopId, attendee: "ada" })
      })
      assert.strictEqual(answer.status, 202)
      const location = answer.headers.get("location")!
      assert.match(location, /^\/registration\/outcomes\/[0-9a-f-]+$/)
      const outcome = yield* ask(`${location}?wait=5000`)
      const body: unknown = yield* Effect.promise(() => outcome.json())
      assert.deepInclude(body, { _tag: "CommandAccepted", eventCount: 1 })
    }).pipe(Effect.provide(HttpServer.layer({ port: 0 }).pipe(Layer.provide(Test)))))
})
