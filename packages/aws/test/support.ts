import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as DynamoEmulator from "@reventless/testing/DynamoEmulator"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { afterAll } from "vitest" // oxlint-disable-line no-restricted-imports -- the suite registers its tests with it

/** One emulator with one client for all tests of a file. */
export const sharedDynamo = (): Layer.Layer<Dynamo.Dynamo, DynamoEmulator.DynamoEmulatorError> => {
  const runtime = ManagedRuntime.make(
    Layer.unwrap(Effect.map(DynamoEmulator.DynamoEmulator, ({ client }) => Dynamo.layer(client))).pipe(
      Layer.provide(DynamoEmulator.layer)
    )
  )
  afterAll(() => runtime.dispose())
  return Layer.effectContext(runtime.contextEffect)
}

/** A table of its own. */
export const newTable = Effect.tap(DynamoEmulator.tableName, (table) => DynamoTable.create({ table }))
