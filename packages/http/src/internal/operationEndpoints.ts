import type * as Access from "@reventless/core/Access"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as Schema from "effect/Schema"
import * as OperationsApi from "../OperationsApi.ts"
import { annotate, events } from "./endpoints.ts"

/** An operation, with the endpoint it is asked for at. */
export interface OperationEndpoint {
  readonly kind: "operation"
  readonly name: OperationName
  /** The group of the API that operations make. */
  readonly plugin: typeof group
  /** Whether it changes something, and takes a body. */
  readonly acts: boolean
  readonly params: Schema.Struct.Fields
  readonly query: Schema.Struct.Fields
  readonly http: HttpApiEndpoint.Top
}

export type OperationName =
  | "views"
  | "parked"
  | "skipped"
  | "replay"
  | "skip"
  | "rebuild"
  | "events"
  | "inbound"
  | "work"
  | "replayWork"
  | "runWork"
  | "cancelWork"
  | "plugins"
  | "connections"
  | "model"
  | "eventModel"
  | "pluginMap"
  | "activate"
  | "deactivate"
  | "retire"

/** How operations are called in paths; no plugin may be called so. */
export const group = "ops"

/** The name of the event that tells how far a rebuild is. */
export const progressEvent = "RebuildProgress"

const view = {
  view: Schema.NonEmptyString.annotateKey({ description: "The view with its plugin: `Catalog.Products`." })
}
const plugin = { plugin: Schema.NonEmptyString.annotateKey({ description: "The name of the plugin." }) }

const slice = {
  slice: Schema.NonEmptyString.annotateKey({
    description: "The inbound translation slice with its plugin: `Shop.PaymentReceived`."
  })
}

/** A version of a plugin, in the path. */
const version = {
  plugin: Schema.NonEmptyString.annotateKey({ description: "The name of the plugin." }),
  version: Schema.NonEmptyString.annotateKey({ description: "Its version: `1.1.0`." })
}

/** An item of work, in the path. */
const item = {
  plugin: Schema.NonEmptyString.annotateKey({ description: "Whose work it is; schedules are of 'Platform'." }),
  queue: Schema.NonEmptyString.annotateKey({
    description: "`commands`, `schedules`, `tasks`, or as the work names it."
  }),
  id: Schema.NonEmptyString.annotateKey({
    description: "The message id of a command, the name of a schedule or of a scheduled task."
  })
}

const Progress = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })).annotate({
  description:
    `Server-sent events, numbered: '${progressEvent}' as often as it comes further; the last one is 'done'. ` +
    `'${events.problem}' with a problem when it can't be told any more.`
})

const Picture = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/plain" })).annotate({
  description: "Text for Mermaid."
})

/** Whether a rule lets any caller from outside pass. */
const isOpen = (operators: Access.Access): boolean =>
  operators._tag === "Groups" ? operators.groups.length > 0 : operators._tag !== "Deny" && operators._tag !== "Owner"

/** The endpoints of operations. Those that nobody may use are answered (with 401 or 403) and not in the document. */
export const make = (
  operators: Access.Access
): { readonly shown: boolean; readonly endpoints: ReadonlyArray<OperationEndpoint> } => {
  const ofView = `/${group}/views/:view` as const
  const ofVersion = `/${group}/plugins/:plugin/:version` as const
  const ofItem = `/${group}/work/:plugin/:queue/:id` as const
  const endpoint = (
    name: OperationName,
    summary: string,
    description: string,
    http: unknown,
    of: Pick<OperationEndpoint, "params" | "query" | "acts">
  ): OperationEndpoint => ({
    kind: "operation",
    name,
    plugin: group,
    ...of,
    http: annotate(http as HttpApiEndpoint.Top, { summary, description, access: operators })
  })
  const reads = (
    name: OperationName,
    summary: string,
    description: string,
    options: {
      readonly path: `/${string}`
      readonly params?: Schema.Struct.Fields
      readonly query?: Schema.Struct.Fields
      readonly success: Schema.Top
    }
  ) => {
    const { params = {}, path, query = {}, success } = options
    const http = HttpApiEndpoint.get(name, path, {
      params: Schema.Struct(params),
      query: Schema.Struct(query),
      success
    })
    return endpoint(name, summary, description, http, { params, query, acts: false })
  }
  const acts = (
    name: OperationName,
    summary: string,
    description: string,
    options: {
      readonly path: `/${string}`
      readonly params: Schema.Struct.Fields
      readonly payload: Schema.Top
      readonly success: Schema.Top
    }
  ) => {
    const { params, path, payload, success } = options
    const http = HttpApiEndpoint.post(name, path, { params: Schema.Struct(params), payload, success })
    return endpoint(name, summary, description, http, { params, query: {}, acts: true })
  }
  return {
    shown: isOpen(operators),
    endpoints: [
      reads("views", "Views", "Their lag, the lanes that wait, and rebuilds that are under way.", {
        path: `/${group}/views`,
        success: OperationsApi.Views
      }),
      reads(
        "parked",
        "Parked events of a view",
        "A page of what waits, and why, by lane and position; 'cursor' continues it.",
        {
          path: `${ofView}/parked`,
          params: view,
          query: OperationsApi.ParkedQuery,
          success: OperationsApi.Parked
        }
      ),
      reads("skipped", "Skipped events of a view", "Who gave up which event and why, oldest first.", {
        path: `${ofView}/skipped`,
        params: view,
        success: OperationsApi.Skipped
      }),
      acts(
        "replay",
        "Replay a lane",
        "Applies the parked events of a lane in order, until one can't be applied.",
        { path: `${ofView}/replay`, params: view, payload: OperationsApi.ReplayBody, success: OperationsApi.Replayed }
      ),
      acts(
        "skip",
        "Skip an event",
        "Gives up the first parked event of a lane, records who did so and why, and replays those behind it.",
        { path: `${ofView}/skip`, params: view, payload: OperationsApi.SkipBody, success: OperationsApi.Replayed }
      ),
      acts(
        "rebuild",
        "Rebuild a view",
        "Builds the view anew beside the running one, which goes on answering, and swaps it in. It goes on when nobody " +
          "listens any more.",
        { path: `${ofView}/rebuild`, params: view, payload: OperationsApi.RebuildBody, success: Progress }
      ),
      reads("events", "Events of a plugin", "A page of its log; 'next' is the 'from' of the next page.", {
        path: `/${group}/events/:plugin`,
        params: plugin,
        query: OperationsApi.EventsQuery,
        success: OperationsApi.Events
      }),
      reads(
        "inbound",
        "What came in",
        "A page of the inputs of an inbound translation slice, accepted or refused and why, the newest first; 'cursor' " +
          "continues it.",
        {
          path: `/${group}/inbound/:slice`,
          params: slice,
          query: OperationsApi.InboundQuery,
          success: OperationsApi.Inbound
        }
      ),
      reads(
        "work",
        "Work that is done later",
        "A page of the commands and schedules that wait, and why, by plugin, queue and age; 'cursor' continues it.",
        { path: `/${group}/work`, query: OperationsApi.WorkQuery, success: OperationsApi.Work }
      ),
      acts(
        "replayWork",
        "Replay work",
        "Has a parked item done again, at once and with as many attempts as a new one; its lane goes on with it.",
        {
          path: `${ofItem}/replay`,
          params: item,
          payload: OperationsApi.ReplayWorkBody,
          success: OperationsApi.WorkItem
        }
      ),
      acts(
        "runWork",
        "Run a task",
        "Runs a scheduled task, an item of the queue 'tasks', once more and at once, or after the run that is in progress. The " +
          "schedule stays as it is. Who did so is logged.",
        { path: `${ofItem}/run`, params: item, payload: OperationsApi.RunWorkBody, success: OperationsApi.WorkRun }
      ),
      acts(
        "cancelWork",
        "Cancel work",
        "Forgets an item that isn't done, so that its lane goes on. The outcome of a cancelled command isn't known any " +
          "more, as if it had never been taken; a schedule is deleted. Who did so and why is logged.",
        {
          path: `${ofItem}/cancel`,
          params: item,
          payload: OperationsApi.CancelWorkBody,
          success: OperationsApi.WorkItem
        }
      ),
      reads(
        "plugins",
        "Plugins",
        "Every plugin that ever connected, with its versions and the processes that run them, by name.",
        { path: `/${group}/plugins`, success: OperationsApi.Plugins }
      ),
      reads(
        "connections",
        "Connections",
        "How every extension stands with its extension point, and why it isn't connected.",
        { path: `/${group}/connections`, success: OperationsApi.Connections }
      ),
      reads("model", "The model", "What the application is made of: the plugins that run in this process, as data.", {
        path: `/${group}/model`,
        query: OperationsApi.ModelQuery,
        success: OperationsApi.Model
      }),
      reads("eventModel", "The event models", "What happens in each plugin, drawn: pictures one after another.", {
        path: `/${group}/model/eventmodel`,
        query: OperationsApi.ModelQuery,
        success: Picture
      }),
      reads("pluginMap", "The map of the plugins", "How the plugins talk, drawn: one picture.", {
        path: `/${group}/model/map`,
        query: OperationsApi.ModelQuery,
        success: Picture
      }),
      ...([
        ["activate", "Activate a version", "Lets a version of a plugin work again that is inactive."],
        [
          "deactivate",
          "Deactivate a version",
          "Takes a version of a plugin out of use until it is activated: the next lower one that is connected becomes " +
          "current."
        ],
        ["retire", "Retire a version", "Takes a version of a plugin out of use for good: it can't connect any more."]
      ] as const).map(([name, summary, description]) =>
        acts(name, summary, `${description} Who did so and why is recorded.`, {
          path: `${ofVersion}/${name}`,
          params: version,
          payload: OperationsApi.PluginBody,
          success: OperationsApi.Plugin
        })
      )
    ]
  }
}
