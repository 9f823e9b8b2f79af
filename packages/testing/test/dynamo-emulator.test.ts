import { assert, describe, it } from "@effect/vitest"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import { once } from "node:events"
import * as path from "node:path"
import { setTimeout } from "node:timers/promises"

const lives = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const names = (endpoint: string) =>
  Effect.provideService(
    Effect.scoped(DynamoEmulator.make),
    ConfigProvider.ConfigProvider,
    ConfigProvider.fromUnknown({ REVENTLESS_DYNAMODB_ENDPOINT: endpoint })
  )

describe("the emulator of DynamoDB", () => {
  it.effect("answers once it is there, under the test clock too, and several run side by side", () =>
    Effect.gen(function*() {
      const emulators = yield* Effect.all([DynamoEmulator.make, DynamoEmulator.make], { concurrency: 2 })
      for (const { client, endpoint } of emulators) {
        const answer = yield* Effect.promise(() => fetch(endpoint))
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(client.endpoint, endpoint)
      }
      assert.notStrictEqual(emulators[0].endpoint, emulators[1].endpoint)
    }))

  it.effect("has ended when its scope has", () =>
    Effect.gen(function*() {
      const { endpoint, pid } = yield* Effect.scoped(DynamoEmulator.make)
      assert.isFalse(lives(pid!))
      assert.instanceOf(yield* Effect.flip(names(endpoint)), DynamoEmulator.DynamoEmulatorError)
    }))

  it("ends with the process that started it, even when that is killed", async () => {
    const child = spawn(process.execPath, [path.join(import.meta.dirname, "fixtures/emulator.ts")], {
      stdio: ["ignore", "pipe", "inherit"]
    })
    const [line] = await once(child.stdout.setEncoding("utf8"), "data")
    const { endpoint } = JSON.parse(line)
    const answers = () => fetch(endpoint).then(() => true, () => false)
    assert.isTrue(await answers())
    child.kill("SIGKILL")
    await once(child, "exit")
    // Nobody tells us when a process ends that isn't ours; the test's time limit is the limit.
    while (await answers()) await setTimeout(5)
  })

  it.effect("is not started when an endpoint is named", () =>
    Effect.gen(function*() {
      const { endpoint } = yield* DynamoEmulator.make
      const { client, pid } = yield* names(endpoint)
      assert.strictEqual(client.endpoint, endpoint)
      assert.isUndefined(pid)
    }))

  it.effect("is missed loudly: the error says what to set or install", () =>
    Effect.gen(function*() {
      const { message } = yield* Effect.flip(names("http://127.0.0.1:1"))
      assert.match(
        message,
        /THESE TESTS CANNOT RUN.*"http:\/\/127.0.0.1:1".*ECONNREFUSED.*@dynoxide\/linux-x64.*REVENTLESS/
      )
      assert.match((yield* Effect.flip(names("localhost:8000"))).message, /no http or https URL/)
    }))

  it.effect("gives every test a table of its own", () =>
    Effect.gen(function*() {
      assert.notStrictEqual(yield* DynamoEmulator.tableName, yield* DynamoEmulator.tableName)
    }))
})
