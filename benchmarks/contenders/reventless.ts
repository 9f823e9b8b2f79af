/** Ours: the SQLite store, as durable as its default, and the memory store. */
import { PositionedEventStore, type PositionedEventStoreShape } from "@reventless/core/EventStore"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as EventStoreSqlite from "@reventless/sqlite/EventStoreSqlite"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as path from "node:path"
import * as Temporary from "../lib/temporary.ts"
import type { Contender } from "./contender.ts"
import { subscribed } from "./event.ts"
import * as Ours from "./ours.ts"
import * as SqliteFile from "./sqliteFile.ts"

export const sqliteName = "reventless sqlite"
export const memoryName = "reventless memory"

/** An SQLite store on a file of its own. */
export const openSqlite = Effect.gen(function*() {
  const filename = path.join(yield* Temporary.folder, "log.db")
  return Context.get(yield* Effect.orDie(Layer.build(EventStoreSqlite.layer({ filename }))), PositionedEventStore)
})

/** Appends one event without a condition. */
export const appendOne = (store: PositionedEventStoreShape, course: string, student: string) =>
  store.append([Ours.newEvent(subscribed(course, student))])

export const sqlite: Contender = {
  name: sqliteName,
  durability: "synced",
  kind: "ours",
  open: Effect.fnUntraced(function*(filled) {
    const filename = path.join(yield* Temporary.folder, "log.db")
    if (filled > 0) yield* SqliteFile.make(filename, filled)
    const context = yield* Effect.orDie(Layer.build(EventStoreSqlite.layer({ filename })))
    return Ours.drive(Context.get(context, PositionedEventStore))
  })
}

export const memory: Contender = {
  name: memoryName,
  durability: "memory",
  kind: "ours",
  open: Effect.fnUntraced(function*(filled) {
    const store = Context.get(yield* Layer.build(EventStoreMemory.layer()), PositionedEventStore)
    yield* Ours.fill(store, filled)
    return Ours.drive(store)
  })
}
