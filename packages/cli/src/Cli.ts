/**
 * The command line `reventless`, for whoever runs an application: how its views are, what is parked and why, replay, skip,
 * rebuild, the events of a log, work that is done later, what came in from outside, plugins and their versions, backups.
 * And for whoever writes one: `generate-plugin`, and `token` to be somebody while there is no identity provider.
 *
 * What it says to a person at a terminal it says as JSON lines to a program; `generate-plugin` does so for `--json` alone,
 * since what a build says is read in logs. It ends with 0 when it did what was asked,
 * with 1 when that was refused or failed, and with 2 when no server answered.
 */
import * as Command from "effect/cli/Command"
import { contracts } from "./internal/contractsCommand.ts"
import { events } from "./internal/eventsCommand.ts"
import { backup, restore } from "./internal/fileCommands.ts"
import { generatePlugin } from "./internal/generatePluginCommand.ts"
import { inbound } from "./internal/inboundCommand.ts"
import { model } from "./internal/modelCommand.ts"
import { connections, plugins } from "./internal/pluginCommands.ts"
import { rebuild } from "./internal/rebuildCommand.ts"
import { root } from "./internal/root.ts"
import { token } from "./internal/tokenCommand.ts"
import { parked, replay, skip, skipped, views } from "./internal/viewCommands.ts"
import { work } from "./internal/workCommands.ts"

/** The whole command; run it with `Command.run` of effect/cli. */
export const reventless = root.pipe(
  Command.withDescription(
    "Looks after a Reventless application: its views, its log, its work, its plugins and its file."
  ),
  Command.withSubcommands([
    views,
    parked,
    replay,
    skip,
    skipped,
    rebuild,
    events,
    work,
    inbound,
    plugins,
    connections,
    backup,
    restore,
    token,
    generatePlugin,
    contracts,
    model
  ]),
  Command.withExamples([
    { command: "reventless views", description: "How far every view is, and what waits" },
    { command: "reventless events Catalog --tag product:kettle", description: "What happened to the kettle" },
    {
      command: "reventless work --state Parked",
      description: "Which commands and schedules wait for a person, and why"
    },
    { command: "reventless work run Catalog tasks CountStock", description: "Run a scheduled task once more, now" },
    { command: "reventless inbound Shop.PaymentReceived", description: "Which webhooks came, and what became of them" },
    { command: "reventless backup --file shop.db --to copy.db", description: "Copy a store, also while it is in use" },
    { command: "reventless token --sub alice --groups shop-manager", description: "A token of the development issuer" },
    { command: "reventless generate-plugin", description: "Write src/Plugin.ts of the plugin in this folder" },
    { command: "reventless contracts check", description: "Whether the contracts here break those who connect" },
    { command: "reventless model --diagram map", description: "How the plugins talk that run, for Mermaid" },
    { command: "reventless model src/plugins.ts", description: "What happens in each plugin, from its code" }
  ])
)
