/**
 * What goes over the wire at `/ops`, the operator's door: the schemas of its answers and bodies.
 *
 * - `GET /ops/views`: how every view is doing
 * - `GET /ops/views/Catalog.Products/parked?lane=...&limit=20&cursor=...`: in pages
 * - `GET /ops/views/Catalog.Products/skipped`
 * - `POST /ops/views/Catalog.Products/replay`, `.../skip`: of one lane
 * - `POST /ops/views/Catalog.Products/rebuild`: server-sent events; it goes on when nobody listens
 * - `GET /ops/events/Catalog?tag=product:kettle&type=ProductAdded&since=2026-01-31&limit=20`: a plugin's log, in pages
 * - `GET /ops/work?plugin=Catalog&state=Parked&lane=...&content=true&limit=20&cursor=...`: what is done later, in pages
 * - `POST /ops/work/Catalog/commands/{id}/replay`, `.../cancel`: of one item; schedules are at `Platform/schedules/{name}`
 * - `POST /ops/work/Catalog/tasks/{task}/run`: runs a scheduled task once more, at once
 * - `GET /ops/inbound/Shop.PaymentReceived?limit=20&cursor=...`: what came in, the newest first, in pages
 * - `GET /ops/plugins`: every plugin that ever connected, with its versions and the processes that run them
 * - `POST /ops/plugins/Catalog/1.1.0/activate`, `.../deactivate`, `.../retire`: of one version
 * - `GET /ops/connections`: how every extension stands with its extension point
 * - `GET /ops/model?plugin=Catalog`: what the application is made of, as data
 * - `GET /ops/model/eventmodel?plugin=Catalog`, `GET /ops/model/map`: the same drawn, as text for Mermaid
 *
 * It is closed to everyone until `Platform.layer` says who the `operators` are.
 */
import { RefusalReason } from "@reventless/core/Inbound"
import * as Message from "@reventless/core/Message"
import * as CoreModel from "@reventless/core/Model"
import { ConnectionStatus, RegisteredPlugin } from "@reventless/core/Registry"
import * as Tag from "@reventless/core/Tag"
import * as Schema from "effect/Schema"

/** How far a rebuild has come; `fraction` is from 0 to 1, and absent where the store can't tell. */
export const RebuildProgress = Schema.Struct({
  view: Schema.String,
  generation: Schema.Int,
  fraction: Schema.optionalKey(Schema.Finite),
  done: Schema.Boolean
}).annotate({ identifier: "RebuildProgress" })

/** How a view is doing. */
export const ViewStatus = Schema.Struct({
  view: Schema.String,
  generation: Schema.Int,
  lagMillis: Schema.Finite,
  blocked: Schema.Array(Schema.Struct({ lane: Schema.String, parked: Schema.Int })),
  rebuild: Schema.optionalKey(RebuildProgress)
}).annotate({ identifier: "ViewStatus" })

const WorkState = Schema.Literals(["Pending", "Leased", "Done", "Parked"])

/** A stored event, its content as it is stored. */
export const StoredEvent = Schema.Struct({
  position: Schema.Int,
  type: Schema.String,
  tags: Schema.Array(Schema.String),
  data: Schema.Json,
  meta: Message.Meta
}).annotate({ identifier: "StoredEvent" })

/** An event that waits. `time` is when it was parked, in milliseconds since 1970. */
export const ParkedEvent = Schema.Struct({
  lane: Schema.String,
  position: Schema.Int,
  reason: Schema.optionalKey(Schema.String).annotateKey({ description: "Absent when it only waits behind another." }),
  time: Schema.Finite,
  attempts: Schema.Int,
  event: StoredEvent
}).annotate({ identifier: "ParkedEvent" })

/** The record of a skip. */
export const SkippedEvent = Schema.Struct({
  lane: Schema.String,
  position: Schema.Int,
  by: Schema.String,
  why: Schema.String,
  time: Schema.Finite
}).annotate({ identifier: "SkippedEvent" })

/** What became of a parked event. */
export const Outcome = Schema.Struct({
  _tag: Schema.Literals(["Applied", "Skipped", "Parked"]),
  lane: Schema.String,
  position: Schema.Int,
  reason: Schema.optionalKey(Schema.String)
}).annotate({ identifier: "Outcome" })

/** Work that is done later. `due`, and `time` when its state changed, are in milliseconds since 1970. */
export const WorkStatus = Schema.Struct({
  plugin: Schema.String.annotateKey({ description: "Whose work it is; schedules are of 'Platform'." }),
  queue: Schema.String,
  id: Schema.String.annotateKey({ description: "The message id of a command, the name of a schedule." }),
  lane: Schema.String,
  state: WorkState,
  due: Schema.Finite,
  attempts: Schema.Int,
  reason: Schema.optionalKey(Schema.String).annotateKey({
    description: "Why the last attempt failed, or why it is parked."
  }),
  time: Schema.Finite,
  target: Schema.optionalKey(Schema.String).annotateKey({
    description: "Of the command; absent when what is stored names none."
  }),
  content: Schema.optionalKey(Schema.Json).annotateKey({
    description: "What is to be done, as it is stored; absent unless it was asked for."
  })
}).annotate({ identifier: "WorkStatus" })

/** What came in, and what became of it. `receivedAt` is in milliseconds since 1970. */
export const InboundStatus = Schema.Struct({
  slice: Schema.String,
  id: Schema.String.annotateKey({ description: "Of an accepted input it is the id of the work." }),
  deliveryId: Schema.optionalKey(Schema.String).annotateKey({ description: "The sender's: 'webhook-id'." }),
  receivedAt: Schema.Finite,
  status: Schema.Literals(["Accepted", "Translated", "Parked", "Duplicate", "Refused"]),
  refusal: Schema.optionalKey(RefusalReason).annotateKey({ description: "Why it was refused." }),
  reason: Schema.optionalKey(Schema.String).annotateKey({
    description: "Why it was refused, is parked, or why the last attempt failed."
  }),
  attempts: Schema.Int,
  sent: Schema.Array(Schema.Struct({ target: Schema.String, messageId: Schema.String }))
}).annotate({ identifier: "InboundStatus" })

/** The answer of `/ops/views`. */
export const Views = Schema.Struct({ views: Schema.Array(ViewStatus) })

/** The answer of `.../parked`. `cursor` is where the next page begins; absent on the last page. */
export const Parked = Schema.Struct({
  parked: Schema.Array(ParkedEvent),
  cursor: Schema.optionalKey(Schema.String)
})

/** The answer of `.../skipped`. */
export const Skipped = Schema.Struct({ skipped: Schema.Array(SkippedEvent) })

/** The answer of `.../replay` and `.../skip`: what became of the events that were parked in the lane. */
export const Replayed = Schema.Struct({ outcomes: Schema.Array(Outcome) })

/** The answer of `/ops/events/...`. `next` is the `from` of the next page; absent at the end. */
export const Events = Schema.Struct({
  events: Schema.Array(StoredEvent),
  next: Schema.optionalKey(Schema.Int)
})

/** The answer of `/ops/work`. `cursor` is where the next page begins; absent on the last page. */
export const Work = Schema.Struct({
  work: Schema.Array(WorkStatus),
  cursor: Schema.optionalKey(Schema.String)
})

/** The answer of `/ops/inbound/...`. `cursor` is where the next page begins; absent on the last page. */
export const Inbound = Schema.Struct({
  inbound: Schema.Array(InboundStatus),
  cursor: Schema.optionalKey(Schema.String)
})

/** The answer of `/ops/plugins`, by name. Times are in milliseconds since 1970. */
export const Plugins = Schema.Struct({ plugins: Schema.Array(RegisteredPlugin) })

/** The answer of `/ops/plugins/...`: how the plugin is then. */
export const Plugin = RegisteredPlugin

/** The answer of `/ops/connections`, by plugin and extension point. */
export const Connections = Schema.Struct({ connections: Schema.Array(ConnectionStatus) })

/** The answer of `/ops/work/.../replay` and `.../cancel`: the item that it was done to. */
export const WorkItem = Schema.Struct({ plugin: Schema.String, queue: Schema.String, id: Schema.String })

/** The answer of `/ops/work/.../run`: the item that is the run, and what it waits for; absent when it begins at once. */
export const WorkRun = Schema.Struct({
  ...WorkItem.fields,
  behind: Schema.optionalKey(Schema.Struct({ queue: Schema.String, id: Schema.String, state: WorkState }))
})

/** The answer of `/ops/model`. */
export const Model: typeof CoreModel.Model = CoreModel.Model

/** The body of `.../replay`. */
export const ReplayBody = Schema.Struct({ lane: Schema.String })

const Why = Schema.String.check(
  Schema.isMaxLength(1000),
  Schema.makeFilter((text: string) => text.trim() !== "" || "say why, for whoever reads the record")
)

/** The body of `.../skip`. */
export const SkipBody = Schema.Struct({
  lane: Schema.String,
  why: Why,
  /** Skip only if the first parked event is at this position, so that two people who skip don't give up two events. */
  position: Schema.optionalKey(Schema.Natural)
})

/** The body of `.../rebuild`: an empty object. */
export const RebuildBody = Schema.Record(Schema.String, Schema.Never)

/** The body of `/ops/work/.../replay`: an empty object. */
export const ReplayWorkBody = RebuildBody

/** The body of `/ops/work/.../run`: an empty object. */
export const RunWorkBody = RebuildBody

/** The body of `/ops/plugins/...`. */
export const PluginBody = Schema.Struct({ why: Why })

/** The body of `/ops/work/.../cancel`. */
export const CancelWorkBody = Schema.Struct({ why: Why })

const instant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/

/** An instant as a parameter; a day is its beginning in UTC. */
const Instant = Schema.String.check(
  Schema.isPattern(instant, { message: "must be an instant such as 2026-01-31T12:00:00Z, or a day" })
).pipe(Schema.decodeTo(Schema.DateTimeUtcFromString))

const limit = Schema.optionalKey(
  Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))
).annotateKey({ description: "100 when absent." })

const lane = Schema.optionalKey(Schema.String).annotateKey({ description: "Of this lane only." })

const cursor = Schema.optionalKey(Schema.String).annotateKey({
  description: "Continue after a page: the 'cursor' of its answer."
})

/** The parameters of `.../parked`. */
export const ParkedQuery = { lane, limit, cursor }

/** The parameters of `/ops/inbound/...`. */
export const InboundQuery = { limit, cursor }

/** The parameters of `/ops/work`. */
export const WorkQuery = {
  plugin: Schema.optionalKey(Schema.NonEmptyString).annotateKey({
    description: "Of this plugin only; schedules are of 'Platform'."
  }),
  state: Schema.optionalKey(WorkState).annotateKey({
    description: "In this state only; all but what is done when absent."
  }),
  lane,
  content: Schema.optionalKey(Schema.Boolean).annotateKey({
    description:
      "With what is to be done, as it is stored: the payload of a command, who sent it, when a schedule fires."
  }),
  limit,
  cursor
}

/** The parameters of `/ops/model` and of what is drawn of it. */
export const ModelQuery = {
  plugin: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)).annotateKey({
    description: "Of this plugin only; can be given several times."
  })
}

/** The parameters of `/ops/events/...`. */
export const EventsQuery = {
  tag: Schema.optionalKey(Schema.Array(Tag.Tag)).annotateKey({
    description: "`key:value`; given several times, events that carry all of them."
  }),
  type: Schema.optionalKey(Schema.Array(Schema.NonEmptyString)).annotateKey({
    description: "Given several times, events of any of them."
  }),
  since: Schema.optionalKey(Instant).annotateKey({ description: "Made at this instant or later." }),
  until: Schema.optionalKey(Instant).annotateKey({ description: "Made before this instant." }),
  from: Schema.optionalKey(Schema.Natural).annotateKey({
    description: "From this position on, in the order asked for: the 'next' of a page."
  }),
  backwards: Schema.optionalKey(Schema.Boolean).annotateKey({ description: "The newest first." }),
  limit
}
