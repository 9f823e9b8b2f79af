import { assert, layer } from "@effect/vitest"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as DynamoFaults from "@reventless/testing/DynamoFaults"
import * as Effect from "effect/Effect"
import * as net from "node:net"

const key = { pk: { S: "a" }, sk: { N: "1" } }
const request = (table: string): Dynamo.Requests["TransactWriteItems"] => ({
  TransactItems: [{ Put: { TableName: table, Item: key, ConditionExpression: "attribute_not_exists(pk)" } }, {
    ConditionCheck: {
      TableName: table,
      Key: { ...key, sk: { N: "2" } },
      ConditionExpression: "attribute_not_exists(pk)"
    }
  }]
})

/** What the SDK throws for it. */
const thrownBy = (send: Dynamo.RawSend, table: string) =>
  Effect.map(Effect.flip(send("TransactWriteItems", request(table) as never)), ({ cause }) => cause as Error)

/** What an error has, except what depends on the request. What is undefined isn't there. */
const shapeOf = (error: Error): Readonly<Record<string, unknown>> => {
  const { $metadata, message: _, stack: __, $response: ___, ...rest } = error as unknown as Record<string, object>
  return JSON.parse(
    JSON.stringify({
      ...rest,
      $metadata: Object.keys(JSON.parse(JSON.stringify($metadata))).sort(),
      isError: error instanceof Error
    })
  )
}

/** A server that accepts connections and does this with what it is sent. */
const server = (onData: (socket: net.Socket) => void) =>
  Effect.map(
    Effect.acquireRelease(
      Effect.promise(() =>
        new Promise<{ sockets: Set<net.Socket>; server: net.Server }>((resolve) => {
          const sockets = new Set<net.Socket>()
          const server = net.createServer((socket) => {
            sockets.add(socket)
            socket.on("error", () => {}).once("data", () => onData(socket))
          }).listen(0, "127.0.0.1", () => resolve({ sockets, server }))
        })
      ),
      ({ server, sockets }) =>
        Effect.sync(() => {
          for (const socket of sockets) socket.destroy()
          server.close()
        })
    ),
    ({ server }) => `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`
  )

layer(DynamoEmulator.layer)("the faults of the double look like those of the SDK", (it) => {
  const setup = (rates: DynamoFaults.Rates) =>
    Effect.gen(function*() {
      const { client } = yield* DynamoEmulator.DynamoEmulator
      const table = yield* DynamoEmulator.tableName
      const send = yield* Dynamo.makeRaw(client)
      yield* Effect.provide(DynamoTable.create({ table }), Dynamo.layerRaw(send))
      return { client, table, send, faulty: (yield* DynamoFaults.make(rates)).wrap(send) }
    })

  it.effect("a canceled transaction", () =>
    Effect.gen(function*() {
      const { faulty, send, table } = yield* setup({ conflict: 1 })
      yield* send("TransactWriteItems", request(table) as never)
      const real = shapeOf(yield* thrownBy(send, table))
      const double = shapeOf(yield* thrownBy(faulty, table))
      const reasons = ({ CancellationReasons }: Readonly<Record<string, unknown>>) =>
        (CancellationReasons as ReadonlyArray<{ Code: string }>).map((reason) =>
          reason.Code === "None" ? "None" : Object.keys(reason).sort().join()
        ).sort()
      assert.deepStrictEqual(reasons(double), reasons(real))
      assert.deepStrictEqual({ ...double, CancellationReasons: {} }, { ...real, CancellationReasons: {} })
    }))

  it.effect("a timeout", () =>
    Effect.gen(function*() {
      const { client, faulty, table } = yield* setup({ late: 1 })
      const endpoint = yield* server(() => {})
      const requestHandler = { requestTimeout: 10, throwOnRequestTimeout: true }
      const real = yield* thrownBy(yield* Dynamo.makeRaw({ ...client, endpoint, requestHandler }), table)
      const double = yield* thrownBy(faulty, table)
      assert.deepStrictEqual(shapeOf(double), shapeOf(real))
      assert.strictEqual(double.message.replace("1000", "10"), real.message)
    }))

  it.effect("a lost answer", () =>
    Effect.gen(function*() {
      const { client, faulty, table } = yield* setup({ lose: 1 })
      const endpoint = yield* server((socket) => socket.resetAndDestroy())
      const real = yield* thrownBy(yield* Dynamo.makeRaw({ ...client, endpoint }), table)
      assert.deepStrictEqual(shapeOf(yield* thrownBy(faulty, table)), shapeOf(real))
    }))

  it.effect("and are sorted by what is known of the outcome", () =>
    Effect.gen(function*() {
      const expected = {
        late: ["Unanswered", "Unanswered"],
        lose: ["Unanswered", "Unanswered"],
        conflict: ["Busy", "Canceled"],
        throttle: ["Throttled", "Throttled or Canceled"]
      }
      for (const [fault, [single, transaction]] of Object.entries(expected)) {
        const { faulty, table } = yield* setup({ [fault]: 1 })
        const { send } = Dynamo.fromRaw(faulty)
        const put = yield* Effect.flip(send("PutItem", { TableName: table, Item: key }))
        assert.strictEqual(put.reason._tag, single)
        const { reason } = yield* Effect.flip(send("TransactWriteItems", request(table)))
        assert.include(transaction, reason._tag)
      }
    }))
})
