/** The application on SQLite, on a file with so many events in it. */
import type { CommandBus } from "@reventless/core/CommandBus"
import * as Extent from "@reventless/core/Extent"
import type { Operations } from "@reventless/core/Operations"
import * as Platform from "@reventless/core/Platform"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import type { Token } from "@reventless/core/Token"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Layer from "effect/Layer"
import { Commands, Courses } from "./courses.ts"

type Services = Platform.Platform | CommandBus | QueryEngine | Operations

/** The application with its view, or its commands alone. */
export const layer = (
  filename: string,
  options?: { readonly views: boolean }
): Layer.Layer<Services, unknown> =>
  Platform.layer({ version: "1.0.0", plugins: [options?.views === false ? Commands : Courses] }).pipe(
    Layer.provide(SqlitePlatform.layer({ filename }))
  )

/** The token of the last command of a log of so many events. */
export const tokenOf = (events: number): Token => ({ extent: Extent.upTo(events) })
