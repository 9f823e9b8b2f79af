/** Writers on boundaries of their own whose state is known, beside a bare loop that puts the same items. */
import * as Client from "@aws-sdk/client-dynamodb"
import * as Boundary from "@reventless/core/Boundary"
import type { EventStoreShape } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Tag from "@reventless/core/Tag"
import * as Effect from "effect/Effect"
import { meta, subscribed, subscribedType } from "../contenders/event.ts"
import { newEvent } from "../contenders/ours.ts"
import type { Options } from "../lib/options.ts"
import { readable } from "../lib/progress.ts"
import * as Report from "../lib/report.ts"
import * as Rounds from "../lib/rounds.ts"
import { median, sum } from "../lib/statistics.ts"
import { type Connection, newTable, openStore } from "./connection.ts"

interface Turn {
  readonly name: string
  readonly run: (millis: number, lap: string) => Effect.Effect<number>
}

const ours = "reventless dynamodb"
const bare = "bare conditional PutItem"

const events = (course: string, count: number) => subscribed(course, `${course}-${count}`)

const ourTurn = (store: EventStoreShape, writers: number): Turn["run"] =>
  Effect.fnUntraced(
    function*(millis, lap) {
      const courses = Array.from({ length: writers }, (_, writer) => `${lap}-${writer}`)
      const known = yield* Effect.forEach(
        courses,
        (course) => store.readBoundary(Query.make({ types: [subscribedType], tags: [Tag.make("course", course)] }))
      )
      const start = performance.now()
      const write = Effect.fnUntraced(function*(course: string, writer: number) {
        let { boundary } = known[writer]!
        let count = 0
        while (performance.now() - start < millis) {
          const { token } = yield* store.append([newEvent(events(course, count))], { boundary })
          boundary = Boundary.after(boundary, token)
          count++
        }
        return count
      })
      const counts = yield* Effect.forEach(courses, write, { concurrency: "unbounded" })
      return sum(counts) / ((performance.now() - start) / 1000)
    },
    Effect.orDie
  )

/** The same attributes with texts of the same length. */
const itemOf = (course: string, version: number): Record<string, Client.AttributeValue> => {
  const { data, tags, type } = events(course, version)
  const partition = `t#${tags[0]}`
  return {
    pk: { S: partition },
    sk: { N: String(version) },
    w: { S: `1-1q2w3e4r5t-${version.toString(36)}` },
    p: { N: "891234567890123" },
    h: { N: String(version) },
    u: { N: String(version) },
    v: { S: JSON.stringify({ [partition]: version }) },
    home: { BOOL: true },
    t: { S: type },
    g: { S: JSON.stringify(tags) },
    d: { S: JSON.stringify(data) },
    m: { S: JSON.stringify(meta()) }
  }
}

const bareTurn = (client: Client.DynamoDBClient, table: string, writers: number): Turn["run"] => (millis, lap) =>
  Effect.promise(async () => {
    const start = performance.now()
    const write = async (course: string) => {
      let version = 0
      while (performance.now() - start < millis) {
        version++
        await client.send(
          new Client.PutItemCommand({
            TableName: table,
            Item: itemOf(course, version),
            ConditionExpression: "attribute_not_exists(pk)",
            ReturnValuesOnConditionCheckFailure: "ALL_OLD"
          })
        )
      }
      return version
    }
    const counts = await Promise.all(Array.from({ length: writers }, (_, writer) => write(`${lap}-bare-${writer}`)))
    return sum(counts) / ((performance.now() - start) / 1000)
  })

export const measure = Effect.fnUntraced(
  function*(connection: Connection, options: Options, report: Report.Report, writers: number) {
    const table = yield* newTable(connection)
    const store = yield* openStore(connection, table)
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => new Client.DynamoDBClient({ ...connection.config, maxAttempts: 1 })),
      (client) => Effect.sync(() => client.destroy())
    )
    const who = writers === 1 ? "1 writer" : `${writers} writers on disjoint boundaries`
    const label = `append, boundary known, ${who}`
    const turns: ReadonlyArray<Turn> = [
      { name: ours, run: ourTurn(store, writers) },
      { name: bare, run: bareTurn(client, table, writers) }
    ]
    const rounds = yield* Rounds.interleaved({
      label,
      rounds: options.rounds,
      contenders: turns,
      measure: ({ run }, lap) => run(options.millis, lap),
      show: (rate) => `${readable(rate)} events/s`
    })
    const of = (name: string) => rounds.get(name) ?? []
    const got = Report.ratio(of(ours), of(bare))
    report.figure({ metric: label, contender: ours, value: median(of(ours)), unit: "events/s" })
    report.figure({
      metric: label,
      contender: bare,
      value: median(of(bare)),
      unit: "events/s",
      ...(got === undefined ? {} : { ratio: got })
    })
    report.target({
      claim: `${who}, of the bare loop`,
      wanted: 0.8,
      direction: "at least",
      unit: "times",
      got
    })
  },
  Effect.scoped
)
