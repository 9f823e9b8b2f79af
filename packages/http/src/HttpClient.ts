/**
 * The command bus and the query engine of a platform that is reached over HTTP: the services that code in its process
 * would use, typed by the same definitions, failing with the same errors.
 *
 * What differs from the services in the process: the principal is whom the server takes the caller for, a query waits at
 * most 60 seconds for a token, and of what a sender may say about a command its id and correlation travel.
 */
import { CommandBus } from "@reventless/core/CommandBus"
import type { Plugin } from "@reventless/core/Plugin"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Http from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import * as Layer from "effect/Layer"
import { ofPlugin } from "./internal/endpoints.ts"
import * as RemoteCommands from "./internal/remoteCommands.ts"
import * as RemoteViews from "./internal/remoteViews.ts"
import * as PluginApi from "./PluginApi.ts"

/** Where a platform is, and what is known of it. */
export interface Options {
  /** Where the server is: `https://shop.example`, with a path where a proxy has put it under one. */
  readonly baseUrl: string
  /** The plugins, or their definitions alone: see `PluginApi.make`. */
  readonly plugins: ReadonlyArray<Plugin<string, any> | PluginApi.PluginApi>
  /** Sent with every request, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>
}

const apiOf = (plugin: Plugin<string, any> | PluginApi.PluginApi): PluginApi.PluginApi =>
  "plugin" in plugin ? plugin : PluginApi.fromPlugin(plugin)

/**
 * Provides the bus and the query engine of the platform at `baseUrl`.
 *
 * @example
 * ```ts
 * import { CommandBus } from "@reventless/core/CommandBus"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as HttpClient from "@reventless/http/HttpClient"
 * import * as PluginApi from "@reventless/http/PluginApi"
 * import * as Effect from "effect/Effect"
 * import * as FetchHttpClient from "effect/http/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 *
 * const NoteId = Id.make("note")
 * class TakeNote extends StateChangeSlice.make("TakeNote", { command: { noteId: NoteId }, consumes: [], produces: [] }) {}
 *
 * const Notes = HttpClient.layer({
 *   baseUrl: "http://127.0.0.1:4000",
 *   plugins: [PluginApi.make("Notes", { commands: [TakeNote] })]
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * const program = Effect.gen(function*() {
 *   const bus = yield* CommandBus
 *   return yield* bus.send(TakeNote, { noteId: NoteId.make("note-1") })
 * }).pipe(Effect.provide(Notes))
 * ```
 */
export const layer = (options: Options): Layer.Layer<CommandBus | QueryEngine, never, Http.HttpClient> =>
  Layer.effectContext(Effect.gen(function*() {
    const http = Http.mapRequest(yield* Http.HttpClient, (request) =>
      request.pipe(
        HttpClientRequest.prependUrl(options.baseUrl),
        HttpClientRequest.setHeaders(options.headers ?? {})
      ))
    const endpoints = options.plugins.flatMap((plugin) => ofPlugin(apiOf(plugin), undefined))
    return Context.make(CommandBus, RemoteCommands.make(http, endpoints)).pipe(
      Context.add(QueryEngine, RemoteViews.make(http, endpoints))
    )
  }))
