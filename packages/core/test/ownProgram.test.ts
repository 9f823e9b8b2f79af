import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import { reasonOf } from "../src/internal/ownProgram.ts"

describe("why a program failed", () => {
  it("is told by the error's message, or by its tag and fields", () => {
    assert.strictEqual(reasonOf(Cause.fail({ _tag: "Away", message: "the post is away" })), "the post is away")
    assert.strictEqual(reasonOf(Cause.fail({ _tag: "Away", message: "", status: 503 })), "Away {\"status\":503}")
    assert.strictEqual(reasonOf(Cause.fail("no")), "no")
  })

  it("is told of an error that refers to itself, or has what JSON hasn't", () => {
    const request: { url: string; self?: unknown } = { url: "/mails" }
    request.self = request
    assert.include(reasonOf(Cause.fail({ _tag: "Away", request })), "Away {\"request\":{\"url\":\"/mails\"")
    assert.include(reasonOf(Cause.fail({ _tag: "Away", size: 12n })), "Away {\"size\":12")
    assert.include(reasonOf(Cause.fail({ request })), "/mails")
  })
})
