/**
 * `pnpm probe:aws --region R [--table T] [--rounds N] --yes`: asks the DynamoDB of an AWS account what the event store
 * relies on, or would like to know, and no emulator can tell. It creates a table of its own, says before what that costs
 * at most, and removes the table at the end, also when it is interrupted. `--endpoint URL` asks an emulator.
 */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliError from "effect/cli/CliError"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Schema from "effect/Schema"
import * as Dynamo from "../src/Dynamo.ts"
import * as DynamoStream from "../src/DynamoStream.ts"
import * as DynamoTable from "../src/DynamoTable.ts"
import * as StreamClient from "../src/internal/streamClient.ts"
import { conflicts } from "./probe/conflicts.ts"
import { hold } from "./probe/hold.ts"
import { type Cost, type Probe, tableOf } from "./probe/probe.ts"
import { records } from "./probe/records.ts"
import { units } from "./probe/units.ts"
import { visibility } from "./probe/visibility.ts"

/** The stream is read from its beginning, so the probe that reads it comes first. */
const probes: ReadonlyArray<Probe> = [records, conflicts, hold, units, visibility]

const actions = [
  "CreateTable",
  "DescribeTable",
  "DeleteTable",
  "PutItem",
  "GetItem",
  "Query",
  "ConditionCheckItem",
  "DescribeStream",
  "GetShardIterator",
  "GetRecords"
].map((action) => `dynamodb:${action}`)

/** What units are taken to cost, in US dollars. */
const dollars = { writeUnits: 1.5e-6, readUnits: 0.3e-6, streamReads: 0.5e-6 }

const most = (rounds: number): Cost =>
  probes.map((probe) => probe.most(rounds)).reduce((sum, cost) => ({
    writeUnits: sum.writeUnits + cost.writeUnits,
    readUnits: sum.readUnits + cost.readUnits,
    streamReads: sum.streamReads + cost.streamReads
  }))

const plan = (where: string, table: string, rounds: number): string => {
  const { readUnits, streamReads, writeUnits } = most(rounds)
  const total = writeUnits * dollars.writeUnits + readUnits * dollars.readUnits + streamReads * dollars.streamReads
  const count = (value: number) => value.toLocaleString("en-US")
  return [
    `Creates the table '${table}' (${where}), and removes it at the end.`,
    `It uses at most about ${count(writeUnits)} write units, ${count(readUnits)} read units and ${
      count(streamReads)
    } reads of the stream:`,
    `${total.toFixed(2)} USD, if a million of them is 1.50, 0.30 and 0.50 USD. Compare with the prices of your region.`,
    `It needs ${actions.join(", ")}`,
    `on table/${table} and table/${table}/stream/*.`
  ].join("\n")
}

const user = (userMessage: string, cause: unknown = undefined) => new CliError.UserError({ cause, userMessage })

/** What to do about what the SDK throws. */
const advice = (error: { readonly message: string; readonly cause?: unknown }): string => {
  const name = (error.cause as { readonly name?: string } | undefined)?.name ?? ""
  const said = `${name} ${error.message}`
  if (/CredentialsProviderError|could not load credentials/i.test(said)) {
    return "No credentials were found. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, as for the AWS CLI."
  }
  if (/ExpiredToken|UnrecognizedClient|InvalidSignature|InvalidClientTokenId|security token/i.test(said)) {
    return `AWS doesn't accept the credentials: ${error.message}. Sign in again, or correct them.`
  }
  if (/AccessDenied|not authorized/i.test(said)) {
    return `A permission is missing: ${error.message}. The probe needs ${actions.join(", ")}.`
  }
  if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN/.test(said)) {
    return `DynamoDB can't be reached: ${error.message}. Check --region or --endpoint, and the network.`
  }
  return error.message
}

/** Refuses a name that is taken: nobody's table is written to, or removed. One request, so that what is wrong is said at once. */
const unlessTaken = Effect.fnUntraced(function*(table: string) {
  const { send } = yield* Dynamo.Dynamo
  const found = yield* Effect.result(send("DescribeTable", { TableName: table }))
  if (found._tag === "Success") {
    return yield* user(`There is a table '${table}' already. It was left as it is; choose another name.`)
  }
  if (found.failure.reason._tag !== "NoTable") return yield* found.failure
})

/** A table of its own, for as long as the scope is open. */
const ownTable = (table: string) =>
  Effect.acquireRelease(
    DynamoTable.create({ table }),
    () =>
      DynamoTable.remove({ table }).pipe(
        Effect.andThen(Console.log(`\nThe table '${table}' is removed.`)),
        Effect.catch(({ message }) =>
          Console.error(
            `\nTHE TABLE '${table}' IS STILL THERE: ${message}\naws dynamodb delete-table --table-name ${table}`
          )
        )
      )
  )

const streamArn = (table: string) =>
  Effect.flatMap(
    Dynamo.Dynamo,
    ({ send }) => Effect.map(send("DescribeTable", { TableName: table }), ({ Table }) => Table?.LatestStreamArn ?? "")
  )

interface Options {
  readonly region: Option.Option<string>
  readonly endpoint: Option.Option<string>
  readonly table: Option.Option<string>
  readonly rounds: number
  readonly yes: boolean
}

const probe = Effect.fnUntraced(function*(options: Options) {
  const { rounds, yes } = options
  const endpoint = Option.getOrUndefined(options.endpoint)
  const region = Option.getOrUndefined(options.region)
  const isAws = endpoint === undefined || (URL.parse(endpoint)?.hostname.endsWith(".amazonaws.com") ?? false)
  if (isAws && region === undefined) {
    return yield* user("Name the region with --region, or an emulator with --endpoint.")
  }
  const id = crypto.randomUUID().slice(0, 8)
  const table = Option.getOrElse(options.table, () => `reventless-probe-${id}`)
  const config = {
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(isAws
      ? { region: region! }
      : { region: region ?? "us-east-1", credentials: { accessKeyId: "probe", secretAccessKey: "probe" } })
  }

  yield* Console.log(plan(endpoint ?? `AWS, ${region}`, table, rounds))
  if (isAws && !yes) return yield* Console.log("\nNothing was done. Add --yes to begin.")

  const dynamo = Dynamo.fromRaw(yield* Dynamo.makeRaw(config))
  const raw = yield* DynamoStream.makeRaw(config)
  yield* Effect.gen(function*() {
    yield* unlessTaken(table)
    yield* ownTable(table)
    const stream = StreamClient.make(raw, table, yield* streamArn(table))
    const setting = {
      probe: "setting",
      time: new Date().toISOString(),
      region,
      endpoint,
      rounds,
      node: process.version
    }
    const lines: Array<object> = [setting]
    for (const { name, question, run } of probes) {
      yield* Console.log(`\n${name}: ${question}`)
      const findings = yield* run({ dynamo, stream, table, id, rounds, isAws })
      yield* Console.log(`\n${tableOf(findings)}`)
      lines.push(...findings.map((finding) => ({ probe: name, ...finding })))
    }
    yield* Console.log(`\n${lines.map((line) => JSON.stringify(line)).join("\n")}`)
  }).pipe(
    Effect.provideService(Dynamo.Dynamo, dynamo),
    Effect.mapError((error) => CliError.isCliError(error) ? error : user(advice(error), error))
  )
}, Effect.scoped)

const command = Command.make(
  "probe-aws",
  {
    region: Flag.String("region").pipe(Flag.withDescription("The region of AWS"), Flag.optional),
    endpoint: Flag.String("endpoint").pipe(
      Flag.withDescription("The URL of an emulator, which is asked in place of AWS"),
      Flag.optional
    ),
    table: Flag.String("table").pipe(
      Flag.withDescription("The name of the table; it must not exist. Without it, one that nobody has"),
      Flag.optional
    ),
    rounds: Flag.Int("rounds").pipe(
      Flag.withDescription("How many transactions are looked at after their acknowledgement; others need fewer"),
      Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 10_000_000 }))),
      Flag.withDefault(100_000)
    ),
    yes: Flag.Boolean("yes").pipe(
      Flag.withDescription("Begins on AWS, where it costs money; without it the cost is said, and nothing done"),
      Flag.withDefault(false)
    )
  },
  probe
).pipe(Command.withDescription("Asks the DynamoDB of an AWS account what no emulator can tell"))

/** A signal interrupts the program: the table is removed, and that is how it is meant to end. */
const isStopped = (exit: Exit.Exit<unknown, unknown>) => Exit.isFailure(exit) && Cause.hasInterruptsOnly(exit.cause)

command.pipe(
  Command.run({ version: "0.0.0" }),
  Effect.provide(NodeServices.layer),
  NodeRuntime.runMain({
    teardown: (exit, onExit) => isStopped(exit) ? onExit(130) : Runtime.defaultTeardown(exit, onExit)
  })
)
