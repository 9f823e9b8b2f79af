import type * as Access from "@reventless/core/Access"
import { type Address, addressName } from "@reventless/core/CommandBus"
import { CommandAccepted, CommandResult } from "@reventless/core/CommandResult"
import type * as InboundTranslationSlice from "@reventless/core/InboundTranslationSlice"
import type * as View from "@reventless/core/View"
import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import type { PluginApi } from "../PluginApi.ts"
import * as Problem from "../Problem.ts"
import * as Paths from "./paths.ts"
import { declaredStatus } from "./refusal.ts"
import * as ViewParameters from "./viewParameters.ts"

/** A command or a query of a view, with the endpoint it is asked at. */
export type Endpoint =
  | {
    readonly kind: "command"
    readonly plugin: string
    readonly address: Address
    /** The command with its plugin, as the bus knows it. */
    readonly target: string
    /** Its rule, or the platform's default; undefined where that isn't known. */
    readonly access: Access.Access | undefined
    readonly http: HttpApiEndpoint.Top
  }
  | {
    readonly kind: "inbound"
    readonly plugin: string
    readonly slice: InboundTranslationSlice.Any
    readonly http: HttpApiEndpoint.Top
  }
  | {
    readonly kind: "outcome"
    readonly plugin: string
    readonly http: HttpApiEndpoint.Top
  }
  | {
    readonly kind: "get" | "list" | "watch"
    readonly plugin: string
    readonly view: View.Any
    readonly http: HttpApiEndpoint.Top
  }

/** The endpoint of a query. */
export type ViewEndpoint = Extract<Endpoint, { readonly view: View.Any }>

/** The answer to a command that was decided. */
export const CommandAnswer = Schema.Struct({
  messageId: CommandAccepted.fields.messageId,
  entityId: CommandAccepted.fields.entityId,
  eventCount: CommandAccepted.fields.eventCount,
  token: CommandAccepted.fields.token
}).annotate({ identifier: "CommandAccepted", description: "The command was decided and its events are stored." })

/** The answer to a command that will be decided later. */
export const PendingAnswer = Schema.Struct({ messageId: Schema.String }).annotate({
  identifier: "CommandPending",
  description: "The command was taken and will be decided later; 'location' says where its outcome is told."
})

/** The answer to an input that was taken. */
export const InboundAnswer = Schema.Struct({
  status: Schema.Literals(["Accepted", "Duplicate"]),
  deliveryId: Schema.String
}).annotate({
  identifier: "InboundReceived",
  description: "The input is stored and will be translated; or its delivery was accepted before (200)."
})

/** The answer to who asks what became of a command. */
export const OutcomeAnswer = CommandResult.annotate({
  identifier: "CommandOutcome",
  description: "What became of the command: accepted, rejected with its error, or still pending."
})

/** The parameters of asking for an outcome. */
export const outcomeFields = {
  wait: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: ViewParameters.maxWait })).annotate({
      description:
        `How long to wait for the outcome, in milliseconds; 0 when absent, at most ${ViewParameters.maxWait}.`
    })
  )
}

/** What the server tells of a stream of changes; `id` counts them. */
export const events = { set: "RowSet", removed: "RowRemoved", rebuilt: "ViewRebuilt", problem: "Problem" } as const

const asProblem = HttpApiSchema.asJson({ contentType: Problem.contentType })

/** A declared error as problem details. */
const declared = (schema: Schema.Constraint): Schema.Top =>
  Schema.Struct({ ...Problem.fields, error: schema as Schema.Top }).pipe(
    asProblem,
    HttpApiSchema.status(declaredStatus(schema))
  ).annotate({ description: "The command's own refusal; 'error' is its error." })

/** A rule in words. */
export const accessText = (access: Access.Access | undefined): string => {
  if (access === undefined) return "the platform's default"
  switch (access._tag) {
    case "Anyone":
      return "anyone"
    case "Authenticated":
      return "every identified caller"
    case "Groups":
      return access.groups.length === 0 ? "only the application itself" : `callers in ${access.groups.join(" or ")}`
    case "Owner":
      return [`the caller whose id is '${access.field}'`, ...access.groups ?? []].join(", or callers in ")
    case "Deny":
      return "nobody"
  }
}

const strict = { errors: "all", onExcessProperty: "error" } as const

/** An endpoint with what it is for and who may use it; it takes no parameters but its own. */
export const annotate = (
  endpoint: HttpApiEndpoint.Top,
  options: {
    readonly summary: string
    readonly description: string | undefined
    readonly access: Access.Access | undefined
  }
): HttpApiEndpoint.Top =>
  endpoint.annotateMerge(OpenApi.annotations({
    summary: options.summary,
    description: `${options.description === undefined ? "" : `${options.description}\n\n`}Access: ${
      accessText(options.access)
    }.`,
    transform: (operation) => ({ ...operation, "x-access": options.access })
  })).annotate(HttpApi.QueryParseOptions, strict).annotate(HttpApi.ParamsParseOptions, { errors: "all" })

const headers = {
  "idempotency-key": Schema.optionalKey(
    Schema.String.annotate({ description: "A second command with the same key gives the first one's answer." })
  ),
  "x-correlation-id": Schema.optionalKey(Schema.String.annotate({ description: "The conversation it belongs to." }))
}

const ofCommand = (plugin: string, address: Address, defaultAccess: Access.Access | undefined): Endpoint => {
  const { command } = address
  const access = command.access ?? defaultAccess
  const name = addressName(address)
  const endpoint = HttpApiEndpoint.post(name, Paths.command(plugin, address), {
    headers,
    payload: command.schema as Schema.Top,
    success: [CommandAnswer, PendingAnswer.pipe(HttpApiSchema.status(202))],
    error: command.errors.map(declared)
  }) as unknown as HttpApiEndpoint.Top
  return {
    kind: "command",
    plugin,
    address,
    target: `${plugin}.${name}`,
    access,
    http: annotate(endpoint, {
      summary: name,
      description: command.description,
      access
    })
  }
}

const header = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

/** All three are needed; that one is missing is the receiver's to say, who keeps a record of it. */
const signatureHeaders = {
  "webhook-id": header("Of the delivery; the same however often it is sent."),
  "webhook-timestamp": header("When this request was made, in seconds since 1970."),
  "webhook-signature": header(
    "`v1,` and in base64 the HMAC-SHA256 of `{id}.{timestamp}.{body}`; several with a space between them."
  )
}

const unsignedHeaders = {
  "webhook-id": header("Of the delivery; a second one with the same id isn't done again.")
}

const ofInbound = (plugin: string, slice: InboundTranslationSlice.Any): Endpoint => ({
  kind: "inbound",
  plugin,
  slice,
  http: annotate(
    HttpApiEndpoint.post(slice.tag, Paths.inbound(plugin, slice.tag), {
      headers: slice.signed ? signatureHeaders : unsignedHeaders,
      payload: slice.input as Schema.Top,
      success: [InboundAnswer.pipe(HttpApiSchema.status(202)), InboundAnswer]
    }) as unknown as HttpApiEndpoint.Top,
    {
      summary: slice.tag,
      description: `${slice.description === undefined ? "" : `${slice.description}\n\n`}${
        slice.signed
          ? "A webhook, signed by the convention of Standard Webhooks: whoever knows the secret may send it."
          : "A webhook without a signature."
      }`,
      access: slice.signed ? { _tag: "Anyone" } : slice.access
    }
  )
})

/** Where a plugin tells what became of the commands that it decides later. */
const ofOutcomes = (plugin: string): Endpoint => ({
  kind: "outcome",
  plugin,
  http: annotate(
    HttpApiEndpoint.get("outcome", Paths.outcomes(plugin), {
      params: Schema.Struct({ messageId: Schema.String }),
      query: Schema.Struct(outcomeFields),
      success: OutcomeAnswer
    }) as unknown as HttpApiEndpoint.Top,
    {
      summary: "Outcome of a command",
      description: "Of a command that was answered with 202, by its message id. Only who sent it may ask.",
      access: { _tag: "Anyone" }
    }
  )
})

/** A stream of changes, in words: its events aren't one JSON value. */
const EventStream = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })).annotate({
  description:
    `Server-sent events, numbered: '${events.set}' with every row that there is, and then with each row that ` +
    `changes; '${events.removed}' with { key, sort? }; '${events.rebuilt}' or '${events.problem}' with a problem at the end.`
})

const ofView = (plugin: string, view: View.Any, defaultAccess: Access.Access | undefined): ReadonlyArray<Endpoint> => {
  const { spec } = view
  const { description } = spec
  const access = spec.access ?? defaultAccess
  const row = (spec.row as Schema.Top).annotate({ identifier: `${plugin}.${spec.name}.Row` })
  const path = Paths.view(plugin, spec.name)
  const list = HttpApiEndpoint.get(`${spec.name}.list`, path, {
    query: Schema.Struct(ViewParameters.listFields(spec)),
    success: Schema.Struct({ rows: Schema.Array(row), cursor: Schema.optionalKey(Schema.String) })
  })
  const get = HttpApiEndpoint.get(`${spec.name}.get`, `${path}/:key${spec.sort === undefined ? "" : "/:sort"}`, {
    params: Schema.Struct(ViewParameters.rowIdFields(spec)),
    query: Schema.Struct(ViewParameters.getFields),
    success: row
  })
  const watch = HttpApiEndpoint.get(`${spec.name}.watch`, Paths.watch(plugin, spec.name), {
    query: Schema.Struct(ViewParameters.watchFields(spec)),
    success: EventStream
  })
  const endpoint = (kind: "get" | "list" | "watch", http: unknown, summary: string): Endpoint => ({
    kind,
    plugin,
    view,
    http: annotate(http as HttpApiEndpoint.Top, { summary, description, access })
  })
  return [
    endpoint("list", list, `${spec.name}: rows`),
    endpoint("get", get, `${spec.name}: one row`),
    ...(spec.live ? [endpoint("watch", watch, `${spec.name}: changes`)] : [])
  ]
}

/** The endpoints of a plugin. */
export const ofPlugin = (api: PluginApi, defaultAccess: Access.Access | undefined): ReadonlyArray<Endpoint> => [
  ...api.commands.map((address) => ofCommand(api.plugin, address, defaultAccess)),
  ...(api.commands.some(({ async }) => async) ? [ofOutcomes(api.plugin)] : []),
  ...api.inbound.map((slice) => ofInbound(api.plugin, slice)),
  ...api.views.flatMap((view) => ofView(api.plugin, view, defaultAccess))
]
