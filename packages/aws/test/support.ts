import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoStream from "@reventless/aws/DynamoStream"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll } from "vitest" // oxlint-disable-line no-restricted-imports -- @effect/vitest shares no layer with a suite

/** The boundaries of the SDK: requests, and what rings. */
export class Raw extends Context.Service<Raw, {
  readonly send: Dynamo.RawSend
  readonly stream: DynamoStream.RawSend
}>()("test/Raw") {}

/** One emulator with one client for all tests of a file, at the boundary of the SDK. */
export const sharedRaw = (): Layer.Layer<Raw, DynamoEmulator.DynamoEmulatorError> => {
  const runtime = ManagedRuntime.make(
    Layer.effect(
      Raw,
      Effect.gen(function*() {
        const { client } = yield* DynamoEmulator.DynamoEmulator
        return { send: yield* Dynamo.makeRaw(client), stream: yield* DynamoStream.makeRaw(client) }
      })
    ).pipe(Layer.provide(DynamoEmulator.layer))
  )
  afterAll(() => runtime.dispose())
  return Layer.effectContext(runtime.contextEffect)
}

/** How often tests look at a stream: they have no time. */
const pollInterval = 25

/** DynamoDB and its stream, as they are. */
export const dynamoLayer: Layer.Layer<Dynamo.Dynamo | Doorbells.Doorbells, never, Raw> = Layer.unwrap(
  Effect.map(
    Raw,
    ({ send, stream }) =>
      DynamoStream.layerRaw(stream, { pollInterval }).pipe(Layer.provideMerge(Dynamo.layerRaw(send)))
  )
)

/** A table of its own. */
export const newTable = Effect.tap(DynamoEmulator.tableName, (table) => DynamoTable.create({ table }))
