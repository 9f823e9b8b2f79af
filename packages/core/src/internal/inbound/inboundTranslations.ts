import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { addressName } from "../../CommandBus.ts"
import { Inbound, UnknownInbound } from "../../Inbound.ts"
import type { Behavior, InboundContext, Secrets } from "../../InboundTranslationSlice.ts"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import * as Principal from "../../Principal.ts"
import * as Webhook from "../../Webhook.ts"
import type { LeasedWork, WorkResult, WorkStoreShape } from "../../WorkStore.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host, PlatformPart } from "../platformPart.ts"
import { tellFailure } from "../work/tellFailure.ts"
import { neverEnded, retryOrPark, type Worker } from "../work/workRunner.ts"
import * as InboundCommands from "./inboundCommands.ts"
import * as Receiver from "./inboundReceiver.ts"
import * as Records from "./inboundRecords.ts"

/** How many deliveries of a slice are translated at the same time, in this process. */
const concurrency = 16

/** A slice on a platform. */
export interface InboundSlice {
  readonly plugin: string
  readonly slice: string
  /** The slice with its plugin. */
  readonly name: string
  readonly store: WorkStoreShape
  readonly receive: Receiver.Receive
  readonly worker: Worker
}

const decodeAccepted = Schema.decodeUnknownEffect(Records.Accepted)

const list = (secrets: Secrets): ReadonlyArray<Redacted.Redacted<string>> =>
  Array.isArray(secrets) ? secrets : [secrets as Redacted.Redacted<string>]

/** What checks the signatures of a slice; a sentence says why nothing can. */
const verifierOf = Effect.fnUntraced(
  function*({ plugin, services }: PluginRuntime, behavior: Behavior<string, unknown>) {
    if (!behavior.definition.signed) return undefined
    const name = `${plugin.name}.${behavior.name}`
    if (behavior.secret === undefined) {
      return yield* Effect.fail(`the inbound translation ${name} is signed and has no secret`)
    }
    const checked = yield* Effect.exit(
      Effect.flatMap(Effect.provideContext(behavior.secret, services), (secrets) =>
        list(secrets).length === 0
          ? Effect.fail(new Webhook.InvalidSecret({ detail: "is missing: the list of secrets is empty" }))
          : Webhook.verifier(list(secrets)))
    )
    return Exit.isSuccess(checked)
      ? checked.value
      : yield* Effect.fail(
        `the inbound translation ${name} has no secret to check signatures with: ${OwnProgram.reasonOf(checked.cause)}`
      )
  }
)

const workerOf = (runtime: PluginRuntime, host: Host, behavior: Behavior<string, unknown>): Worker => {
  const component = `${runtime.plugin.name}.${behavior.name}`
  const { attempts, input, timeout } = behavior.definition
  const sendable = new Set(behavior.sends.map((target) => target["~address"].command))
  const decode = Schema.decodeUnknownEffect(Schema.toCodecJson(input))
  const run = OwnProgram.make(runtime, host)

  const translate = Effect.fn("InboundTranslationSlice.translate")(
    function*(stored: Records.Accepted, attempt: number) {
      yield* Effect.annotateCurrentSpan({ slice: component })
      const { deliveryId, meta, receivedAt } = stored
      const input = yield* decode(stored.input)
      const context: InboundContext = { deliveryId, receivedAt, attempt, meta }
      const actions = yield* run(() => behavior.translate(input, context), { what: "translate", timeout })
      const foreign = actions.find(({ to }) => !sendable.has(to["~address"].command))
      if (foreign !== undefined) {
        const name = addressName(foreign.to["~address"])
        return yield* Effect.fail({
          message: `translate sent '${name}', which '${behavior.name}' doesn't list in 'sends'`
        })
      }
      const sent: Array<typeof Records.Sent.Type> = []
      for (const [index, action] of actions.entries()) {
        sent.push(yield* InboundCommands.send(host, { component, meta, since: receivedAt }, action, index))
      }
      return sent
    },
    Effect.provideService(Principal.CurrentPrincipal, Principal.system)
  )

  const resultOf = Effect.fnUntraced(function*(item: LeasedWork): Effect.fn.Return<WorkResult> {
    if (item.attempts > attempts) return { _tag: "Park", reason: item.reason ?? neverEnded(attempts) }
    const stored = yield* Effect.orDie(decodeAccepted(item.content))
    const translated = Message.continueTrace(stored.meta.traceparent, translate(stored, item.attempts))
    const done = yield* Effect.exit(translated)
    if (Exit.isSuccess(done)) return { _tag: "Done", outcome: { sent: done.value } }
    if (Cause.hasInterruptsOnly(done.cause)) return yield* Effect.failCause(done.cause as Cause.Cause<never>)
    return yield* retryOrPark(item, attempts, OwnProgram.reasonOf(done.cause))
  })

  const work = (item: LeasedWork) => Effect.tap(resultOf(item), (result) => tellFailure(component, item, result))

  return { queue: Records.queueOf(behavior.name), concurrency, work }
}

/** Puts every inbound translation of a plugin on the platform; a sentence says why that can't be. */
export const make = Effect.fnUntraced(function*(runtime: PluginRuntime, host: Host) {
  const slices = yield* Effect.forEach(
    runtime.plugin.inboundTranslations,
    Effect.fnUntraced(function*(behavior) {
      const receive = yield* Receiver.make(runtime, behavior, yield* verifierOf(runtime, behavior))
      const slice: InboundSlice = {
        plugin: runtime.plugin.name,
        slice: behavior.name,
        name: `${runtime.plugin.name}.${behavior.name}`,
        store: runtime.work,
        receive,
        worker: workerOf(runtime, host, behavior)
      }
      return slice
    })
  )
  const part: PlatformPart = { workers: slices.map(({ worker }) => worker), fibers: [], fed: [] }
  return { part, slices }
})

/** The door to the slices of a platform. */
export const doorOf = (slices: ReadonlyArray<InboundSlice>): Inbound["Service"] => {
  const byName = new Map(slices.map((slice) => [slice.name, slice]))
  return {
    receive: Effect.fn("Inbound.receive")(function*(request) {
      const name = `${request.plugin}.${request.name}`
      yield* Effect.annotateCurrentSpan({ slice: name })
      const slice = byName.get(name)
      if (slice === undefined) return yield* new UnknownInbound({ slice: name, known: [...byName.keys()] })
      return yield* slice.receive(request)
    })
  }
}
