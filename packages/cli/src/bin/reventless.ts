#!/usr/bin/env node
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as PackageVersion from "@reventless/core/PackageVersion"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as References from "effect/References"
import * as Runtime from "effect/Runtime"
import { reventless } from "../Cli.ts"
import { presenter } from "../internal/presenter.ts"

PackageVersion.fromDirectory(import.meta.dirname).pipe(
  Effect.flatMap((version) => Command.run(reventless, { version })),
  Effect.provideService(References.MinimumLogLevel, "Warn"),
  Effect.provide([
    NodeServices.layer,
    FetchHttpClient.layer,
    CliOutput.layerPresenter(presenter),
    CliConfig.layer({
      builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions, GlobalFlag.LogLevel]
    })
  ]),
  NodeRuntime.runMain({
    teardown: (exit, onExit) =>
      // Whoever watches ends it by a signal, and nothing has failed then.
      Runtime.defaultTeardown(exit, (code) => onExit(code === 130 && process.argv.includes("--watch") ? 0 : code))
  })
)
