/**
 * The plugin of the checks: accounts that are opened, filled, emptied and closed, and money that moves between them.
 * Its behaviours are in `BankPlugin`.
 */
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as StateViewSliceStream from "@reventless/core/StateViewSliceStream"
import * as Schema from "effect/Schema"

export const AccountId = Id.make("account")
export type AccountId = typeof AccountId.Type

export class Opened extends Event.make("Opened", { account: AccountId, owner: Schema.String }) {}
/** Its first version counted in cents. */
export class Deposited extends Event.make("Deposited", { account: AccountId, amount: Schema.Int }, {
  version: 2,
  upcasts: {
    1: Event.upcast(
      { account: AccountId, cents: Schema.Int },
      ({ account, cents }) => ({ account, amount: Math.round(cents / 100) })
    )
  }
}) {}
export class Withdrawn extends Event.make("Withdrawn", { account: AccountId, amount: Schema.Int }) {}
export class Moved extends Event.make("Moved", { from: AccountId, to: AccountId, amount: Schema.Int }) {}
export class Closed extends Event.make("Closed", { account: AccountId }) {}
/** No view looks at it. */
export class Audited extends Event.make("Audited", { account: AccountId }) {}

export class AccountUnknown extends Schema.TaggedError<AccountUnknown>()("AccountUnknown", { account: AccountId }) {}
export class AccountExists extends Schema.TaggedError<AccountExists>()("AccountExists", { account: AccountId }) {}
export class Overdrawn extends Schema.TaggedError<Overdrawn>()("Overdrawn", {
  account: AccountId,
  balance: Schema.Int
}) {}

export class Account extends Aggregate.make("Account", {
  id: AccountId,
  commands: [
    Command.make("Open", { account: AccountId, owner: Schema.String }, { errors: [AccountExists] }),
    Command.make("Deposit", { account: AccountId, amount: Schema.Int }, { errors: [AccountUnknown] }),
    Command.make("Withdraw", { account: AccountId, amount: Schema.Int }, { errors: [AccountUnknown, Overdrawn] }),
    Command.make("Close", { account: AccountId }, { errors: [AccountUnknown] }),
    Command.make("Audit", { account: AccountId })
  ],
  events: [Opened, Deposited, Withdrawn, Moved, Closed, Audited]
}) {}

/** Moves money: one decision about two accounts. */
export class Transfer extends StateChangeSlice.make("Transfer", {
  command: { from: AccountId, to: AccountId, amount: Schema.Int },
  consumes: [Opened, Deposited, Withdrawn, Moved, Closed],
  produces: [Moved],
  errors: [AccountUnknown, Overdrawn]
}) {}

/**
 * The accounts that are open. Each row has a trail: a number that every event changes, by its content and by its place.
 * Two rows have the same trail only if they were fed the same events in the same order, each once.
 */
export class Balances extends StateViewSliceStream.make("Balances", {
  row: { account: AccountId, owner: Schema.String, balance: Schema.Int, trail: Schema.Int },
  key: "account",
  consumes: [Opened, Deposited, Withdrawn, Moved, Closed],
  indexes: { byOwner: ["owner", "balance"] }
}) {}

/** The same view after a change of its meaning: it is another definition, and has to be rebuilt. */
export class ChangedBalances extends StateViewSliceStream.make("Balances", {
  row: { account: AccountId, owner: Schema.String, balance: Schema.Int, trail: Schema.Int },
  key: "account",
  consumes: [Opened, Deposited, Withdrawn, Moved, Closed],
  indexes: { byOwner: ["owner", "balance"] },
  version: 2
}) {}

/** How often and how much money came and moved. There is no order between its events. */
export class Totals extends StateViewSlice.make("Totals", {
  row: { name: Schema.String, count: Schema.Int, sum: Schema.Int, largest: Schema.Int },
  id: "name",
  initial: { count: 0, sum: 0, largest: 0 },
  consumes: [Deposited, Moved]
}) {}

/** One row that every event changes, in the one order of all events. */
export class Journal extends StateViewSlice.make("Journal", {
  row: { name: Schema.String, entries: Schema.Int, trail: Schema.Int },
  id: "name",
  order: "total",
  consumes: [Opened, Deposited, Withdrawn, Moved, Closed]
}) {}
