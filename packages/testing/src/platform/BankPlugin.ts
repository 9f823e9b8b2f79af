/** The behaviours of the checks' plugin, and the plugin itself. */
import * as Plugin from "@reventless/core/Plugin"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  Account,
  AccountExists,
  AccountUnknown,
  Balances,
  ChangedBalances,
  Closed,
  Deposited,
  Journal,
  Moved,
  Opened,
  Overdrawn,
  Totals,
  Transfer,
  Withdrawn
} from "./Bank.ts"
import { Audited } from "./Bank.ts"

/** What may differ between two versions of the plugin. */
export interface Options {
  /** Until it is done, the view of balances can't apply a deposit of {@link unlucky}. */
  readonly mended?: { readonly done: boolean }
  /** The version of the account's snapshots. */
  readonly snapshotVersion?: number
  /** How often the account counts a deposit: shows whether deposits were folded by this version or an older one. */
  readonly factor?: number
}

/** The deposit that a view can't apply. */
export const unlucky = 13

/** Snapshots of an account are taken every so many events. */
export const snapshotEvery = 5

/** The next trail, after an event with this mark. */
export const trail = (before: number, mark: number): number => (before * 31 + mark + 7) % 1_000_003

const account = ({ factor = 1, snapshotVersion = 1 }: Options) =>
  Account.behavior({
    initial: { id: "", open: false, balance: 0 },
    evolve: {
      Opened: (state, { account }) => ({ ...state, id: account, open: true }),
      Deposited: (state, { amount }) => ({ ...state, balance: state.balance + amount * factor }),
      Withdrawn: (state, { amount }) => ({ ...state, balance: state.balance - amount }),
      Moved: (state, { amount, from, to }) => ({
        ...state,
        balance: state.balance - (from === state.id ? amount : 0) + (to === state.id ? amount : 0)
      }),
      Closed: (state) => ({ ...state, open: false, balance: 0 }),
      Audited: (state) => state
    },
    decide: {
      Open: (command, { open }) =>
        open
          ? Effect.fail(new AccountExists({ account: command.account }))
          : Effect.succeed([Opened.make(command)]),
      Deposit: (command, { open }) =>
        open
          ? Effect.succeed(command.amount === 0 ? [] : [Deposited.make(command)])
          : Effect.fail(new AccountUnknown({ account: command.account })),
      Withdraw: (command, { balance, open }) =>
        !open
          ? Effect.fail(new AccountUnknown({ account: command.account }))
          : balance < command.amount
          ? Effect.fail(new Overdrawn({ account: command.account, balance }))
          : Effect.succeed([Withdrawn.make(command)]),
      Close: (command, { open }) =>
        open
          ? Effect.succeed([Closed.make(command)])
          : Effect.fail(new AccountUnknown({ account: command.account })),
      Audit: (command) => Effect.succeed([Audited.make(command)])
    },
    snapshots: {
      every: snapshotEvery,
      version: snapshotVersion,
      state: Schema.Struct({ id: Schema.String, open: Schema.Boolean, balance: Schema.Int })
    }
  })

/** Balances by account; an account that isn't open has none. */
type Sums = Readonly<Record<string, number>>

const add = (sums: Sums, id: string, by: number): Sums => ({ ...sums, [id]: (sums[id] ?? 0) + by })

const transfer = Transfer.behavior({
  initial: {} as Sums,
  evolve: {
    Opened: (sums, { account }) => add(sums, account, 0),
    Deposited: (sums, { account, amount }) => add(sums, account, amount),
    Withdrawn: (sums, { account, amount }) => add(sums, account, -amount),
    Moved: (sums, { amount, from, to }) => add(add(sums, from, -amount), to, amount),
    Closed: (sums, { account }) => Object.fromEntries(Object.entries(sums).filter(([id]) => id !== account))
  },
  decide: (command, sums) => {
    const missing = [command.from, command.to].find((id) => sums[id] === undefined)
    if (missing !== undefined) return Effect.fail(new AccountUnknown({ account: missing }))
    const balance = sums[command.from]!
    return balance < command.amount
      ? Effect.fail(new Overdrawn({ account: command.from, balance }))
      : Effect.succeed([Moved.make(command)])
  }
})

interface BalanceRow {
  readonly balance: number
  readonly trail: number
}

const changed = (by: number, mark: number) => <Row extends BalanceRow>(row: Row): Row => ({
  ...row,
  balance: row.balance + by,
  trail: trail(row.trail, mark)
})

const balances = ({ mended = { done: true } }: Options) =>
  Balances.projection((rows) => ({
    Opened: ({ account, owner }) => rows.set({ account, owner, balance: 0, trail: 1 }),
    Deposited: ({ account, amount }) =>
      rows.update(account, (row) => {
        // A projection is the author's code, and this one has a fault.
        if (amount === unlucky && !mended.done) throw new Error("unlucky")
        return changed(amount, amount)(row)
      }),
    Withdrawn: ({ account, amount }) => rows.update(account, changed(-amount, 1000 + amount)),
    Moved: ({ amount, from, to }) => [
      rows.update(from, changed(-amount, 2000 + amount)),
      rows.update(to, changed(amount, 3000 + amount))
    ],
    Closed: ({ account }) => rows.remove(account)
  }))

/** After its change the view counts in cents. */
const changedBalances = ChangedBalances.projection((rows) => ({
  Opened: ({ account, owner }) => rows.set({ account, owner, balance: 0, trail: 1 }),
  Deposited: ({ account, amount }) => rows.update(account, changed(100 * amount, amount)),
  Withdrawn: ({ account, amount }) => rows.update(account, changed(-100 * amount, 1000 + amount)),
  Moved: ({ amount, from, to }) => [
    rows.update(from, changed(-100 * amount, 2000 + amount)),
    rows.update(to, changed(100 * amount, 3000 + amount))
  ],
  Closed: ({ account }) => rows.remove(account)
}))

const totals = Totals.projection((rows) => ({
  Deposited: ({ amount }) => [
    rows.add("deposits", { count: 1, sum: amount }),
    rows.max("deposits", { largest: amount })
  ],
  Moved: ({ amount }) => [rows.add("moves", { count: 1, sum: amount }), rows.max("moves", { largest: amount })]
}))

const entry = (rows: Parameters<Parameters<typeof Journal.projection>[0]>[0], mark: number) =>
  rows.update(
    "all",
    (row) => ({ ...row, entries: row.entries + 1, trail: trail(row.trail, mark) }),
    { initial: { name: "all", entries: 0, trail: 0 } }
  )

const journal = Journal.projection((rows) => ({
  Opened: () => entry(rows, 1),
  Deposited: ({ amount }) => entry(rows, amount),
  Withdrawn: ({ amount }) => entry(rows, 1000 + amount),
  Moved: ({ amount }) => entry(rows, 2000 + amount),
  Closed: () => entry(rows, 2)
}))

/** The plugin. */
export const make = (options: Options = {}) =>
  Plugin.make("Bank", {
    version: "1.0.0",
    aggregates: [account(options)],
    stateChangeSlices: [transfer],
    stateViewSlices: [balances(options), totals]
  })

/** The plugin with a changed view. */
export const changedPlugin = Plugin.make("Bank", {
  version: "2.0.0",
  aggregates: [account({})],
  stateChangeSlices: [transfer],
  stateViewSlices: [changedBalances, totals]
})

/** The plugin with a view of everything in one order, for platforms that have one. */
export const ordered = Plugin.make("Bank", {
  version: "1.0.0",
  aggregates: [account({})],
  stateChangeSlices: [transfer],
  stateViewSlices: [balances({}), totals, journal]
})
