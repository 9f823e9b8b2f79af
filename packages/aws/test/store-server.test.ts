import { assert, describe, layer } from "@effect/vitest"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import * as path from "node:path"
import * as readline from "node:readline"

const program = path.resolve(import.meta.dirname, "../../testing/bin/store-server.ts")

/** `store-server --store dynamodb` as a process of its own; answers its URL. */
const serve = Effect.gen(function*() {
  const { endpoint } = yield* DynamoEmulator.DynamoEmulator
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(process.execPath, [program, "--store", "dynamodb", "--endpoint", endpoint, "--port", "0"], {
        stdio: ["ignore", "pipe", "inherit"]
      })
    ),
    (child) =>
      Effect.callback<void>((resume) => {
        child.on("exit", () => resume(Effect.void))
        child.kill("SIGTERM")
      })
  )
  return yield* Effect.callback<string>((resume) => {
    readline.createInterface(child.stdout).on("line", (line) => {
      if (line.startsWith("ready ")) resume(Effect.succeed(line.slice("ready ".length)))
    })
  })
})

const json = (value: unknown) => encodeURIComponent(JSON.stringify(value))

const answer = (request: Promise<Response>) =>
  Effect.promise(async () => {
    const response = await request
    return { status: response.status, body: await response.json() as any }
  })

describe("the store server on DynamoDB", () => {
  layer(DynamoEmulator.layer)((it) => {
    it.effect(
      "appends on the boundary that it handed out, and refuses what needs a commit order",
      () =>
        Effect.gen(function*() {
          const url = yield* serve
          const query = { items: [{ tags: ["seat:1"] }] }
          const append = (condition?: unknown) =>
            answer(fetch(`${url}/append`, {
              method: "POST",
              body: JSON.stringify({ events: [{ type: "Reserved", tags: ["seat:1"], data: "{}" }], condition })
            }))
          const { body: { boundary } } = yield* answer(fetch(`${url}/boundary?query=${json(query)}`))
          assert.strictEqual((yield* append({ boundary })).body.appendConditionFailed, false)
          assert.strictEqual((yield* append({ boundary })).body.appendConditionFailed, true)
          assert.strictEqual((yield* append({ failIfEventsMatch: query })).body.appendConditionFailed, true)

          const after = yield* append({ failIfEventsMatch: query, after: 1 })
          assert.strictEqual(after.status, 400)
          assert.strictEqual(after.body.errors[0].field, "condition.after")
          assert.include(after.body.detail, "GET /boundary")
          const from = yield* answer(fetch(`${url}/read?query=${json(query)}&options=${json({ from: 1 })}`))
          assert.strictEqual(from.status, 400)
          assert.strictEqual(from.body.errors[0].field, "options.from")

          const { body: events } = yield* answer(fetch(`${url}/read?query=${json(query)}`))
          assert.lengthOf(events, 1)
        }).pipe(Effect.scoped)
    )
  })
})
