import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Metric from "effect/Metric"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { PublishCommand } from "../Action.ts"
import { addressName } from "../CommandBus.ts"
import * as Message from "../Message.ts"
import * as Metrics from "../Metrics.ts"
import type { PluginRuntime } from "../PluginRuntime.ts"
import type { LeasedWork, WorkResult } from "../WorkStore.ts"
import * as OwnProgram from "./ownProgram.ts"
import type { Host } from "./platformPart.ts"
import { NotAccepted, sendCommand } from "./sendCommand.ts"
import * as TodoContent from "./todoContent.ts"
import type { TodoBehavior } from "./todoList.ts"
import { neverEnded, retryAt, retryOrPark, type Worker } from "./workRunner.ts"

/** An item that was read. */
interface Job {
  readonly content: TodoContent.TodoContent
  /** What the author's program is given; undefined for a command that is ready to be sent. */
  readonly item: unknown
}

/** How many items of a list are worked on at the same time, in this process. */
const concurrency = 32

/** How often the commands of `onExhausted` are tried beyond the attempts of the item. */
const lastAttempts = 8

/** What works on the items of a todo list: runs their program, sends what it answers with, counts what becomes of them. */
export const make = (runtime: PluginRuntime, host: Host, todo: TodoBehavior<string, unknown>): Worker => {
  const { items, list } = todo
  const component = `${runtime.plugin.name}.${list.name}`
  const run = OwnProgram.make(runtime, host)
  const { timeout } = list
  const asyncTargets = new Set(runtime.handlers.filter((handler) => handler.async).map(({ target }) => target))
  const sendable = new Set(list.sends.map((target) => target["~address"].command))

  const count = (outcome: "done" | "failed" | "parked") =>
    Metric.update(Metric.withAttributes(Metrics.todoItems, { component, outcome }), 1)

  /** What is stored, decoded; a sentence where it can't be: no attempt reads it before the code is mended. */
  const read = (stored: Schema.Json): Effect.Effect<Result.Result<Job, string>> =>
    Effect.result(Effect.gen(function*() {
      const content = yield* TodoContent.decode(stored)
      if (items._tag === "Commands" || "target" in content) return { content, item: undefined }
      return { content, item: yield* Schema.decodeUnknownEffect(items.codec)(content.item) }
    })).pipe(Effect.map(Result.mapError(({ message }) => `its content can't be decoded: ${message}`)))

  /** Does actions in their order, each under an id that follows from the item and its place. */
  const sendAll = Effect.fnUntraced(function*(
    actions: ReadonlyArray<PublishCommand>,
    from: { readonly id: string; readonly meta: Message.Meta; readonly position: number },
    what: string
  ) {
    for (const [index, { command, delay, to }] of actions.entries()) {
      const address = to["~address"]
      if (!sendable.has(address.command)) {
        return yield* new NotAccepted({
          message: `${what} sent '${addressName(address)}', which '${list.name}' doesn't list in 'sends'`
        })
      }
      const encoded = yield* host.bus.encode(address, command)
      const id = Message.deriveId(from.id, `${component}.${what}`, encoded.target, index)
      if (delay === undefined) {
        const isAsync = asyncTargets.has(encoded.target)
        yield* sendCommand(host, { id, ...encoded, cause: from.meta, component, isAsync })
        continue
      }
      const now = yield* Clock.currentTimeMillis
      const due = from.meta.time + Duration.toMillis(Duration.fromInputUnsafe(delay))
      const content: TodoContent.TodoContent = { ...encoded, meta: from.meta, position: from.position }
      yield* runtime.work.add(list.name, [{ id, lane: id, due, content: content as never }], now)
    }
  })

  /** One attempt, whole: it succeeds when everything that the item comes to is accepted. */
  const attempt = Effect.fn("TodoList.work")(function*(item: LeasedWork, { content, item: one }: Job) {
    yield* Effect.annotateCurrentSpan({ component, item: item.id, attempt: item.attempts })
    const { meta, position } = content
    if ("target" in content) {
      const isAsync = asyncTargets.has(content.target)
      const { command, target } = content
      return yield* sendCommand(host, { id: item.id, target, command, cause: meta, component, isAsync })
    }
    if (items._tag === "Commands") return
    const context = { meta, idempotencyKey: item.id, attempt: item.attempts }
    const what = list.kind === "AutomationSlice" ? "process" : "translate"
    const actions = yield* run(() => items.work(one, context), { what, timeout })
    yield* sendAll(actions, { id: item.id, meta, position }, what)
  })

  /** Says that an item's attempts are used up; whether there was nothing to say, or it is said. */
  const sayExhausted = Effect.fn("TodoList.exhausted")(
    function*(item: LeasedWork, { content, item: one }: Job, reason: string) {
      yield* Effect.annotateCurrentSpan({ component, item: item.id })
      if ("target" in content || items._tag === "Commands" || items.exhausted === undefined) return
      const { exhausted } = items
      const { meta, position } = content
      const actions = yield* run(() => exhausted(one, { meta, idempotencyKey: item.id, reason }), {
        what: "onExhausted",
        timeout
      })
      yield* sendAll(actions, { id: item.id, meta, position }, "onExhausted")
    }
  )

  const exhaust = Effect.fnUntraced(
    function*(item: LeasedWork, job: Job, reason: string): Effect.fn.Return<WorkResult> {
      const limit = list.attempts + lastAttempts
      if (item.attempts > limit) return { _tag: "Park", reason }
      const said = yield* Effect.exit(sayExhausted(item, job, reason))
      if (Exit.isSuccess(said)) return { _tag: "Park", reason }
      if (Cause.hasInterruptsOnly(said.cause)) return yield* Effect.failCause(said.cause as Cause.Cause<never>)
      yield* Effect.logWarning(`${component} could not say that the attempts of ${item.id} are used up`, said.cause)
      return item.attempts >= limit
        ? { _tag: "Park", reason: `${reason}; and onExhausted failed: ${OwnProgram.reasonOf(said.cause)}` }
        : { _tag: "Retry", due: yield* retryAt(item.attempts - list.attempts), reason }
    }
  )

  const resultOf = Effect.fnUntraced(
    function*(item: LeasedWork, job: Job): Effect.fn.Return<WorkResult> {
      if (item.attempts > list.attempts) {
        return yield* exhaust(item, job, item.reason ?? neverEnded(list.attempts))
      }
      const done = yield* Effect.exit(attempt(item, job))
      if (Exit.isSuccess(done)) return { _tag: "Done", outcome: undefined }
      if (Cause.hasInterruptsOnly(done.cause)) return yield* Effect.failCause(done.cause as Cause.Cause<never>)
      const reason = OwnProgram.reasonOf(done.cause)
      yield* count("failed")
      yield* Effect.logDebug(`${component} failed on ${item.id}, attempt ${item.attempts}`, done.cause)
      return item.attempts < list.attempts
        ? yield* retryOrPark(item, list.attempts, reason)
        : yield* exhaust(item, job, reason)
    }
  )

  return {
    queue: list.name,
    concurrency,
    work: Effect.fnUntraced(function*(item) {
      const job = yield* read(item.content)
      const result: WorkResult = Result.isFailure(job)
        ? { _tag: "Park", reason: job.failure }
        : yield* Message.continueTrace(job.success.content.meta.traceparent, resultOf(item, job.success))
      if (result._tag === "Done") yield* count("done")
      if (result._tag === "Park") {
        yield* count("parked")
        yield* Effect.logError(`${component} parked ${item.id}: ${result.reason}`, { lane: item.lane })
      }
      return result
    })
  }
}
