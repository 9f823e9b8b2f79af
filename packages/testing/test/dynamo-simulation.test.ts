import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as Query from "@reventless/core/Query"
import * as Client from "@reventless/testing/dynamodb/Client"
import * as Server from "@reventless/testing/dynamodb/Server"
import type { Item, Send } from "@reventless/testing/dynamodb/Wire"
import * as World from "@reventless/testing/dynamodb/World"
import * as DynamoSimulation from "@reventless/testing/DynamoSimulation"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { describe, expect, test } from "vitest"

const key = (sk: number): Item => ({ pk: { S: "p" }, sk: { N: String(sk) } })
const put = (sk: number, by: string) => ({
  Item: { ...key(sk), by: { S: by } },
  ConditionExpression: "attribute_not_exists(pk)",
  ReturnValuesOnConditionCheckFailure: "ALL_OLD"
})
const write = (by: string, ...sks: ReadonlyArray<number>) => ({
  TransactItems: sks.map((sk) => ({ Put: put(sk, by) })),
  ClientRequestToken: by
})
const all = {
  KeyConditionExpression: "pk = :p AND sk > :v",
  ExpressionAttributeValues: { ":p": { S: "p" }, ":v": { N: "0" } },
  ConsistentRead: true
}
const calm: Client.Faults = { unanswered: 0, sentTwice: 0, refused: 0, outages: false }
const seeds = Array.from({ length: 200 }, (_, index) => index)

/** Runs a program in a world with a server, and answers what it answers. */
const simulate = <A, E>(
  seed: number,
  program: (send: Send, server: Server.Server, world: World.World) => Effect.Effect<A, E>,
  options: Partial<Client.Faults> & { readonly acknowledgesEarly?: boolean } = {}
): A => {
  const world = World.make(seed)
  const server = Server.make(world, {
    slowCommits: true,
    acknowledgesEarly: options.acknowledgesEarly ?? false,
    forgetsTokens: false
  })
  const ended = world.run(program(Client.make(world, server, { ...calm, ...options }), server, world))
  if (ended._tag !== "Done" || Exit.isFailure(ended.exit)) throw new Error(JSON.stringify(ended))
  return ended.exit.value
}

/** What a request comes to: `ok`, or the name of what the SDK throws. */
const nameOf = (request: Effect.Effect<unknown, { readonly cause: unknown }>) =>
  Effect.match(request, {
    onSuccess: () => "ok",
    onFailure: ({ cause }) => {
      const { CancellationReasons, name } = cause as { name: string; CancellationReasons?: Array<{ Code: string }> }
      return CancellationReasons === undefined ? name : CancellationReasons.map(({ Code }) => Code).join(" ")
    }
  })

/** The sort keys that are visible, page after page. */
const visible = Effect.fnUntraced(function*(send: Send) {
  const found: Array<number> = []
  let after: Item | undefined
  do {
    const page = yield* send("Query", after === undefined ? all : { ...all, ExclusiveStartKey: after })
    const { Items, LastEvaluatedKey } = page as { Items: ReadonlyArray<Item>; LastEvaluatedKey?: Item }
    found.push(...Items.map(({ sk }) => Number(sk!.N)))
    after = LastEvaluatedKey
  } while (after !== undefined)
  return found.join(" ")
})

/** What is visible again and again until a program is over, and then once more. */
const watched = (send: Send, program: Effect.Effect<unknown, { readonly cause: unknown }>) =>
  Effect.gen(function*() {
    const looks: Array<string> = []
    let over = false
    yield* Effect.all([
      Effect.ensuring(program, Effect.sync(() => over = true)),
      Effect.whileLoop({ while: () => !over, body: () => visible(send), step: (look) => looks.push(look) })
    ], { concurrency: "unbounded" })
    return [...looks, yield* visible(send)]
  })

describe("a simulated transaction", () => {
  test("becomes visible item by item, in any order, and is whole when it is acknowledged", () => {
    const looks = seeds.map((seed) =>
      simulate(seed, (send) => watched(send, send("TransactWriteItems", write("a", 1, 2, 3))))
    )
    expect(new Set(looks.flat())).toEqual(new Set(["", "1", "2", "3", "1 2", "1 3", "2 3", "1 2 3"]))
    expect(new Set(looks.map((each) => each.at(-1)))).toEqual(new Set(["1 2 3"]))
  })

  test("may be acknowledged before it is visible, when the server is told to", () => {
    const last = seeds.map((seed) =>
      simulate(seed, (send) => Effect.andThen(send("TransactWriteItems", write("a", 1, 2)), visible(send)), {
        acknowledgesEarly: true
      })
    )
    expect(new Set(last)).toEqual(new Set(["", "1", "2", "1 2"]))
  })

  test("of two over the same items at most one is applied, and refusals name each item's reason", () => {
    const outcomes = seeds.map((seed) =>
      simulate(seed, (send, server) =>
        Effect.map(
          Effect.all(["a", "b"].map((by) => nameOf(send("TransactWriteItems", write(by, 1, 2)))), {
            concurrency: "unbounded"
          }),
          (names) => [server.commits.length, ...names.sort()].join(", ")
        ))
    )
    for (const outcome of outcomes) {
      expect(outcome).toMatch(/^(1, .*, ok|0, .*)$/)
    }
    const reasons = new Set(outcomes.flatMap((outcome) => outcome.split(", ").slice(1)))
    expect([...reasons]).toEqual(expect.arrayContaining([
      "ok",
      "ConditionalCheckFailed ConditionalCheckFailed",
      "TransactionConflict TransactionConflict",
      "None TransactionConflict"
    ]))
  })

  test("holds its items: a put meets a conflict, and items read together are refused, until it is over", () => {
    const during = seeds.map((seed) =>
      simulate(seed, (send) => {
        const get = send("TransactGetItems", { TransactItems: [1, 2].map((sk) => ({ Get: { Key: key(sk) } })) })
        return Effect.map(
          Effect.all([
            nameOf(send("TransactWriteItems", write("a", 1, 2))),
            nameOf(send("PutItem", put(2, "b"))),
            nameOf(get)
          ], { concurrency: "unbounded" }),
          ([, ...names]) => names
        )
      })
    )
    expect(new Set(during.map(([put]) => put))).toEqual(
      new Set(["ok", "TransactionConflictException", "ConditionalCheckFailedException"])
    )
    expect([...new Set(during.map(([, get]) => get))]).toEqual(
      expect.arrayContaining(["ok", "TransactionConflict TransactionConflict", "None TransactionConflict"])
    )
  })

  test("items read together are all of a transaction or nothing", () => {
    const read = seeds.map((seed) =>
      simulate(seed, (send) => {
        const get = send("TransactGetItems", { TransactItems: [1, 2].map((sk) => ({ Get: { Key: key(sk) } })) })
        const count = Effect.map(get, (answer) =>
          (answer as { Responses: ReadonlyArray<{ Item?: Item }> }).Responses.filter(({ Item }) =>
            Item !== undefined
          ).length)
        const counts = Effect.match(count, {
          onSuccess: String,
          onFailure: () =>
            "refused"
        })
        return Effect.map(
          Effect.all([send("TransactWriteItems", write("a", 1, 2)), counts], { concurrency: "unbounded" }),
          ([, count]) => count
        )
      })
    )
    expect(new Set(read)).toEqual(new Set(["0", "2", "refused"]))
  })

  test("is not done twice under one token, and another one under it is refused", () => {
    for (const seed of seeds) {
      const [names, commits] = simulate(seed, (send, server) =>
        Effect.gen(function*() {
          yield* send("TransactWriteItems", write("a", 1))
          const again = yield* nameOf(send("TransactWriteItems", write("a", 1)))
          const other = yield* nameOf(send("TransactWriteItems", write("a", 2)))
          return [[again, other], server.commits.length]
        }))
      expect(names).toEqual(["ok", "IdempotentParameterMismatchException"])
      expect(commits).toBe(1)
    }
  })

  test("names an item once", () => {
    expect(simulate(1, (send) => nameOf(send("TransactWriteItems", write("a", 1, 1))))).toBe("ValidationException")
  })
})

describe("a simulated request", () => {
  test("may be applied although its sender was told that there is no answer, also later", () => {
    const seen = seeds.map((seed) =>
      simulate(seed, (send, server, world) =>
        Effect.gen(function*() {
          const name = yield* nameOf(send("PutItem", put(1, "a")))
          const before = server.table.get({ partition: "p", sort: 1 }) !== undefined
          yield* Effect.sleep(1000)
          const after = server.table.get({ partition: "p", sort: 1 }) !== undefined
          expect(world.now()).toBeGreaterThanOrEqual(1000)
          return `${name} ${before} ${after}`
        }), { unanswered: 1 })
    )
    expect(new Set(seen)).toEqual(new Set(["ok true true", "TimeoutError true true", "TimeoutError false true"]))
  })

  test("may be sent twice: its own item is what it meets then", () => {
    const seen = seeds.map((seed) =>
      simulate(seed, (send) =>
        Effect.match(send("PutItem", put(1, "a")), {
          onSuccess: () => "ok",
          onFailure: ({ cause }) => (cause as { Item: Item }).Item["by"]!.S!
        }), { sentTwice: 1 })
    )
    expect(new Set(seen)).toEqual(new Set(["ok", "a"]))
  })
})

/** A store whose appends go nowhere near the table. */
const elsewhere: DynamoSimulation.Open = (_, plan) => EventStoreMemory.make(plan)

const runWith = (open: DynamoSimulation.Open, seed = 1) =>
  DynamoSimulation.run({ seed, profile: DynamoSimulation.profiles.usual, open })

const kinds = ({ violations }: DynamoSimulation.Report) => new Set(violations.map(({ kind }) => kind))

describe("a simulated run", () => {
  test("of a store that keeps its events elsewhere is told that nothing is in the log", () => {
    expect(kinds(runWith(elsewhere))).toContain("accepted-not-in-log")
  })

  test("of a store that waits for what never comes ends, as a deadlock", () => {
    const stuck: DynamoSimulation.Open = (_, plan) =>
      Effect.map(EventStoreMemory.make(plan), (store) => ({ ...store, append: () => Effect.never }))
    expect(kinds(runWith(stuck))).toContain("deadlock")
  })

  test("of a store that never stops trying ends, as a livelock", () => {
    const endless: DynamoSimulation.Open = (_, plan) =>
      Effect.map(EventStoreMemory.make(plan), (store) => ({ ...store, append: () => Effect.forever(Effect.sleep(1)) }))
    expect(kinds(runWith(endless))).toContain("livelock")
  })

  test("of a store that throws is a defect, and says what was thrown", () => {
    const { violations } = runWith(() => Effect.die("broken"))
    expect(violations).toEqual([{ kind: "defect", detail: expect.stringContaining("broken") }])
  })

  test("is the same for the same seed, request by request, and another one for another seed", () => {
    const trace = (seed: number) => {
      const lines: Array<string> = []
      const reads: DynamoSimulation.Open = (send, plan) =>
        Effect.map(EventStoreMemory.make(plan), (store) => ({
          ...store,
          readBoundary: (query, options) =>
            Effect.andThen(
              Effect.ignore(send("Query", { ...all, Limit: Query.tags(query).length + 1 })),
              store.readBoundary(query, options)
            )
        }))
      const note = (time: number, process: number, text: string) => lines.push(`${time} ${process} ${text}`)
      DynamoSimulation.run({ seed, profile: DynamoSimulation.profiles.usual, open: reads, trace: note })
      return lines
    }
    expect(trace(1)).toEqual(trace(1))
    expect(trace(1)).not.toEqual(trace(2))
  })
})
