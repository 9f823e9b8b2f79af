import type { CommandBus } from "@reventless/core/CommandBus"
import type { Inbound } from "@reventless/core/Inbound"
import type { Operations } from "@reventless/core/Operations"
import type { Platform } from "@reventless/core/Platform"
import { PlatformPlugin, Plugins } from "@reventless/core/PlatformPlugin"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerError } from "effect/http/HttpServerError"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import * as PluginApi from "../PluginApi.ts"
import { PrincipalResolver } from "../PrincipalResolver.ts"
import * as Api from "./api.ts"
import * as Boundary from "./boundary.ts"
import * as CommandHandler from "./commandHandler.ts"
import * as InboundHandler from "./inboundHandler.ts"
import * as NearMisses from "./nearMisses.ts"
import { group as operationsSegment } from "./operationEndpoints.ts"
import * as OperationHandler from "./operationHandler.ts"
import * as OutcomeHandler from "./outcomeHandler.ts"
import * as Paths from "./paths.ts"
import * as SystemRoutes from "./systemRoutes.ts"
import { group as tokenSegment } from "./tokenEndpoint.ts"
import * as TokenHandler from "./tokenHandler.ts"
import * as ViewHandler from "./viewHandler.ts"

const description = "Commands change the application, views show it. " +
  "Give the `token` of a command's answer to a query as `after` to see at least that command's effects."

/** Ids of up to 200 characters, percent-encoded. */
const maxParamLength = 3000

/** The methods of each path. */
const methodsOf = ({ endpoints }: Api.Api): Boundary.Methods => {
  const routes = [
    ...SystemRoutes.paths.map((path) => ({ path: path as string, method: "GET" })),
    ...endpoints.map(({ http }) => ({ path: http.path as string, method: http.method as string }))
  ].map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}/?$`, "i") }))
  return (path) => {
    const methods = new Set(routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method))
    return [...methods].flatMap((method) => method === "GET" ? ["GET", "HEAD"] : [method])
  }
}

/** Two plugins can't be told apart by a path that is the same, nor one from what the server has there itself. */
const checkPaths = (plugins: ReadonlyArray<string>, issues: boolean): Effect.Effect<void> => {
  const segments = plugins.map(Paths.pluginSegment)
  const own = {
    [operationsSegment]: "operations are",
    ...(issues ? { [tokenSegment]: "the development issuer is" } : {})
  }
  for (const [segment, what] of Object.entries(own)) {
    const reserved = plugins[segments.indexOf(segment)]
    if (reserved !== undefined) {
      return Effect.die(new Error(`the plugin '${reserved}' would be served at /${segment}, where ${what}; rename it`))
    }
  }
  const second = segments.findIndex((segment, index) => segments.indexOf(segment) !== index)
  const [one, other] = [plugins[segments.indexOf(segments[second]!)], plugins[second]]
  return second < 0
    ? Effect.void
    : Effect.die(
      new Error(`the plugins '${one}' and '${other}' would both be served at /${segments[second]}; rename one`)
    )
}

/** Everything that a platform serves, as one effect that answers a request. */
export const make = Effect.fnUntraced(function*(options: {
  readonly platform: Platform["Service"]
  readonly bus: CommandBus["Service"]
  readonly queries: QueryEngine["Service"]
  readonly operations: Operations["Service"]
  readonly inbound: Inbound["Service"]
  readonly title: string | undefined
  readonly stopping: Deferred.Deferred<void>
}) {
  const { bus, platform, queries, stopping } = options
  const resolver = yield* PrincipalResolver
  yield* checkPaths([...platform.plugins, PlatformPlugin].map(({ name }) => name), resolver.issuer !== undefined)
  const plugins = platform.plugins.map(PluginApi.fromPlugin)
  // What a person does to the registry is done at the operator's door.
  const builtIn = PluginApi.make(PlatformPlugin.name, { views: [Plugins] })
  const api = Api.make({
    title: options.title ?? (platform.plugins.map(({ name }) => name).join(", ") || "Reventless"),
    version: platform.version,
    description,
    plugins,
    builtIn,
    defaultAccess: platform.defaultAccess,
    operators: platform.operators,
    issues: resolver.issuer !== undefined
  })
  const ended = Deferred.await(stopping)
  const operationHandler = OperationHandler.make(options.operations, ended)
  const outcomeHandler = OutcomeHandler.make(bus)
  const handlerOf = (endpoint: Api.Endpoint): Api.Handler => {
    switch (endpoint.kind) {
      case "command":
        return CommandHandler.make(bus, endpoint)
      case "inbound":
        return InboundHandler.make(options.inbound, endpoint)
      case "outcome":
        return outcomeHandler
      case "operation":
        return operationHandler(endpoint)
      case "token":
        return TokenHandler.make(resolver.issuer!)
      default:
        return ViewHandler.make(queries, endpoint, ended)
    }
  }
  const routes = Layer.mergeAll(Api.layer(api, handlerOf), SystemRoutes.layer(platform, api, resolver))
  const router = yield* Effect.provideService(HttpRouter.toHttpEffect(routes), HttpRouter.RouterConfig, {
    caseSensitive: true,
    maxParamLength
  })
  const answer = Boundary.around(router as Effect.Effect<HttpServerResponse, HttpServerError, any>, {
    methods: methodsOf(api),
    nearMisses: NearMisses.make([...plugins, builtIn]),
    stopping: () => Deferred.isDoneUnsafe(stopping)
  })
  return { answer }
})
