import * as SqliteBackup from "@reventless/sqlite/SqliteBackup"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { refused } from "./failure.ts"
import * as Output from "./output.ts"

const path = (name: string, description: string) => Flag.String(name).pipe(Flag.withDescription(description))

const size = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1000)} kB` : `${Math.round(bytes / 1e5) / 10} MB`

const count = (events: number): string => events === 1 ? "1 event is" : `${events} events are`

/** `reventless backup --file --to` */
export const backup = Command.make(
  "backup",
  {
    file: path("file", "The store's file (required)"),
    to: path("to", "The file to write, which must not exist (required)")
  },
  Effect.fnUntraced(function*({ file, to }) {
    const { bytes, events } = yield* Effect.mapError(
      SqliteBackup.backup({ file, to }),
      ({ message }) => refused(message)
    )
    yield* Output.say(`${count(events)} in ${to} (${size(bytes)}), checked.`, { file, to, events, bytes })
  })
).pipe(Command.withDescription("Copies an SQLite store as it is at one instant, also while the application runs"))

/** `reventless restore --from --file` */
export const restore = Command.make(
  "restore",
  {
    from: path("from", "The backup (required)"),
    file: path("file", "The store's file (required)"),
    force: Flag.Boolean("force").pipe(
      Flag.withDescription("Replace a store that is there; never one in use"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function*({ file, force, from }) {
    const { bytes, events } = yield* Effect.mapError(
      SqliteBackup.restore({ from, file, force }),
      ({ message }) => refused(message.replace("'force'", "--force"))
    )
    yield* Output.say(`${count(events)} in ${file} (${size(bytes)}), checked.`, { from, file, events, bytes })
  })
).pipe(Command.withDescription("Makes a backup the store of an application that doesn't run"))
