/**
 * What sends mail: the shop has an account somewhere, the plugin doesn't know where. Nor does it know where customers get
 * their mail: the mail service has an address book.
 */
import type { CustomerId } from "@reventless/example-customers-spec"
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export interface Mail {
  readonly to: CustomerId
  readonly subject: string
  readonly text: string
}

export class MailNotSent extends Schema.TaggedError<MailNotSent>()("MailNotSent", { detail: Schema.String }) {
  override get message(): string {
    return `The mail was not sent: ${this.detail}. It is tried again.`
  }
}

export class Mailer extends Context.Service<Mailer, {
  /**
   * Sends a mail. Whoever calls may have to call again without knowing whether the first call came through; by the key, the
   * same for both, it is one mail.
   */
  readonly send: (mail: Mail, options: { readonly idempotencyKey: string }) => Effect.Effect<void, MailNotSent>
}>()("@reventless/example-ordering/Mailer") {}
