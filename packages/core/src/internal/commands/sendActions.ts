import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { PublishCommand } from "../../Action.ts"
import { addressName } from "../../CommandBus.ts"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import { json } from "../json.ts"
import type { Host } from "../platformPart.ts"
import type { CommandContent } from "../todo/todoContent.ts"
import { NotAccepted, sendCommand } from "./sendCommand.ts"

/** What commands come from. */
export interface Origin {
  /** The item, which the ids of the commands follow from. */
  readonly id: string
  /** The meta of what caused the item. */
  readonly meta: Message.Meta
  /** The position of the event that the item comes from; 0 where it is a command. */
  readonly position: number
  /** What of the component sends: a second reason to send the same command has another id. */
  readonly what: string
}

/** Sends commands on behalf of a component. */
export interface Sender {
  /**
   * Sends the `index`-th command that an item comes to, and waits until it is accepted; fails when it isn't. A delayed one
   * is only kept, durably, in the component's queue.
   */
  readonly send: (action: PublishCommand, index: number, from: Origin) => Effect.Effect<void, unknown>
  /** Sends a command that was kept, under the id under which it was kept. */
  readonly sendKept: (id: string, content: CommandContent) => Effect.Effect<void, unknown>
}

/** Makes what sends the commands of a component to its own plugin. */
export const make = (
  runtime: PluginRuntime,
  host: Host,
  { component, queue }: { readonly component: string; readonly queue: string }
): Sender => {
  const asyncTargets = new Set(runtime.handlers.filter((handler) => handler.async).map(({ target }) => target))
  const own = new Set(runtime.handlers.map(({ command }) => command))

  const sendKept: Sender["sendKept"] = (id, { command, meta, target }) =>
    sendCommand(host, { id, target, command, cause: meta, component, isAsync: asyncTargets.has(target) })

  return {
    sendKept,
    send: Effect.fnUntraced(function*({ command, delay, to }, index, { id: item, meta, position, what }) {
      const address = to["~address"]
      if (!own.has(address.command)) {
        return yield* new NotAccepted({
          message: `it sends '${addressName(address)}', which is no component of plugin '${runtime.plugin.name}'`
        })
      }
      const encoded = yield* host.bus.encode(address, command)
      const id = Message.deriveId(item, `${component}.${what}`, encoded.target, index)
      const content: CommandContent = { ...encoded, meta, position }
      if (delay === undefined) return yield* sendKept(id, content)
      const now = yield* Clock.currentTimeMillis
      const due = meta.time + Duration.toMillis(Duration.fromInputUnsafe(delay))
      yield* runtime.work.add(queue, [{ id, lane: id, due, content: json(content) }], now)
    })
  }
}
