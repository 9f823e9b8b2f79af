/** What the plugin needs: a secret, and a mailer that keeps what it sends. */
import { type Mail, Mailer, MailNotSent, Ordering } from "@reventless/example-ordering"
import * as TestPlatform from "@reventless/testing/TestPlatform"
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
  ConfigProvider.layerAdd(ConfigProvider.fromUnknown({ PAYMENT_WEBHOOK_SECRET: secret }))
)

/** The plugin on a platform of its own, where nobody provides what it follows. */
export const Shop = Layer.provideMerge(
  Layer.fresh(
    TestPlatform.layer({
      plugins: [Ordering],
      external: ["Catalog.Products", "Customers.Customers", "Shipping.Parcels"]
    })
  ),
  Layer.fresh(layer)
)
