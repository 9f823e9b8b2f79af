/** What the plugin needs: an inbox, a secret, and a mailer that keeps what it sends. */
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import { type Mail, Mailer, MailNotSent } from "@reventless/example-ordering/Mailer"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"

export const secret = "a secret of the tests"

/** Every call of the mailer. */
export class Sent extends Context.Service<Sent, {
  readonly calls: Array<{ readonly key: string; readonly mail: Mail }>
  /** How many of the next calls fail. */
  failures: number
}>()("Sent") {}

const MailerTest = Layer.effect(
  Mailer,
  Effect.map(Sent, (sent) => ({
    send: (mail, { idempotencyKey }) =>
      Effect.suspend(() => {
        sent.calls.push({ key: idempotencyKey, mail })
        return sent.failures-- > 0 ? Effect.fail(new MailNotSent({ detail: "the line is busy" })) : Effect.void
      })
  }))
)

export const layer = Layer.mergeAll(
  Layer.provideMerge(MailerTest, Layer.sync(Sent, () => ({ calls: [], failures: 0 }))),
  ObjectStoreMemory.layer,
  ConfigProvider.layerAdd(ConfigProvider.fromUnknown({ PAYMENT_WEBHOOK_SECRET: secret }))
)
