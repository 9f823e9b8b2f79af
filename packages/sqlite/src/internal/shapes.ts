import { EventChanged } from "@reventless/core/EventStore"
import type { EventShape } from "@reventless/core/EventStores"
import * as StoreRules from "@reventless/core/StoreRules"
import { type Connection, row, run } from "./connection.ts"

/**
 * Remembers the shapes in which a plugin stores its events; the refusal of the first that changed under its version, and
 * then nothing is remembered. To be run in a transaction.
 */
export const remember = (
  connection: Connection,
  plugin: number,
  events: ReadonlyArray<EventShape>
): EventChanged | undefined => {
  const changed: Array<EventShape> = []
  for (const { shape, type, version } of events) {
    const before = row<[string]>(
      connection,
      "SELECT shape FROM event_shapes WHERE plugin = ? AND type = ? AND version = ?",
      plugin,
      type,
      version
    )?.[0]
    const detail = before === undefined ? undefined : StoreRules.changedShape(before, shape)
    if (detail !== undefined) return new EventChanged({ event: type, version, detail })
    const remembered = StoreRules.rememberedShape(before ?? shape, shape)
    if (before !== remembered) changed.push({ type, version, shape: remembered })
  }
  for (const { shape, type, version } of changed) {
    run(connection, "INSERT OR REPLACE INTO event_shapes VALUES (?, ?, ?, ?)", plugin, type, version, shape)
  }
  return undefined
}
