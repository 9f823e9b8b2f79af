import type * as Access from "@reventless/core/Access"
import * as Effect from "effect/Effect"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as OpenApi from "effect/http-api/OpenApi"
import type * as HttpRouter from "effect/http/HttpRouter"
import type { HttpServerRequest } from "effect/http/HttpServerRequest"
import type { HttpServerResponse } from "effect/http/HttpServerResponse"
import * as Layer from "effect/Layer"
import type { PluginApi } from "../PluginApi.ts"
import * as Problem from "../Problem.ts"
import { type Endpoint as PluginEndpoint, ofPlugin } from "./endpoints.ts"
import * as OperationEndpoints from "./operationEndpoints.ts"
import * as TokenEndpoint from "./tokenEndpoint.ts"

/** What is asked for at one method and path. */
export type Endpoint = PluginEndpoint | OperationEndpoints.OperationEndpoint | TokenEndpoint.TokenEndpoint

/** The API of a platform. Its types are known at run time only; this module is where they are erased. */
export interface Api {
  readonly http: HttpApi.Top
  readonly endpoints: ReadonlyArray<Endpoint>
}

/** The decoded parts of a request; bodies are read by the handlers. */
export interface Asked {
  readonly request: HttpServerRequest
  readonly params: Readonly<Record<string, any>>
  readonly query: Readonly<Record<string, any>>
}

/** Answers the requests of an endpoint. Whatever goes wrong is a response too. */
export type Handler = (asked: Asked) => Effect.Effect<HttpServerResponse, never, HttpServerRequest>

/**
 * Makes the API of plugins: one group a plugin, one endpoint for each command and each way to query a view; and for
 * operators one group of operations, and one of the built-in plugin's views.
 */
export const make = (options: {
  readonly title: string
  readonly version: string
  readonly description: string
  readonly plugins: ReadonlyArray<PluginApi>
  readonly builtIn: PluginApi
  readonly defaultAccess: Access.Access
  readonly operators: Access.Access
  /** Whether a development issuer gives tokens. */
  readonly issues: boolean
}): Api => {
  let http = HttpApi.make("Reventless") as unknown as HttpApi.Top
  const endpoints: Array<Endpoint> = []
  const addGroup = (
    name: string,
    own: ReadonlyArray<Endpoint>,
    says: { readonly description?: string | undefined; readonly exclude?: boolean }
  ) => {
    endpoints.push(...own)
    const group = (HttpApiGroup.make(name) as unknown as HttpApiGroup.Top).annotateMerge(OpenApi.annotations(says))
    http = http.add(own.reduce<HttpApiGroup.Top>((group, endpoint) => group.add(endpoint.http), group))
  }
  for (const plugin of options.plugins) {
    addGroup(plugin.plugin, ofPlugin(plugin, options.defaultAccess), {
      description: plugin.version === undefined ? undefined : `Version ${plugin.version}`
    })
  }
  const { builtIn, operators } = options
  const operations = OperationEndpoints.make(operators)
  addGroup(builtIn.plugin, ofPlugin(builtIn, operators), { description: "The registry", exclude: !operations.shown })
  addGroup(OperationEndpoints.group, operations.endpoints, { description: "Operations", exclude: !operations.shown })
  if (options.issues) addGroup(TokenEndpoint.group, [TokenEndpoint.make()], { description: "Development only" })
  const { description, title, version } = options
  return {
    http: http.annotateMerge(OpenApi.annotations({ title, version, description })).annotate(
      HttpApi.AdditionalSchemas,
      [Problem.Problem]
    ),
    endpoints
  }
}

/** What routes of an API are registered with. */
type Registry = Exclude<Layer.Services<ReturnType<typeof HttpApiBuilder.layer>>, HttpApiGroup.Service<any, any>>

/** The routes of an API, each with its handler. */
export const layer = (
  { endpoints, http }: Api,
  handlerOf: (endpoint: Endpoint) => Handler
): Layer.Layer<never, never, HttpRouter.HttpRouter | Registry> => {
  const byEndpoint = new Map<HttpApiEndpoint.Top, Handler>(endpoints.map((one) => [one.http, handlerOf(one)]))
  const groups = Object.values(http.groups).map((group) =>
    HttpApiBuilder.group(http, group.identifier, (handlers) => {
      let all: any = handlers
      for (const endpoint of Object.values(group.endpoints)) {
        all = all.handleRaw(endpoint.identifier, byEndpoint.get(endpoint)!)
      }
      return all
    })
  ) as unknown as ReadonlyArray<Layer.Layer<never>>
  return HttpApiBuilder.layer(http).pipe(
    Layer.provide(groups.reduce((all, one) => Layer.merge(all, one), Layer.empty))
  ) as unknown as Layer.Layer<never, never, HttpRouter.HttpRouter | Registry>
}
