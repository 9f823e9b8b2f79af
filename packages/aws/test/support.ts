import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll } from "vitest" // oxlint-disable-line no-restricted-imports -- @effect/vitest shares no layer with a suite

class Raw extends Context.Service<Raw, Dynamo.RawSend>()("test/Raw") {}

/** The `send` of one emulator for all tests of a file, at the boundary of the SDK. */
export const sharedRaw = (): Effect.Effect<Dynamo.RawSend, DynamoEmulator.DynamoEmulatorError> => {
  const runtime = ManagedRuntime.make(
    Layer.effect(Raw, Effect.flatMap(DynamoEmulator.DynamoEmulator, ({ client }) => Dynamo.makeRaw(client))).pipe(
      Layer.provide(DynamoEmulator.layer)
    )
  )
  afterAll(() => runtime.dispose())
  return Effect.map(runtime.contextEffect, Context.get(Raw))
}

/** One emulator with one client for all tests of a file. */
export const sharedDynamo = (): Layer.Layer<Dynamo.Dynamo, DynamoEmulator.DynamoEmulatorError> =>
  Layer.effect(Dynamo.Dynamo, Effect.map(sharedRaw(), Dynamo.fromRaw))

/** A table of its own. */
export const newTable = Effect.tap(DynamoEmulator.tableName, (table) => DynamoTable.create({ table }))
