/** What the plugin needs: an address book that remembers. */
import { AddressBook } from "@reventless/example-customers"
import type { CustomerId } from "@reventless/example-customers-spec"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

/** An address book that writes into a map. */
export const addressBook = (book: Map<CustomerId, string>) =>
  Layer.succeed(AddressBook, {
    put: (customerId, email) =>
      Effect.sync(() =>
        void (email === undefined ? book.delete(customerId) : book.set(customerId, Redacted.value(email)))
      )
  })
