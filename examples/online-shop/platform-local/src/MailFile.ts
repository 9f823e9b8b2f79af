/**
 * Mail that goes nowhere: each call is a line of a file, with its idempotency key and the process that called. A real sender
 * sends one mail for a key; here one sees how often it was asked to. Its address book is a file, too.
 */
import { AddressBook, AddressBookClosed } from "@reventless/example-customers"
import { Mailer, MailNotSent } from "@reventless/example-ordering"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"

const append = (fs: FileSystem.FileSystem, file: string, line: object) =>
  fs.writeFileString(file, JSON.stringify(line) + "\n", { flag: "a" })

/** Writes mails to a file. */
export const mailer = (file: string): Layer.Layer<Mailer, never, FileSystem.FileSystem> =>
  Layer.effect(
    Mailer,
    Effect.map(FileSystem.FileSystem, (fs) => ({
      send: (mail, { idempotencyKey }) =>
        append(fs, file, { key: idempotencyKey, process: process.pid, ...mail }).pipe(
          Effect.mapError(({ message }) => new MailNotSent({ detail: message }))
        )
    }))
  )

/** Writes who gets mail where to a file; of several lines about a customer the last one counts. */
export const addressBook = (file: string): Layer.Layer<AddressBook, never, FileSystem.FileSystem> =>
  Layer.effect(
    AddressBook,
    Effect.map(FileSystem.FileSystem, (fs) => ({
      put: (customerId, email) =>
        append(fs, file, { customerId, email: email === undefined ? null : Redacted.value(email) }).pipe(
          Effect.mapError(({ message }) => new AddressBookClosed({ detail: message }))
        )
    }))
  )

/** How many mails there are. */
export const count = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
  return new Set(text.split("\n").slice(0, -1).map((line) => (JSON.parse(line) as { readonly key: string }).key)).size
})
