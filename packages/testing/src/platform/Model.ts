/** What the rows of the checks' views must be: computed from the log alone, by other means than the views themselves. */
import type { SequencedEvent } from "@reventless/core/EventStore"

/** The rows of the plugin's views. */
export interface Rows {
  readonly balances: ReadonlyArray<{
    readonly account: string
    readonly owner: string
    readonly balance: number
    readonly trail: number
  }>
  readonly totals: ReadonlyArray<{
    readonly name: string
    readonly count: number
    readonly sum: number
    readonly largest: number
  }>
  readonly journal: ReadonlyArray<{ readonly name: string; readonly entries: number; readonly trail: number }>
}

/** The trail after an event with this mark. */
const next = (trail: number, mark: number): number => (trail * 31 + mark + 7) % 1_000_003

interface Data {
  readonly account: string
  readonly owner: string
  readonly from: string
  readonly to: string
  readonly amount: number
}

const byKey = <Row>(key: (row: Row) => string) => (a: Row, b: Row): number => key(a) < key(b) ? -1 : 1

/** The rows after these events, which are in an order that keeps the order of each account. */
export const rowsAfter = (events: ReadonlyArray<SequencedEvent>): Rows => {
  const balances = new Map<string, Rows["balances"][number]>()
  const totals = new Map<string, Rows["totals"][number]>()
  let journal: Rows["journal"][number] | undefined

  const move = (account: string, by: number, mark: number) => {
    const row = balances.get(account)
    if (row === undefined) return
    balances.set(account, { ...row, balance: row.balance + by, trail: next(row.trail, mark) })
  }
  const count = (name: string, amount: number) => {
    const row = totals.get(name) ?? { name, count: 0, sum: 0, largest: 0 }
    totals.set(name, {
      name,
      count: row.count + 1,
      sum: row.sum + amount,
      largest: Math.max(row.largest, amount)
    })
  }
  const note = (mark: number) => {
    journal = { name: "all", entries: (journal?.entries ?? 0) + 1, trail: next(journal?.trail ?? 0, mark) }
  }

  for (const { data, type } of events) {
    const { account, amount, from, owner, to } = data as unknown as Data
    switch (type) {
      case "Opened":
        balances.set(account, { account, owner, balance: 0, trail: 1 })
        note(1)
        break
      case "Deposited":
        move(account, amount, amount)
        count("deposits", amount)
        note(amount)
        break
      case "Withdrawn":
        move(account, -amount, 1000 + amount)
        note(1000 + amount)
        break
      case "Moved":
        move(from, -amount, 2000 + amount)
        move(to, amount, 3000 + amount)
        count("moves", amount)
        note(2000 + amount)
        break
      case "Closed":
        balances.delete(account)
        note(2)
    }
  }
  return {
    balances: [...balances.values()].sort(byKey((row) => row.account)),
    totals: [...totals.values()].sort(byKey((row) => row.name)),
    journal: journal === undefined ? [] : [journal]
  }
}
