import type { Appended } from "@reventless/core/EventStore"
import * as Extent from "@reventless/core/Extent"
import type * as Query from "@reventless/core/Query"
import * as Events from "./events.ts"
import type { Transaction } from "./groupCommit.ts"
import * as Probes from "./probes.ts"

/** No event that matches the query was added after the position. */
export interface AppendCondition {
  readonly query: Query.Query
  readonly after: number
}

/** An append that is to be written: everything about it was checked but what only the log knows. */
export interface AppendRequest {
  readonly plugin: number
  readonly events: ReadonlyArray<Events.EncodedEvent>
  readonly commandId: string | undefined
  /** Each must hold. */
  readonly conditions: ReadonlyArray<AppendCondition>
  /** Told the position of the newest event when the append was written. */
  readonly notify: (head: number) => void
}

/** Decides and writes an append; undefined when one of its conditions doesn't hold. */
export const write = ({ connection, heads, news }: Transaction, request: AppendRequest): Appended | undefined => {
  const { commandId, conditions, events, notify, plugin } = request
  const first = commandId === undefined ? undefined : Events.receipt(connection, plugin, commandId)
  if (first !== undefined) return first
  const until = heads.get(plugin) ?? Events.head(connection, plugin)
  if (conditions.some(({ after, query }) => Probes.exists(connection, { plugin, after, until }, query))) {
    return undefined
  }
  const stored = events.map((encoded) => ({ ...encoded.event, position: Events.insert(connection, plugin, encoded) }))
  const last = stored.at(-1)!.position
  if (commandId !== undefined) Events.insertReceipt(connection, plugin, commandId, stored[0]!.position, last)
  heads.set(plugin, last)
  news.set(notify, last)
  return { events: stored, token: { extent: Extent.upTo(last) }, replayed: false }
}
