import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Digest from "effect/crypto/Digest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Base64 from "effect/encoding/Base64"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Access from "../../Access.ts"
import { InboundRefused, type InboundRequest, type Received, type RefusalReason } from "../../Inbound.ts"
import type { Behavior } from "../../InboundTranslationSlice.ts"
import { describe, type Issue } from "../../Issues.ts"
import * as Message from "../../Message.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import * as Principal from "../../Principal.ts"
import * as Webhook from "../../Webhook.ts"
import type { WorkItem, WorkStoreError } from "../../WorkStore.ts"
import { json } from "../json.ts"
import * as Utf8 from "../utf8.ts"
import * as Records from "./inboundRecords.ts"

/** Checks the signature of a request. */
export type Verify = Effect.Success<ReturnType<typeof Webhook.verifier>>

/** Takes the inputs of one slice. */
export type Receive = (
  request: InboundRequest
) => Effect.Effect<Received, InboundRefused | Access.AccessDenied | WorkStoreError>

/** A request whose sender is known, as far as the definition asks for it. */
interface Known {
  readonly deliveryId: string
  readonly timestamp: string | undefined
  readonly digest: string
  readonly now: number
}

const decodeAccepted = Schema.decodeUnknownEffect(Records.Accepted)
const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

const digester = Effect.map(
  Effect.scoped(Layer.build(Digest.layerWebCrypto)),
  (built) => Context.get(built, Digest.Digest)
)

/** Makes what takes the inputs of a slice; without `verify` they aren't signed. */
export const make = Effect.fnUntraced(function*(
  { plugin, work: store }: PluginRuntime,
  { definition, name }: Behavior<string, unknown>,
  verify: Verify | undefined
) {
  const slice = `${plugin.name}.${name}`
  const queue = Records.queueOf(name)
  const records = Records.make(store, name)
  const { digest: digestOf } = yield* digester
  const tolerance = Duration.toMillis(definition.tolerance)
  const codec = Schema.toCodecJson(definition.input)
  const decode = Schema.decodeUnknownEffect(codec, { errors: "all" })
  const encode = Schema.encodeUnknownEffect(codec) as (input: unknown) => Effect.Effect<Schema.Json, Schema.SchemaError>

  const refused = (reason: RefusalReason, detail: string, issues: ReadonlyArray<Issue> = []) =>
    new InboundRefused({ slice, reason, detail, issues })

  /** Records a refusal of somebody who isn't known, or may repeat what somebody else has sent. */
  const turnAway = Effect.fnUntraced(function*(
    deliveryId: string | undefined,
    receivedAt: number,
    { detail, reason }: { readonly reason: RefusalReason; readonly detail: string }
  ) {
    const record = { status: "Refused", reason, detail, receivedAt } as const
    yield* records.add(
      yield* Message.rootId,
      false,
      deliveryId === undefined ? record : { ...record, deliveryId: deliveryId.slice(0, 256).toWellFormed() }
    )
  })

  const turnedAway = Effect.fnUntraced(function*(
    deliveryId: string | undefined,
    now: number,
    reason: RefusalReason,
    detail: string,
    issues?: ReadonlyArray<Issue>
  ) {
    const refusal = refused(reason, detail, issues)
    yield* turnAway(deliveryId, now, refusal)
    return yield* refusal
  })

  const checkSigned = Effect.fnUntraced(function*(
    verify: Verify,
    { body, id, signature, timestamp }: InboundRequest,
    now: number
  ) {
    if (id === undefined || timestamp === undefined || signature === undefined) {
      const missing = Object.entries({ id, timestamp, signature }).flatMap(([header, value]) =>
        value === undefined ? [`webhook-${header}`] : []
      )
      return yield* turnedAway(id, now, "BadSignature", `without ${missing.join(", ")}`)
    }
    if (!(yield* verify({ id, timestamp, body }, signature))) {
      return yield* turnedAway(id, now, "BadSignature", "no signature of it is right")
    }
    const age = now - Number(timestamp) * 1000
    if (Math.abs(age) > tolerance) {
      const detail = `its time is ${Math.abs(Math.round(age / 1000))} s ${age > 0 ? "ago" : "ahead"}`
      return yield* turnedAway(id, now, "OutsideTolerance", detail)
    }
    return { deliveryId: id, timestamp }
  })

  const checkUnsigned = Effect.fnUntraced(function*({ id }: InboundRequest, now: number) {
    const principal = yield* Principal.CurrentPrincipal
    if (!Access.allows(definition.access!, principal, undefined)) {
      const denied = new Access.AccessDenied({ target: slice, anonymous: principal._tag === "Anonymous" })
      yield* turnAway(id, now, { reason: "AccessDenied", detail: "its sender may not send" })
      return yield* denied
    }
    if (id !== undefined && !Webhook.isId(id)) {
      const issue = { path: "webhook-id", message: "must be at most 256 visible ASCII characters without a dot" }
      return yield* turnedAway(id, now, "Malformed", `${issue.path}: ${issue.message}`, [issue])
    }
    return { deliveryId: id ?? (yield* Message.rootId), timestamp: undefined }
  })

  /** What a request is recorded by: whoever sends the same one again is recognised. */
  const keyOf = ({ deliveryId, digest, timestamp = "" }: Known) => Message.deriveId(deliveryId, timestamp, digest, 0)

  /** Records what somebody sent who is known; once, however often it is sent. Who needn't sign isn't known. */
  const record = (known: Known, rest: Pick<Records.Turned, "status" | "reason" | "detail">) => {
    const record = { ...rest, deliveryId: known.deliveryId, receivedAt: known.now }
    return verify === undefined
      ? Effect.flatMap(Message.rootId, (id) => records.add(id, false, record))
      : records.add(keyOf(known), true, record)
  }

  const refuseKnown = Effect.fnUntraced(function*(
    known: Known,
    reason: RefusalReason,
    detail: string,
    issues?: ReadonlyArray<Issue>
  ) {
    yield* record(known, { status: "Refused", reason, detail })
    return yield* refused(reason, detail, issues)
  })

  const refuseReplayed = ({ deliveryId, now }: Known) =>
    turnedAway(deliveryId, now, "Replayed", "this very request came before")

  /** Whether the very same request was recorded. */
  const recorded = (known: Known) => verify === undefined ? Effect.succeed(false) : records.has(keyOf(known))

  /** The answer to a delivery that was accepted before. */
  const answerAgain = Effect.fnUntraced(function*(known: Known, { content }: WorkItem) {
    const earlier = yield* Effect.orDie(decodeAccepted(content))
    const replayed = known.timestamp !== undefined && earlier.timestamp === known.timestamp &&
      earlier.digest === known.digest
    if (replayed || (yield* recorded(known))) return yield* refuseReplayed(known)
    if (earlier.digest !== known.digest) {
      return yield* refuseKnown(known, "IdReused", "another body was accepted under its id")
    }
    yield* record(known, { status: "Duplicate" })
    return { status: "Duplicate", deliveryId: known.deliveryId } satisfies Received
  })

  /** The input in the form in which it is stored. */
  const read = Effect.fnUntraced(function*(known: Known, body: Uint8Array) {
    const malformed = (detail: string, issues: ReadonlyArray<Issue>) =>
      refuseKnown(known, "Malformed", detail.slice(0, 1000).toWellFormed(), issues)
    const text = yield* Effect.catch(
      Effect.try({ try: () => Utf8.decodeUnsafe(body), catch: () => "the body is not UTF-8" }),
      (message) => malformed(message, [{ path: "", message }])
    )
    const content = yield* Effect.catch(
      parse(text),
      () => malformed("the body is not JSON", [{ path: "", message: "the body is not JSON" }])
    )
    return yield* Effect.flatMap(decode(content), encode).pipe(Effect.catch((error) => {
      const { detail, issues } = describe(error)
      return malformed(detail, issues)
    }))
  })

  const receive: Receive = Effect.fnUntraced(function*(request) {
    const { body, correlationId } = request
    const now = yield* Clock.currentTimeMillis
    const sender = verify === undefined
      ? yield* checkUnsigned(request, now)
      : yield* checkSigned(verify, request, now)
    const known: Known = {
      ...sender,
      now,
      digest: Base64.encode(yield* digestOf(Digest.sha256, body))
    }
    const { deliveryId, digest, timestamp } = known
    const id = Message.deriveId(deliveryId, slice, "delivery", 0)
    const before = yield* store.get(queue, id)
    if (before !== undefined) return yield* answerAgain(known, before)
    if (yield* recorded(known)) return yield* refuseReplayed(known)
    const receipt = yield* Message.rootId
    const content: Records.Accepted = {
      target: slice,
      deliveryId,
      ...(timestamp === undefined ? {} : { timestamp }),
      digest,
      receipt,
      receivedAt: now,
      meta: yield* Effect.provideService(
        Message.root(slice, 1, { messageId: id, correlationId }),
        Principal.CurrentPrincipal,
        Principal.system
      ),
      input: yield* read(known, body)
    }
    yield* store.add(queue, [{ id, lane: id, due: now, content: json(content) }], now)
    // Another request with this id may have been stored in the meantime, also by another process.
    const stored = yield* store.get(queue, id)
    const own = stored === undefined || (yield* Effect.orDie(decodeAccepted(stored.content))).receipt === receipt
    return own ? { status: "Accepted", deliveryId } satisfies Received : yield* answerAgain(known, stored)
  })

  return receive
})
