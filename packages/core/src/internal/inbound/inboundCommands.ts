import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { PublishCommand } from "../../Action.ts"
import * as Message from "../../Message.ts"
import { Scheduler } from "../../Scheduler.ts"
import { sendCommand } from "../commands/sendCommand.ts"
import type { Host } from "../platformPart.ts"

/** What the commands of a delivery follow from. */
export interface Origin {
  /** Who sends them, with its plugin. */
  readonly component: string
  /** Of the delivery. */
  readonly meta: Message.Meta
  /** Since when a delayed command waits, in milliseconds since 1970. */
  readonly since: number
}

/** Sends a command of a delivery and waits until it is accepted; fails when it isn't. One that is delayed is scheduled. */
export const send = Effect.fnUntraced(function*(
  host: Host,
  { component, meta, since }: Origin,
  { command, delay, to }: PublishCommand,
  index: number
) {
  const encoded = yield* host.bus.encode(to["~address"], command)
  const { target } = encoded
  const id = Message.deriveId(meta.messageId, component, target, index)
  if (delay === undefined) {
    yield* sendCommand(host, { id, ...encoded, cause: meta, component, isAsync: to.async })
  } else {
    const at = DateTime.makeUnsafe(since + Duration.toMillis(Duration.fromInputUnsafe(delay)))
    yield* Context.get(host.services, Scheduler).create({ name: id, when: { at }, to, command: command as never })
  }
  return { target, messageId: id }
})
