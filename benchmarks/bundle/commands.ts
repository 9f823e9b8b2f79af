/** A function that only handles commands: one slice, the command pipeline and the store on DynamoDB, and no platform. */
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as SnapshotStoreDynamo from "@reventless/aws/SnapshotStoreDynamo"
import * as Message from "@reventless/core/Message"
import * as PluginRuntime from "@reventless/core/PluginRuntime"
import { ViewStores, type ViewStoreShape } from "@reventless/core/ViewStore"
import { WorkStores, type WorkStoreShape } from "@reventless/core/WorkStore"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import { Enrolment } from "./enrolment.ts"

const place = EventStoreDynamo.oneTable("events")

/** What the plugin hasn't got isn't asked for. */
const Stores = Layer.mergeAll(
  EventStoreDynamo.layerStores(place),
  SnapshotStoreDynamo.layerStores(place),
  Layer.succeed(ViewStores, { of: () => Effect.succeed({} as ViewStoreShape) }),
  Layer.succeed(WorkStores, { of: () => Effect.succeed({} as WorkStoreShape) })
).pipe(Layer.provide([Doorbells.layerNone, Dynamo.layer()]))

class Runtime extends Context.Service<Runtime, PluginRuntime.PluginRuntime>()("bundle/Runtime") {}

const runtime = ManagedRuntime.make(
  Layer.effect(Runtime, PluginRuntime.make(Enrolment, { defaultAccess: { _tag: "Groups", groups: [] } })).pipe(
    Layer.provide(Stores)
  )
)

export const handler = (message: { readonly target: string; readonly command: Schema.Json }) =>
  runtime.runPromise(Effect.gen(function*() {
    const { handle, handlers } = yield* Runtime
    const handler = handlers.find(({ target }) => target === message.target)!
    const schema = Schema.toCodecJson(handler.command.schema as Schema.Codec<unknown, unknown>)
    const payload = yield* Schema.decodeUnknownEffect(schema)(message.command)
    const meta = yield* Message.root(handler.target, 1)
    const [answer] = yield* handle([{ handler, payload, meta, commandId: undefined }])
    return yield* answer!
  }))
