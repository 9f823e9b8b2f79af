import * as Boundary from "@reventless/core/Boundary"
import type { NewEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Client from "@reventless/testing/dynamodb/Client"
import * as Server from "@reventless/testing/dynamodb/Server"
import { type Answer, canceled, type Send } from "@reventless/testing/dynamodb/Wire"
import * as World from "@reventless/testing/dynamodb/World"
import * as Effect from "effect/Effect"
import { expect, test } from "vitest"
import { load } from "./model/load.ts"

const event = (messageId: string, tag: string): NewEvent => ({
  type: "T",
  tags: [tag],
  data: {},
  meta: { messageId, correlationId: messageId, time: 0, service: "S.C", schemaVersion: 1 }
})

const plan = {
  _tag: "Planned",
  all: false,
  types: { T: { partitions: ["a", "b"], references: [], home: "a", byType: false } }
} as const

// What long simulations have found, each as the few steps that it takes.

const calm: Client.Faults = { unanswered: 0, sentTwice: 0, refused: 0, outages: false }

// Once in 65,739 runs; DynamoDB would have to forget a token within seconds for it.
test("an append whose answer was lost isn't refused while another transaction holds what it has written", async () => {
  const world = World.make(1)
  const server = Server.make(world, { slowCommits: false, acknowledgesEarly: false, forgetsTokens: true })
  const send = Client.make(world, server, calm)
  const open = await load()

  const program = Effect.gen(function*() {
    const other = yield* open(send, plan, 0)
    let writes = 0
    const scripted: Send = Effect.fnUntraced(function*(operation, request) {
      if (operation !== "TransactWriteItems" || ++writes > 2) return yield* send(operation, request)
      if (writes === 1) {
        yield* send(operation, request)
        yield* Effect.orDie(other.append([event("theirs", "b:1")]))
        return yield* Effect.fail({ cause: { name: "TimeoutError", message: "", $metadata: {} } })
      }
      const theirs = server.table.get({ partition: "t#b:1", sort: 1 })!
      const answer: Answer = canceled([
        { Code: "TransactionConflict" },
        { Code: "ConditionalCheckFailed", Item: theirs }
      ])
      return yield* Effect.fail({ cause: "thrown" in answer ? answer.thrown : undefined })
    })
    const store = yield* open(scripted, plan, 1)
    const { boundary } = yield* store.readBoundary(Query.make({ tags: ["b:1"] }))
    return yield* store.append([event("ours", "a:1")], { boundary })
  })

  const ended = world.run(Effect.scoped(Effect.orDie(program)))
  expect(ended).toMatchObject({ _tag: "Done", exit: { _tag: "Success", value: { replayed: false } } })
  expect(server.table.partition("t#a:1")).toHaveLength(1)
})

// Once in 28,907 runs.
test("whoever goes on behind two appends on an absent boundary doesn't read their events again", async () => {
  const world = World.make(1)
  const server = Server.make(world, { slowCommits: false, acknowledgesEarly: false, forgetsTokens: false })
  const open = await load()
  const query = Query.make({ tags: ["a:1"] }, { tags: ["b:1"] })

  const program = Effect.gen(function*() {
    const store = yield* open(Client.make(world, server, calm), plan, 0)
    const absent = Boundary.absent(query)
    const one = Boundary.after(absent, (yield* store.append([event("one", "a:1")], { boundary: absent })).token)
    const two = Boundary.after(one, (yield* store.append([event("two", "b:1")], { boundary: one })).token)
    return (yield* store.readBoundary(query, { since: two })).events
  })

  expect(world.run(Effect.scoped(Effect.orDie(program)))).toMatchObject({ _tag: "Done", exit: { value: [] } })
})
