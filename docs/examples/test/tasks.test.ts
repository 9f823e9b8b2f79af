import { assert, describe, it } from "@effect/vitest"
import * as Access from "@reventless/core/Access"
import { publishCommand } from "@reventless/core/Action"
import { ObjectNotFound, ObjectStore } from "@reventless/core/ObjectStore"
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { TestClock } from "effect/testing"
import { RequestSeat } from "../later/registration.ts"
import { ImportAttendeesLive } from "../tasks/importing.ts"
import { Registration } from "../tasks/nightly.ts"

const workshopId = RequestSeat.fields.workshopId.make("clay")

const Test = TestPlatform.layer({ plugins: [Registration], defaultAccess: Access.anyone }).pipe(
  Layer.provideMerge(ObjectStoreMemory.layer)
)

describe("tasks", () => {
  // #region spec
  const given = Spec.task(ImportAttendeesLive, { "attendees/may.csv": "clay,ada\nclay,bob\n" })

  it.effect("a file with attendees requests their seats", () =>
    given.when({ key: "attendees/may.csv" }).thenSends([
      publishCommand(RequestSeat, { workshopId, attendee: "ada" }),
      publishCommand(RequestSeat, { workshopId, attendee: "bob" })
    ]))

  it.effect("a file that went before it was read fails the run", () =>
    given.when({ key: "attendees/june.csv" }).thenFails(ObjectNotFound))
  // #endregion spec

  it.effect("on a platform a file is noticed, and its commands are decided", () =>
    Effect.gen(function*() {
      // #region settled
      const objects = yield* ObjectStore
      yield* objects.put("attendees/may.csv", "clay,ada\nclay,bob\n")
      yield* TestPlatform.settled
      assert.lengthOf(yield* TestPlatform.events(Registration), 2)
      // #endregion settled
    }).pipe(Effect.provide(Test)))

  it.effect("on a platform a scheduled task runs by the clock", () =>
    Effect.gen(function*() {
      const objects = yield* ObjectStore
      yield* objects.put("close/clay", "")
      yield* TestClock.adjust("1 minute")
      yield* TestPlatform.settled
      const tags = (yield* TestPlatform.events(Registration)).map(({ _tag }) => _tag)
      assert.deepStrictEqual(tags, ["RegistrationClosed"])
    }).pipe(
      Effect.provide(Test),
      // Three o'clock in Berlin; before the platform starts, since its workers look at the clock every five seconds.
      (test) => Effect.andThen(TestClock.setTime(Date.parse("2027-03-01T01:59:30Z")), test)
    ))
})
