/** An e-mail address: ours to keep. It is `Redacted` wherever it is handled, so no log shows it, and no contract has it. */
import * as Sensitive from "@reventless/core/Sensitive"
import * as Schema from "effect/Schema"

export const Email = Sensitive.make(Schema.NonEmptyString.check(Schema.isPattern(/^[^\s@]+@[^\s@]+$/)))
export type Email = typeof Email.Type
