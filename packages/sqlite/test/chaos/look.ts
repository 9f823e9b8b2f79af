/**
 * A look at a file, as one instant: whether the log is a legal history, whether what was acknowledged is in it, once, and
 * whether every view is what follows from the log up to its checkpoint. It reads the
 * tables by itself, so that no code of the store judges itself.
 */
import type * as Checkpoint from "@reventless/core/Checkpoint"
import type { SequencedEvent } from "@reventless/core/EventStore"
import * as Model from "@reventless/testing/platform/Model"
import { DatabaseSync } from "node:sqlite"
import { isDeepStrictEqual } from "node:util"

/** An answer that a child gave: what it had said before it was killed. */
export interface Acknowledged {
  readonly commandId: string
  readonly events: number
}

/** What was found. */
export interface Look {
  readonly violations: ReadonlyArray<string>
  readonly events: number
  /** How many events the view has applied that has applied the fewest. */
  readonly applied: number
}

interface Receipt {
  readonly command: string
  readonly first: number
  readonly last: number
}

const all = <Row>(database: DatabaseSync, sql: string, ...parameters: ReadonlyArray<number>): ReadonlyArray<Row> =>
  database.prepare(sql).all(...parameters) as unknown as ReadonlyArray<Row>

/** What is of the bank, and not of the registry. */
const ofBank = "plugin = (SELECT id FROM plugins WHERE name = 'Bank')"

const readEvents = (database: DatabaseSync, after: number): ReadonlyArray<SequencedEvent> =>
  all<{ position: number; type: string; tags: string; data: string; meta: string }>(
    database,
    `SELECT position, type, tags, data, meta FROM events WHERE ${ofBank} AND position > ? ORDER BY position`,
    after
  ).map(({ data, meta, position, tags, type }) => ({
    position,
    type,
    tags: JSON.parse(tags),
    data: JSON.parse(data),
    meta: JSON.parse(meta)
  }))

interface Data {
  readonly account: string
  readonly amount: number
  readonly from: string
  readonly to: string
}

/** Events that no decision on what precedes them could have made: two decisions were made on the same state. */
const illegal = (events: ReadonlyArray<SequencedEvent>): ReadonlyArray<string> => {
  const balances = new Map<string, number>()
  const found: Array<string> = []
  for (const { data, position, type } of events) {
    const { account, amount, from, to } = data as unknown as Data
    const needs = type === "Moved" ? [from, to] : type === "Opened" ? [] : [account]
    if (needs.some((id) => !balances.has(id))) found.push(`${type} at ${position} is about an account that isn't open`)
    if (type === "Opened" && balances.has(account)) found.push(`${type} at ${position} opens an account that is open`)
    const add = (id: string, by: number) => balances.set(id, (balances.get(id) ?? 0) + by)
    if (type === "Opened") balances.set(account, 0)
    if (type === "Deposited") add(account, amount)
    if (type === "Withdrawn") add(account, -amount)
    if (type === "Moved") {
      add(from, -amount)
      add(to, amount)
    }
    if (type === "Closed") balances.delete(account)
    if (needs.some((id) => (balances.get(id) ?? 0) < 0)) found.push(`${type} at ${position} overdraws an account`)
  }
  return found
}

/** Events and receipts belong together one to one: no command is in the log twice, none in part. */
const remembered = (events: ReadonlyArray<SequencedEvent>, receipts: ReadonlyArray<Receipt>): ReadonlyArray<string> => {
  const found: Array<string> = []
  const at = new Map(events.map((event) => [event.position, event]))
  const causes = new Map<string, string>()
  let covered = 0
  for (const { command, first, last } of receipts) {
    for (let position = first; position <= last; position++) {
      const cause = at.get(position)?.meta.causationId
      if (cause === undefined) found.push(`the event at ${position} of ${command} is missing`)
      else if ((causes.get(cause) ?? command) !== command) found.push(`the event at ${position} has two commands`)
      else causes.set(cause, command)
      covered++
    }
  }
  return covered === events.length
    ? found
    : [...found, `${events.length} events are in the log, and the commands made ${covered}`]
}

const lost = (receipts: ReadonlyArray<Receipt>, acknowledged: ReadonlyArray<Acknowledged>): ReadonlyArray<string> => {
  const sizes = new Map(receipts.map(({ command, first, last }) => [command, last - first + 1]))
  return acknowledged.filter(({ commandId, events }) => events > 0 && sizes.get(commandId) !== events).map((
    { commandId, events }
  ) => `${commandId} was acknowledged with ${events} events, and ${sizes.get(commandId) ?? 0} are there`)
}

const rowsByView = { Balances: "balances", Totals: "totals", Journal: "journal" } as const

const viewsIn = (database: DatabaseSync, events: ReadonlyArray<SequencedEvent>, complete: boolean) =>
  all<{ id: number; view: keyof typeof rowsByView; active: number; checkpoint: string }>(
    database,
    `SELECT id, view, active, checkpoint FROM view_generations WHERE ${ofBank}`
  ).map(({ active, checkpoint, id, view }) => {
    const { extent } = JSON.parse(checkpoint) as Checkpoint.Checkpoint
    const position = complete && active === 1 ? Infinity : extent._tag === "UpTo" ? extent.position : 0
    const covered = events.filter((event) => event.position <= position)
    const expected = Model.rowsAfter(covered)[rowsByView[view]]
    const actual = all<{ row: string }>(
      database,
      "SELECT row FROM view_rows WHERE generation = ? AND row IS NOT NULL ORDER BY key",
      id
    ).map(({ row }) => JSON.parse(row))
    const [parked] = all<{ count: number }>(database, "SELECT count(*) count FROM view_parked WHERE generation = ?", id)
    return {
      applied: active === 1 ? covered.length : Infinity,
      violations: [
        ...(isDeepStrictEqual(actual, expected)
          ? []
          : [`${view} at ${position} holds ${JSON.stringify(actual)}, which should be ${JSON.stringify(expected)}`]),
        ...(parked!.count > 0 ? [`${view} has ${parked!.count} parked events`] : [])
      ]
    }
  })

/**
 * Looks at a file again and again, while others may write to it. Events that were seen once are only counted afterwards;
 * a new `looks` reads them all. `complete` says that every view must have come to the end of the log
 * (a rebuild that is under way need not).
 */
export const looks = (filename: string) => {
  let events: ReadonlyArray<SequencedEvent> = []
  return (acknowledged: ReadonlyArray<Acknowledged>, complete = false): Look => {
    const database = new DatabaseSync(filename, { timeout: 5000 })
    database.exec("BEGIN")
    events = [...events, ...readEvents(database, events.at(-1)?.position ?? 0)]
    const [stored] = all<{ count: number }>(database, `SELECT count(*) count FROM events WHERE ${ofBank}`)
    const receipts = all<Receipt>(database, `SELECT command, first, last FROM receipts WHERE ${ofBank}`)
    const views = viewsIn(database, events, complete)
    const [check] = all<{ quick_check: string }>(database, "PRAGMA quick_check")
    database.close()
    return {
      violations: [
        ...(stored!.count === events.length
          ? []
          : [`${events.length} events were seen, and ${stored!.count} are there`]),
        ...illegal(events),
        ...remembered(events, receipts),
        ...lost(receipts, acknowledged),
        ...views.flatMap(({ violations }) => violations),
        ...(check!.quick_check === "ok" ? [] : [`the file is damaged: ${check!.quick_check}`])
      ],
      events: events.length,
      applied: Math.min(events.length, ...views.map(({ applied }) => applied))
    }
  }
}
