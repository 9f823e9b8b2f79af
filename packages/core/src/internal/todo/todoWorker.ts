import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { PublishCommand } from "../../Action.ts"
import { addressName } from "../../CommandBus.ts"
import type * as Message from "../../Message.ts"
import * as Metrics from "../../Metrics.ts"
import type { PluginRuntime } from "../../PluginRuntime.ts"
import type { LeasedWork } from "../../WorkStore.ts"
import * as SendActions from "../commands/sendActions.ts"
import { NotAccepted } from "../commands/sendCommand.ts"
import * as OwnProgram from "../ownProgram.ts"
import type { Host } from "../platformPart.ts"
import type { Worker } from "../work/workRunner.ts"
import * as ItemWorker from "./itemWorker.ts"
import * as TodoContent from "./todoContent.ts"
import type { TodoBehavior } from "./todoList.ts"

/** An item that was read. */
interface Job {
  readonly content: TodoContent.TodoContent
  readonly meta: Message.Meta
  /** What the author's program is given; undefined for a command that is ready to be sent. */
  readonly item: unknown
}

/** What works on the items of a todo list: runs their program, sends what it answers with, counts what becomes of them. */
export const make = (runtime: PluginRuntime, host: Host, todo: TodoBehavior<string, unknown>): Worker => {
  const { items, list } = todo
  const component = `${runtime.plugin.name}.${list.name}`
  const run = OwnProgram.make(runtime, host)
  const { send, sendKept } = SendActions.make(runtime, host, { component, queue: list.name })
  const { timeout } = list
  const sendable = new Set(list.sends.map((target) => target["~address"].command))

  const read = Effect.fnUntraced(function*({ content: stored }: LeasedWork) {
    const content = yield* TodoContent.decode(stored)
    const { meta } = content
    if (items._tag === "Commands" || !("item" in content)) return { content, meta, item: undefined }
    return { content, meta, item: yield* Schema.decodeUnknownEffect(items.codec)(content.item) }
  }, TodoContent.undecodable)

  /** Does actions in their order, each under an id that follows from the item and its place. */
  const sendAll = Effect.fnUntraced(function*(actions: ReadonlyArray<PublishCommand>, from: SendActions.Origin) {
    for (const [index, action] of actions.entries()) {
      const address = action.to["~address"]
      if (!sendable.has(address.command)) {
        return yield* new NotAccepted({
          message: `${from.what} sent '${addressName(address)}', which '${list.name}' doesn't list in 'sends'`
        })
      }
      yield* send(action, index, from)
    }
  })

  const attempt = Effect.fn("TodoList.work")(function*(item: LeasedWork, { content, item: one }: Job) {
    yield* Effect.annotateCurrentSpan({ component, item: item.id, attempt: item.attempts })
    if ("target" in content) return yield* sendKept(item.id, content)
    if (items._tag === "Commands") return
    const { meta, position } = content
    const context = { meta, idempotencyKey: item.id, attempt: item.attempts }
    const what = list.kind === "AutomationSlice" ? "process" : "translate"
    const actions = yield* run(() => items.work(one, context), { what, timeout })
    yield* sendAll(actions, { id: item.id, meta, position, what })
  })

  const exhausted = Effect.fn("TodoList.exhausted")(
    function*(item: LeasedWork, { content, item: one }: Job, reason: string) {
      yield* Effect.annotateCurrentSpan({ component, item: item.id })
      if ("target" in content || items._tag === "Commands" || items.exhausted === undefined) return
      const { exhausted } = items
      const { meta, position } = content
      const what = "onExhausted"
      const actions = yield* run(() => exhausted(one, { meta, idempotencyKey: item.id, reason }), { what, timeout })
      yield* sendAll(actions, { id: item.id, meta, position, what })
    }
  )

  return ItemWorker.make<Job>({
    queue: list.name,
    component,
    attempts: list.attempts,
    outcomes: Metrics.todoItems,
    read,
    attempt,
    exhausted
  })
}
