/**
 * Transactions of the simulated DynamoDB. A transaction takes its items one by one without waiting, commits at one
 * instant when it has all of them and every condition holds, and only then do its items become visible: one by one, in
 * any order, each released when it is. That is what a `Query` that is "read-committed" can see of it.
 */
import { notSimulated, updated } from "./Expression.ts"
import * as Table from "./Table.ts"
import type { Answer, CancellationReason, Conditional, Item, TransactWrite, TransactWriteItem } from "./Wire.ts"
import { canceled, refusal } from "./Wire.ts"
import type { World } from "./World.ts"

/** What was committed at one instant: the truth that a history is judged by. */
export interface Commit {
  readonly puts: ReadonlyArray<Item>
  /** The keys whose absence was a condition of it and that it doesn't write. */
  readonly checks: ReadonlyArray<Table.Key>
  /** When it was committed: no item of it was visible before. */
  readonly began: number
  /** When it was acknowledged: every item of it is visible by then, unless the server acknowledges early. */
  ended: number
}

/** How the server treats transactions. */
export interface Options {
  /** Items take long to become visible. */
  readonly slowCommits: boolean
  /** A transaction is acknowledged at its commit, before its items are visible. */
  readonly acknowledgesEarly: boolean
  /** Whether a token is forgotten as soon as its transaction is over, and not ten minutes later. */
  readonly forgetsTokens: boolean
}

/** One part of a transaction, ready to be done. */
interface Part {
  readonly key: Table.Key
  readonly conditional: Conditional
  /** The item afterwards; `keep` leaves it as it is. */
  readonly apply: ((item: Item | undefined) => Item | undefined) | "keep"
}

const partOf = ({ ConditionCheck, Delete, Put, Update }: TransactWriteItem): Part => {
  if (Put !== undefined) return { key: Table.keyOf(Put.Item), conditional: Put, apply: () => Put.Item }
  if (ConditionCheck !== undefined) {
    return { key: Table.keyOf(ConditionCheck.Key), conditional: ConditionCheck, apply: "keep" }
  }
  if (Delete !== undefined) return { key: Table.keyOf(Delete.Key), conditional: Delete, apply: () => undefined }
  if (Update === undefined) return notSimulated("a part of a transaction without an operation")
  return {
    key: Table.keyOf(Update.Key),
    conditional: Update,
    apply: (item) => updated(Update, Update.UpdateExpression ?? "", Update.Key, item)
  }
}

const name = ({ partition, sort }: Table.Key): string => `${partition} ${sort}`

/** What DynamoDB refuses to look at. */
const invalid = (parts: ReadonlyArray<Part>): string | undefined => {
  if (parts.length === 0 || parts.length > 100) return `${parts.length} items, at least 1 and at most 100`
  return new Set(parts.map(({ key }) => name(key))).size === parts.length
    ? undefined
    : "Transaction request cannot include multiple operations on one item"
}

/** Makes the part of a server that does transactions. What it commits is added to `commits`. */
export const make = (world: World, table: Table.Table, commits: Array<Commit>, options: Options) => {
  const tokens = new Map<string, { readonly content: TransactWrite["TransactItems"]; running: boolean }>()
  const soon = () => world.random() * 4
  const untilVisible = () => soon() + (options.slowCommits && world.random() < 0.4 ? world.random() * 300 : 0)

  const shuffled = <A>(values: ReadonlyArray<A>): Array<A> => {
    const result = [...values]
    for (let index = result.length - 1; index > 0; index--) {
      const other = world.below(index + 1)
      const value = result[index]!
      result[index] = result[other]!
      result[other] = value
    }
    return result
  }

  /** Does something with each, one after another, with some time before each, and then goes on. */
  const oneByOne = <A>(values: ReadonlyArray<A>, pause: () => number, each: (value: A) => void, then: () => void) => {
    const next = (index: number): void => {
      if (index === values.length) return then()
      world.after(pause(), () => {
        each(values[index]!)
        next(index + 1)
      })
    }
    next(0)
  }

  const commit = (parts: ReadonlyArray<Part>): Commit => {
    const committed: Commit = {
      puts: parts.flatMap(({ apply, key }) => {
        const item = apply === "keep" ? undefined : apply(table.get(key))
        return item === undefined ? [] : [item]
      }),
      checks: parts.flatMap(({ apply, key }) => apply === "keep" ? [key] : []),
      began: world.now(),
      ended: Infinity
    }
    commits.push(committed)
    return committed
  }

  return (request: TransactWrite, answer: (answer: Answer) => void): void => {
    const parts = request.TransactItems.map(partOf)
    const reason = invalid(parts)
    if (reason !== undefined) return answer(refusal("ValidationException", reason))
    const token = request.ClientRequestToken
    const content = request.TransactItems
    const known = token === undefined ? undefined : tokens.get(token)
    if (known !== undefined && JSON.stringify(known.content) !== JSON.stringify(content)) {
      return answer(refusal("IdempotentParameterMismatchException"))
    }
    if (known !== undefined && known.running) return answer(refusal("TransactionInProgressException"))
    if (known !== undefined) return answer({ ok: {} })
    const entry = { content, running: true }
    if (token !== undefined) tokens.set(token, entry)

    const held: Array<Table.Key> = []
    // Whether a part whose condition isn't met is in the way of others until the transaction is refused isn't documented.
    const holdsRefused = world.random() < 0.5
    // Nor is it documented that every reason is named.
    const namesAll = world.random() < 0.5
    const reasons = new Map<Part, CancellationReason>()
    const prepare = (part: Part) => {
      if (table.held(part.key)) {
        reasons.set(part, { Code: "TransactionConflict" })
        return
      }
      const met = Table.meets(table, part.conditional, part.key)
      if (!met) {
        const old = Table.occupant(part.conditional, table.get(part.key))
        reasons.set(part, { Code: "ConditionalCheckFailed", ...old })
      }
      if (met || holdsRefused) {
        table.hold(part.key)
        held.push(part.key)
      }
    }
    const decide = () => {
      if (reasons.size > 0) {
        held.forEach(table.release)
        if (token !== undefined) tokens.delete(token)
        const named = new Map([...reasons].slice(0, namesAll ? reasons.size : 1))
        return answer(canceled(parts.map((part) => named.get(part) ?? { Code: "None" })))
      }
      const committed = commit(parts)
      const acknowledge = () => {
        committed.ended = world.now()
        entry.running = false
        if (token !== undefined && options.forgetsTokens) tokens.delete(token)
        answer({ ok: {} })
      }
      if (options.acknowledgesEarly) acknowledge()
      oneByOne(shuffled(parts), untilVisible, ({ apply, key }) => {
        if (apply !== "keep") table.put(key, apply(table.get(key)))
        table.release(key)
      }, options.acknowledgesEarly ? () => {} : acknowledge)
    }
    oneByOne(shuffled(parts), soon, prepare, decide)
  }
}
