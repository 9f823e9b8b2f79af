import { assert, describe, it } from "@effect/vitest"
import * as HttpServer from "@reventless/http/HttpServer"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import * as path from "node:path"
import { kitchen } from "./kitchen.ts"
import { run, runProcess } from "./run.ts"

describe("what was typed wrong", () => {
  it.effect("is said in the words of the flag", () =>
    Effect.gen(function*() {
      const cases: ReadonlyArray<readonly [args: ReadonlyArray<string>, said: string]> = [
        [
          ["views", "--url", "shop"],
          `Invalid value for flag --url: "shop": must be a URL such as https://shop.example`
        ],
        [["views", "--header", "a"], `Invalid value for flag --header: "a": write it as name=value`],
        [["work", "--limit", "0"], `Invalid value for flag --limit: "0": expected a value between 1 and 1000`],
        [["skip", "A.B", "c", "--why", ""], "Missing value for flag --why: say why, for whoever reads the record"],
        [
          ["token", "--sub", "ada", "--expires-in", "never"],
          "Invalid value for flag --expires-in: \"never\": 'never' is no " +
          "duration; write '10 minutes', '8 hours' or '30 days'"
        ],
        [
          ["events", "Kitchen", "--tag", "kettle"],
          `Invalid value for flag --tag: "kettle": write it as key:value, such as product:kettle`
        ],
        [
          ["events", "Kitchen", "--since", "yesterday"],
          `Invalid value for flag --since: "yesterday": write 2026-01-31, 2026-01-31T12:00:00Z, or 2h for two hours ago (s, m, h, d)`
        ]
      ]
      const said = yield* Effect.forEach(cases, ([args]) => run(args))
      assert.deepStrictEqual(
        said.map(({ code, error, out }) => [code, out, error.trim().split("\n").at(-1)]),
        cases.map(([, text]) => [1, "", text])
      )
    }))

  it.effect("is said of files and folders that aren't there", () =>
    Effect.gen(function*() {
      const said = (...args: ReadonlyArray<string>) =>
        Effect.map(run(args), ({ code, error }) => [code, error.trim().split("\n").at(-1)?.trim()])
      assert.deepStrictEqual(yield* said("model", "nowhere.ts"), [1, "There is no file 'nowhere.ts'."])
      assert.deepStrictEqual(yield* said("contracts", "check", "nowhere"), [1, "There is no folder 'nowhere'."])
    }))

  it.live("is said of what the application hasn't got, and of who may not ask", () =>
    Effect.gen(function*() {
      const { url } = yield* HttpServer.HttpServer
      const said = (token: string | undefined, ...args: ReadonlyArray<string>) =>
        Effect.map(
          run([...args, "--url", url, ...(token === undefined ? [] : ["--token", token])]),
          ({ code, error }) => [code, error.trim().split("\n").at(-1)?.trim()]
        )
      assert.deepStrictEqual(yield* said("ada", "events", "Cooking"), [
        1,
        "There is no such plugin; there are Kitchen, Platform."
      ])
      assert.deepStrictEqual(yield* said("ada", "work", "replay", "Platform", "nights", "x"), [
        1,
        "Platform has no such queue; there are heartbeats, schedules."
      ])
      assert.deepStrictEqual(yield* said(undefined, "views"), [
        1,
        "This is for the application's operators, and nobody is named. Give a token: --token, or REVENTLESS_TOKEN; " +
        "'reventless token' gets one for development."
      ])
      assert.deepStrictEqual(yield* said("bob", "views"), [
        1,
        "This is for the application's operators, and the token is of somebody else. The application says who they are: the " +
        "option 'operators' of Platform.layer."
      ])
    }).pipe(Effect.provide(kitchen())))
})

describe("the command", () => {
  it.live("is there in a clone, as npx finds it", () =>
    Effect.gen(function*() {
      const found = path.join(import.meta.dirname, "../../../node_modules/.bin/reventless")
      const here = yield* runProcess(["--version"])
      assert.strictEqual(execFileSync(found, ["--version"], { encoding: "utf8" }), here.out)
    }))
})
