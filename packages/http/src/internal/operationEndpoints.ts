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

export type OperationName = "views" | "parked" | "skipped" | "replay" | "skip" | "rebuild" | "events"

/** How operations are called in paths; no plugin may be called so. */
export const group = "ops"

/** The name of the event that tells how far a rebuild is. */
export const progressEvent = "RebuildProgress"

const view = {
  view: Schema.NonEmptyString.annotateKey({ description: "The view with its plugin: `Catalog.Products`." })
}
const plugin = { plugin: Schema.NonEmptyString.annotateKey({ description: "The name of the plugin." }) }

const Progress = Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/event-stream" })).annotate({
  description:
    `Server-sent events, numbered: '${progressEvent}' as often as it comes further; the last one is 'done'. ` +
    `'${events.problem}' with a problem when it can't be told any more.`
})

/** Whether a rule lets any caller from outside pass. */
const isOpen = (operators: Access.Access): boolean =>
  operators._tag === "Groups" ? operators.groups.length > 0 : operators._tag !== "Deny" && operators._tag !== "Owner"

/** The endpoints of operations. Those that nobody may use are answered (with 401 or 403) and not in the document. */
export const make = (
  operators: Access.Access
): { readonly shown: boolean; readonly endpoints: ReadonlyArray<OperationEndpoint> } => {
  const ofView = `/${group}/views/:view` as const
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
    payload: Schema.Top,
    success: Schema.Top
  ) =>
    endpoint(
      name,
      summary,
      description,
      HttpApiEndpoint.post(name, `${ofView}/${name}`, {
        params: Schema.Struct(view),
        payload,
        success
      }),
      { params: view, query: {}, acts: true }
    )
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
        OperationsApi.ReplayBody,
        OperationsApi.Replayed
      ),
      acts(
        "skip",
        "Skip an event",
        "Gives up the first parked event of a lane, records who did so and why, and replays those behind it.",
        OperationsApi.SkipBody,
        OperationsApi.Replayed
      ),
      acts(
        "rebuild",
        "Rebuild a view",
        "Builds the view anew beside the running one, which goes on answering, and swaps it in. It goes on when nobody " +
          "listens any more.",
        OperationsApi.RebuildBody,
        Progress
      ),
      reads("events", "Events of a plugin", "A page of its log; 'next' is the 'from' of the next page.", {
        path: `/${group}/events/:plugin`,
        params: plugin,
        query: OperationsApi.EventsQuery,
        success: OperationsApi.Events
      })
    ]
  }
}
