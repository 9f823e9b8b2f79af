/** The same without what the runtime of a plugin holds besides the pipeline of its commands: no public module gives this yet. */
import * as Doorbells from "@reventless/aws/Doorbells"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as SnapshotStoreDynamo from "@reventless/aws/SnapshotStoreDynamo"
import * as CommandPipeline from "@reventless/core/CommandPipeline"
import * as Message from "@reventless/core/Message"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Schema from "effect/Schema"
import * as CommandHandler from "../../packages/core/src/internal/commands/commandHandler.ts"
import { Enrolment } from "./enrolment.ts"

const place = { table: "events", keyPrefix: Enrolment.name }

class Pipeline extends Context.Service<Pipeline, CommandPipeline.CommandPipeline>()("bundle/Pipeline") {}

const runtime = ManagedRuntime.make(
  Layer.effect(
    Pipeline,
    Effect.gen(function*() {
      const store = yield* EventStoreDynamo.make({ ...place, plan: Enrolment.plan })
      const snapshots = yield* SnapshotStoreDynamo.make(place)
      return CommandPipeline.make({ store, snapshots, defaultAccess: { _tag: "Groups", groups: [] } })
    })
  ).pipe(Layer.provide([Doorbells.layerNone, Dynamo.layer()]))
)

const handlers = Enrolment.stateChangeSlices.map((behavior) =>
  CommandHandler.fromSlice(Enrolment.name, behavior, Context.empty())
)

export const handler = (message: { readonly target: string; readonly command: Schema.Json }) =>
  runtime.runPromise(Effect.gen(function*() {
    const { handle } = yield* Pipeline
    const handler = handlers.find(({ target }) => target === message.target)!
    const schema = Schema.toCodecJson(handler.command.schema as Schema.Codec<unknown, unknown>)
    const payload = yield* Schema.decodeUnknownEffect(schema)(message.command)
    const meta = yield* Message.root(handler.target, 1)
    const [answer] = yield* handle([{ handler, payload, meta, commandId: undefined }])
    return yield* answer!
  }))
