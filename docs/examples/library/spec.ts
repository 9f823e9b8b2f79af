/** What the plugin Library says to others. */
// #region contract
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Schema from "effect/Schema"

export const LoanId = Id.make("loan")

export class BookReturned extends Event.make("BookReturned", { loanId: LoanId, daysLate: Schema.Int }) {}

export class Loans extends ExtensionPoint.make("Library.Loans", { version: "1.0.0", events: [BookReturned] }) {}
// #endregion contract
