/**
 * A DynamoDB for tests: an emulator in a process of its own, on a free port of 127.0.0.1 and with its data in memory.
 * Start one for each test file and give every test a table of its own, see {@link tableName}.
 *
 * ```ts
 * const client = Layer.unwrap(Effect.map(DynamoEmulator.DynamoEmulator, ({ client }) => Dynamo.layer(client)))
 *
 * layer(client.pipe(Layer.provideMerge(DynamoEmulator.layer)))("a store on DynamoDB", (it) => { ... })
 * ```
 *
 * The emulator is the optional dependency `@dynoxide/linux-x64`. Where it doesn't run, or to try something else, the
 * environment variable `REVENTLESS_DYNAMODB_ENDPOINT` names an endpoint; when it is set it is used. With neither, the
 * tests fail: they are never left out silently.
 *
 * The emulator does one request after the other and reads the newest state, so DynamoDB's conflicts, throttling and half
 * visible transactions don't happen by themselves: `DynamoFaults` makes them happen.
 */
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schedule from "effect/Schedule"
import * as Schema from "effect/Schema"
import { randomBytes } from "node:crypto"
import * as http from "node:http"
import * as https from "node:https"
import { createRequire } from "node:module"
import * as path from "node:path"
import { type NotRunning, serve } from "./internal/dynamo/childProcess.ts"

/** What a client of the AWS SDK needs to be told: give it to `new DynamoDBClient` or to `Dynamo.layer`. */
export interface ClientConfig {
  readonly endpoint: string
  /** Absent for AWS itself: there, region and credentials come from where the SDK finds them. */
  readonly region?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
}

/** A DynamoDB that answers. */
export interface DynamoEmulatorShape {
  /** Its URL, such as `http://127.0.0.1:40123`. */
  readonly endpoint: string
  readonly client: ClientConfig
  /** The emulator's process; absent for an endpoint that was named. */
  readonly pid?: number
}

/** There is no DynamoDB to test against. */
export class DynamoEmulatorError extends Schema.TaggedError<DynamoEmulatorError>()("DynamoEmulatorError", {
  detail: Schema.String
}) {
  override get message(): string {
    return `THESE TESTS CANNOT RUN, THERE IS NO DYNAMODB: ${this.detail}`
  }
}

/** The DynamoDB of a test file. */
export class DynamoEmulator
  extends Context.Service<DynamoEmulator, DynamoEmulatorShape>()("@reventless/testing/DynamoEmulator")
{}

const variable = "REVENTLESS_DYNAMODB_ENDPOINT"
const emulator = "@dynoxide/linux-x64"

const instead = `install the emulator (pnpm add -D ${emulator}, on Linux x64 only), or set ${variable} to the URL of ` +
  "a DynamoDB, such as http://127.0.0.1:8000 of a DynamoDB Local that you started"

/** The binary, as this package sees it, or the one in whose folder the tests run. */
const binary = Effect.fromOption(Option.firstSomeOf(
  [import.meta.url, path.join(process.cwd(), "package.json")].map((from) =>
    Option.liftThrowable(() => createRequire(from).resolve(`${emulator}/package.json`))()
  )
)).pipe(
  Effect.map((file) => path.join(path.dirname(file), "dynoxide")),
  Effect.mapError(() => new DynamoEmulatorError({ detail: `${emulator} is not installed; ${instead}` }))
)

/** AWS knows its callers; everything else takes anybody. */
const isAws = (endpoint: string): boolean => URL.parse(endpoint)?.hostname.endsWith(".amazonaws.com") ?? false

const shape = (endpoint: string): DynamoEmulatorShape => ({
  endpoint,
  client: isAws(endpoint)
    ? { endpoint }
    : { endpoint, region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } }
})

/** Whatever the answer is, there is somebody who gives it. */
const answers = (endpoint: string) =>
  Effect.callback<void, DynamoEmulatorError>((resume) => {
    const fail = (said: string) =>
      resume(Effect.fail(
        new DynamoEmulatorError({
          detail: `${variable} is ${
            JSON.stringify(endpoint)
          }, and nobody answers there (${said}); unset it, or ${instead}`
        })
      ))
    const url = URL.parse(endpoint)
    if (url === null || !/^https?:$/.test(url.protocol)) return fail("it is no http or https URL")
    const request = (url.protocol === "https:" ? https : http).get(url, { timeout: 5000 }, (response) => {
      response.resume()
      resume(Effect.void)
    })
    request.on("timeout", () => request.destroy(new Error("no answer within 5 s")))
    request.on("error", (error) => fail(error.message))
    return Effect.sync(() => request.destroy())
  })

const started = Effect.flatMap(binary, (binary) =>
  serve(binary).pipe(
    // The port may have been taken between the look and the start.
    Effect.retry(Schedule.recurs(4)),
    Effect.map(({ pid, port }): DynamoEmulatorShape => ({ ...shape(`http://127.0.0.1:${port}`), pid })),
    Effect.mapError(({ said }: NotRunning) =>
      new DynamoEmulatorError({ detail: `${binary} doesn't start (${said}); ${instead}` })
    )
  ))

/** Starts an emulator and waits until it answers; it ends with the scope, and when this process ends in any other way. */
export const make = Effect.gen(function*() {
  const named = yield* Effect.orDie(Config.option(Config.NonEmptyString(variable)))
  if (Option.isNone(named)) return yield* started
  yield* answers(named.value)
  return shape(named.value)
})

/** One emulator for all that is built on the layer. */
export const layer: Layer.Layer<DynamoEmulator, DynamoEmulatorError> = Layer.effect(DynamoEmulator, make)

/** A name that no other table has, whatever the seed of the test. */
export const tableName: Effect.Effect<string> = Effect.sync(() => `reventless-test-${randomBytes(8).toString("hex")}`)
