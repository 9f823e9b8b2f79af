import * as Effect from "effect/Effect"
import { AddressBook } from "../AddressBook.ts"
import { KeepAddressBook } from "./KeepAddressBook.ts"

export const KeepAddressBookLive = KeepAddressBook.translation({
  collect: {
    CustomerRegistered: ({ customerId, email }) => ({ customerId, email }),
    CustomerEmailChanged: ({ customerId, email }) => ({ customerId, email }),
    CustomerClosed: ({ customerId }) => ({ customerId })
  },
  translate: ({ customerId, email }) => Effect.flatMap(AddressBook, (book) => book.put(customerId, email))
})
