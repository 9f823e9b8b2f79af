import { assert, layer } from "@effect/vitest"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Effect from "effect/Effect"
import { spawn } from "node:child_process"
import * as path from "node:path"

const program = path.resolve(import.meta.dirname, "../bin/probe-aws.ts")

/** Whatever the machine has of credentials isn't for tests. */
const env = { PATH: process.env["PATH"], AWS_EC2_METADATA_DISABLED: "true", HOME: "/nowhere" }

/** Runs the probe to its end; `stopAt` sends it SIGINT when its output has come to a text. */
const probe = (args: ReadonlyArray<string>, stopAt?: string) =>
  Effect.promise(() =>
    new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
      const child = spawn(process.execPath, [program, ...args], { env, stdio: ["ignore", "pipe", "pipe"] })
      let output = ""
      const hear = (data: Buffer) => {
        const before = output.includes(stopAt ?? "")
        output += String(data)
        if (!before && output.includes(stopAt!)) child.kill("SIGINT")
      }
      child.stdout.on("data", hear)
      child.stderr.on("data", hear)
      child.on("close", (code) => resolve({ code, output }))
    })
  )

const lines = (output: string): ReadonlyArray<Record<string, unknown>> =>
  output.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line))

/** An emulator, and whether it has a table. */
const setup = Effect.gen(function*() {
  const { client, endpoint } = yield* DynamoEmulator.DynamoEmulator
  const table = yield* DynamoEmulator.tableName
  const dynamo = Dynamo.fromRaw(yield* Dynamo.makeRaw(client))
  const isThere = Effect.map(
    Effect.result(dynamo.send("DescribeTable", { TableName: table })),
    ({ _tag }) => _tag === "Success"
  )
  return { dynamo, endpoint, table, isThere, on: ["--endpoint", endpoint, "--table", table] }
})

layer(DynamoEmulator.layer)("the probe of AWS, on an emulator,", (it) => {
  it.effect("finds nothing missing, charges as documented, and removes its table", () =>
    Effect.gen(function*() {
      const { isThere, on, table } = yield* setup
      const { code, output } = yield* probe([...on, "--rounds", "5"])
      assert.strictEqual(code, 0, output)
      const found = lines(output)
      const of = (name: string) => found.filter(({ probe }) => probe === name)
      assert.strictEqual(of("setting")[0]?.["rounds"], 5)

      const [query, get, before] = of("visibility")
      assert.deepInclude(query, { looks: 5, none: 0, first: 0, second: 0, both: 5, disturbed: 0 })
      assert.deepInclude(get, { looks: 5, none: 0, second: 5 })
      assert.isAbove(before?.["looks"] as number, 0)

      assert.deepInclude(of("conflicts")[0], { pairs: 5, "both applied": 5, "one refused by a conflict": 0 })
      assert.deepInclude(of("conflicts")[2], { pairs: 5, "both applied": 0, "refused by the condition": 5 })
      assert.deepInclude(of("hold")[0], { transactions: 5, "met by a refusal": 0 })
      assert.deepInclude(of("records")[0], {
        transactions: 5,
        records: 15,
        missing: 0,
        repeated: 0,
        "out of order": 0,
        "own item unseen": 0
      })

      const units = Object.fromEntries(of("units").map((finding) => [finding["case"], finding["units each"]]))
      assert.strictEqual(units["PutItem"], 1)
      assert.strictEqual(units["transaction of two Puts"], 4)
      assert.strictEqual(units["transaction of a Put and a ConditionCheck"], 4)
      assert.strictEqual(units["TransactGetItems of two free slots"], 4)

      assert.include(output, "| case ")
      assert.include(output, `The table '${table}' is removed.`)
      assert.isFalse(yield* isThere)
    }))

  it.effect("removes its table when it is interrupted", () =>
    Effect.gen(function*() {
      const { isThere, on } = yield* setup
      const { code, output } = yield* probe([...on, "--rounds", "100000"], "records: ")
      assert.strictEqual(code, 130, output)
      assert.include(output, "is removed.")
      assert.isFalse(yield* isThere)
    }))

  it.effect("leaves a table that is there as it is", () =>
    Effect.gen(function*() {
      const { dynamo, isThere, on, table } = yield* setup
      yield* Effect.provideService(DynamoTable.create({ table }), Dynamo.Dynamo, dynamo)
      const { code, output } = yield* probe([...on, "--rounds", "5"])
      assert.strictEqual(code, 1)
      assert.include(output, "choose another name")
      assert.isTrue(yield* isThere)
    }))

  it.effect(
    "does nothing on AWS before it was told to, says what it costs, and what is missing",
    () =>
      Effect.gen(function*() {
        const told = yield* probe(["--region", "eu-central-1", "--rounds", "1000"])
        assert.strictEqual(told.code, 0)
        assert.include(told.output, "write units")
        assert.include(told.output, "USD")
        assert.include(told.output, "dynamodb:ConditionCheckItem")
        assert.include(told.output, "Nothing was done. Add --yes to begin.")

        const nameless = yield* probe(["--yes"])
        assert.strictEqual(nameless.code, 1)
        assert.include(nameless.output, "--region")

        const stranger = yield* probe(["--region", "eu-central-1", "--yes"])
        assert.strictEqual(stranger.code, 1)
        assert.include(stranger.output, "No credentials were found. Set AWS_PROFILE")
      })
  )

  it.effect("says at once that nobody answers", () =>
    Effect.gen(function*() {
      const { code, output } = yield* probe(["--endpoint", "http://127.0.0.1:1", "--rounds", "5"])
      assert.strictEqual(code, 1)
      assert.include(output, "can't be reached")
    }))
})
