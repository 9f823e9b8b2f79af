/**
 * The HTTP door of a platform: every command and view of its plugins, built from their definitions.
 *
 * - `POST /catalog/commands/AddProduct`, `POST /catalog/commands/Category/CreateCategory`
 * - `POST /shop/inbound/PaymentReceived`: webhooks, see `InboundTranslationSlice`
 * - `GET /catalog/views/Products/{key}` (`/{key}/{sort}` where rows have a sort key)
 * - `GET /catalog/views/Products?index=byPrice&where.categoryId=x&range.gte=5&order=desc&limit=20&cursor=...`
 * - `GET /catalog/watch/Products`: server-sent events, of Stream variants
 * - `/ops/...`: the operator's door, see `OperationsApi`
 * - `POST /dev/token`: tokens to try it with, where a `DevelopmentIssuer` gives them
 * - `GET /health`, `GET /openapi.json`, `GET /docs`
 *
 * What isn't a success is a problem (see `Problem`); nothing was written then, unless it says that this is unknown.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { CommandBus } from "@reventless/core/CommandBus"
import { Inbound } from "@reventless/core/Inbound"
import { Operations } from "@reventless/core/Operations"
import { Platform } from "@reventless/core/Platform"
import { QueryEngine } from "@reventless/core/QueryEngine"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { createServer } from "node:http"
import * as App from "./internal/app.ts"
import { isLoopback } from "./internal/loopback.ts"
import { DevelopmentOnly, PrincipalResolver } from "./PrincipalResolver.ts"

/** Where the server listens. */
export class HttpServer extends Context.Service<HttpServer, {
  /** Without a slash at its end: `http://127.0.0.1:4000`. */
  readonly url: string
  readonly host: string
  readonly port: number
}>()("@reventless/http/HttpServer") {}

/** What can be set. */
export interface Options {
  /** The port to listen on; 0 takes a free one, which {@link HttpServer} then names. 4000 when absent. */
  readonly port?: number
  /** The address to listen on. 127.0.0.1 when absent: reachable from this machine only. */
  readonly host?: string
  /** The title of the API's docs; the names of the plugins when absent. */
  readonly title?: string
  /** How long requests in flight may take once the server stops; 10 seconds when absent. */
  readonly drainTimeout?: Duration.Input
}

/** Another program listens there already. */
export class PortInUse extends Schema.TaggedError<PortInUse>()("PortInUse", {
  host: Schema.String,
  port: Schema.Int
}) {
  override get message(): string {
    return `Port ${this.port} of ${this.host} is in use by another program. ` +
      "Choose another 'port' (0 takes a free one), or end the process that listens."
  }
}

/** The server can't listen there. */
export class CannotListen extends Schema.TaggedError<CannotListen>()("CannotListen", {
  host: Schema.String,
  port: Schema.Int,
  detail: Schema.String
}) {
  override get message(): string {
    return `The server can't listen on port ${this.port} of ${this.host}: ${this.detail}. Choose another 'port' or 'host'.`
  }
}

const listenError = (host: string, port: number) => ({ cause }: { readonly cause: unknown }) =>
  (cause as { readonly code?: string }).code === "EADDRINUSE"
    ? new PortInUse({ host, port })
    : new CannotListen({ host, port, detail: cause instanceof Error ? cause.message : String(cause) })

/** How a host is called in URLs by programs on this machine. */
const urlHost = (host: string): string =>
  host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "[::1]" : host.includes(":") ? `[${host}]` : host

/** Who issues tokens to whoever asks isn't reached from elsewhere. */
const checkExposed = Effect.fnUntraced(function*(host: string) {
  const { issuer } = yield* PrincipalResolver
  if (issuer !== undefined && !isLoopback(host)) {
    return yield* new DevelopmentOnly({ detail: `the server would listen on '${host}', not on 127.0.0.1 only` })
  }
})

/**
 * Serves the platform's plugins until the scope closes, as on SIGTERM and SIGINT with `NodeRuntime.runMain`: then it takes
 * no more connections, finishes the requests in flight within `drainTimeout`, ends streams, and closes what is left.
 */
export const layer = (
  options: Options = {}
): Layer.Layer<
  HttpServer,
  PortInUse | CannotListen | DevelopmentOnly,
  Platform | CommandBus | QueryEngine | Operations | Inbound
> =>
  Layer.effect(
    HttpServer,
    Effect.gen(function*() {
      const { drainTimeout = "10 seconds", host = "127.0.0.1", port = 4000 } = options
      yield* checkExposed(host)
      const stopping = yield* Deferred.make<void>()
      const { answer } = yield* App.make({
        platform: yield* Platform,
        bus: yield* CommandBus,
        queries: yield* QueryEngine,
        operations: yield* Operations,
        inbound: yield* Inbound,
        title: options.title,
        stopping
      })
      const node = createServer()
      const server = yield* Effect.mapError(
        NodeHttpServer.make(() => node, { host, port, gracefulShutdownTimeout: drainTimeout }),
        listenError(host, port)
      )
      // Finalizers run from the last to the first: say that it stops, drain, then close what is left.
      yield* Effect.addFinalizer(() => Effect.sync(() => node.closeAllConnections()))
      yield* server.serve(answer)
      yield* Effect.addFinalizer(() => Deferred.succeed(stopping, undefined))
      const bound = (node.address() as { readonly port: number }).port
      const url = `http://${urlHost(host)}:${bound}`
      yield* Effect.logInfo(`Listening on ${url}`)
      return { url, host, port: bound }
    })
  ).pipe(Layer.provide(NodeHttpServer.layerHttpServices))
