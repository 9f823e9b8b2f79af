/**
 * Mail that goes nowhere: each call is a line of a file, with its idempotency key and the process that called. A real sender
 * sends one mail for a key; here one sees how often it was asked to.
 */
import { Mailer, MailNotSent } from "@reventless/example-ordering/Mailer"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Layer from "effect/Layer"

export const layer = (file: string): Layer.Layer<Mailer, never, FileSystem.FileSystem> =>
  Layer.effect(
    Mailer,
    Effect.map(FileSystem.FileSystem, (fs) => ({
      send: (mail, { idempotencyKey }) =>
        fs.writeFileString(file, JSON.stringify({ key: idempotencyKey, process: process.pid, ...mail }) + "\n", {
          flag: "a"
        }).pipe(Effect.mapError(({ message }) => new MailNotSent({ detail: message })))
    }))
  )

/** How many mails there are. */
export const count = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.orElseSucceed(fs.readFileString(file), () => "")
  return new Set(text.split("\n").slice(0, -1).map((line) => (JSON.parse(line) as { readonly key: string }).key)).size
})
