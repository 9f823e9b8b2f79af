/** What follows by itself: the plugin on a platform in memory, by the clock of the test. */
import { assert, describe, it } from "@effect/vitest"
import { CommandBus } from "@reventless/core/CommandBus"
import { Customer, Customers } from "@reventless/example-customers"
import type { CustomerId } from "@reventless/example-customers-spec"
import { KeepAddressBookLive } from "@reventless/example-customers/KeepAddressBook/KeepAddressBook_Translation"
import * as Spec from "@reventless/testing/Spec"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ada, closed, customerId, email, emailChanged, otherEmail, registered } from "./fixtures.ts"
import { addressBook } from "./services.ts"

const { ChangeEmail, Close, Leave, Register } = Customer.commands

describe("the address book", () => {
  it.effect("is told where a customer is written to", () =>
    Spec.given(KeepAddressBookLive, [registered, emailChanged]).thenItems([
      { customerId, email },
      { customerId, email: otherEmail }
    ]))

  it.effect("forgets who is gone", () =>
    Spec.given(KeepAddressBookLive, [registered, closed]).thenItems([{ customerId, email }, { customerId }]))

  it.effect("has the last address of each customer, and none of those who are gone", () => {
    const book = new Map<CustomerId, string>()
    const Shop = Layer.provide(Layer.fresh(TestPlatform.layer({ plugins: [Customers] })), addressBook(book))
    return Effect.gen(function*() {
      const bus = yield* CommandBus
      yield* bus.send(Register, ada)
      yield* bus.send(ChangeEmail, { customerId, email: otherEmail })
      yield* TestPlatform.settled
      assert.deepStrictEqual([...book], [["ada", "ada@example.org"]])
      yield* bus.send(Leave, { customerId })
      yield* TestPlatform.settled
      assert.strictEqual(book.size, 1)
      yield* bus.send(Close, { customerId })
      yield* TestPlatform.settled
      assert.strictEqual(book.size, 0)
    }).pipe(Effect.provide(Shop))
  })
})
