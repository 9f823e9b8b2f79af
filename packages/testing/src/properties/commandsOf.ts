import type * as Command from "@reventless/core/Command"
import { addressName, type AnyTarget } from "@reventless/core/CommandBus"
import type { Plugin } from "@reventless/core/Plugin"

/** A command of a plugin, and its name within it. */
export interface PluginCommand {
  readonly target: string
  readonly command: Command.Any
}

const named = ({ "~address": address }: AnyTarget): PluginCommand => ({
  target: addressName(address),
  command: address.command
})

/** The commands of a plugin: those of its aggregates, then those of its slices. */
export const commandsOf = (
  { aggregates, stateChangeSlices }: Pick<Plugin<string, unknown>, "aggregates" | "stateChangeSlices">
): ReadonlyArray<PluginCommand> => [
  ...aggregates.flatMap(({ definition }) => Object.values(definition.commands).map(named)),
  ...stateChangeSlices.map(({ definition }) => named(definition))
]
