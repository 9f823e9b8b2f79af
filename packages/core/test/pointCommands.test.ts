import { assert, describe, it } from "@effect/vitest"
import { publishCommand } from "@reventless/core/Action"
import * as WorkStoreMemory from "@reventless/core/WorkStoreMemory"
import * as Effect from "effect/Effect"
import type { Host } from "../src/internal/platformPart.ts"
import * as PointCommands from "../src/internal/talking/pointCommands.ts"
import { product, Products } from "./fixtures/talking.ts"

const meta = { messageId: "m", correlationId: "c", time: 0, service: "Ordering.PlaceOrder", schemaVersion: 1 }
const origin = { id: "item", entity: "kettle", meta, extension: "orders", number: 0 }
const restock = publishCommand(Products.commands.Restock, { productId: product("kettle"), count: 1 })

const sending = (connection: object) =>
  Effect.gen(function*() {
    const store = yield* WorkStoreMemory.make
    const host = { lifecycle: { connection: () => Effect.succeed(connection) } } as unknown as Host
    const send = PointCommands.sender(host, { plugin: "Ordering", point: Products, store })
    return { store, send, waiting: store.list("Products.v1.commands", { limit: 10 }) }
  })

describe("a command for an extension point", () => {
  it.effect("fails with the reason where its provider is missing or refuses, and is not put anywhere", () =>
    Effect.gen(function*() {
      for (
        const reason of ["nobody provides 'Catalog.Products' yet", "'Catalog.Products' lets only Shipping connect"]
      ) {
        const { send, waiting } = yield* sending({ _tag: "Waiting", reason })
        const error = yield* Effect.flip(send(restock, 0, origin))
        assert.strictEqual(error._tag, "NotConnected")
        assert.strictEqual(error.message, `plugin 'Ordering' isn't connected with 'Catalog.Products': ${reason}`)
        assert.deepStrictEqual(yield* waiting, [])
      }
    }))

  it.effect("is checked and encoded by the contract, under an id that follows from its cause", () =>
    Effect.gen(function*() {
      const { send, waiting } = yield* sending({ _tag: "Connected" })
      const command = { productId: product("kettle"), count: 1, note: "internal" }
      yield* send({ ...restock, command }, 0, origin)
      yield* send(restock, 0, origin)
      const [item, ...others] = yield* waiting
      assert.deepStrictEqual(others, [])
      assert.strictEqual(item!.lane, "product:kettle")
      const { meta: { contract, causationId, correlationId, messageId }, ...content } = item!.content as any
      assert.deepStrictEqual(content, {
        target: "Catalog.Products.Restock",
        from: "Ordering",
        command: { productId: "kettle", count: 1 }
      })
      assert.deepStrictEqual([contract, causationId, correlationId], ["Catalog.Products 1.2.0", "m", "c"])
      assert.strictEqual(messageId, item!.id)
      const wrong = yield* Effect.flip(send({ ...restock, command: { count: 1.5 } }, 1, origin))
      assert.match(wrong.message, /^it sends a wrong Catalog\.Products\.Restock: [^]*productId/)
    }))
})
