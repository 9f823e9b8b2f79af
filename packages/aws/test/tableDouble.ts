/** A DynamoDB without time and chance: it answers at once, and hides from its readers what a test tells it to hide. */
import * as Dynamo from "@reventless/aws/Dynamo"
import * as Server from "@reventless/testing/dynamodb/Server"
import { keyOf } from "@reventless/testing/dynamodb/Table"
import type { Answer, Item } from "@reventless/testing/dynamodb/Wire"
import type { World } from "@reventless/testing/dynamodb/World"
import * as Effect from "effect/Effect"

/** Everything happens at once and in the order in which it is asked for. */
const atOnce = (): World => {
  let time = 0
  const unused = () => {
    throw new Error("there is no time in this world")
  }
  return {
    random: () => 0.5,
    below: () => 0,
    now: () => time++,
    after: (_, task) => {
      task()
      return () => {}
    },
    clock: unused,
    run: unused
  }
}

const nameOf = (partition: string, version: number) => `${partition} ${version}`

export const make = () => {
  const server = Server.make(atOnce(), { slowCommits: false, acknowledgesEarly: false, forgetsTokens: true })
  const hidden = new Set<string>()
  const asked: Array<Dynamo.Operation> = []
  const meanwhile = new Map<Dynamo.Operation, Effect.Effect<unknown>>()

  const isSeen = (item: Item) => {
    const { partition, sort } = keyOf(item)
    return !hidden.has(nameOf(partition, sort))
  }

  /** What a reader outside of a transaction sees of an answer. What is hidden doesn't count for the limit of a page. */
  const visible = (answer: object, limit: number): object => {
    const { Item: item, Items: items, ...rest } = answer as { Item?: Item; Items?: ReadonlyArray<Item> }
    const seen = items?.filter(isSeen)
    const page = seen?.slice(0, limit)
    return {
      ...rest,
      ...(page === undefined ? {} : { Items: page }),
      ...(page !== undefined && page.length === limit ? { LastEvaluatedKey: page.at(-1) } : {}),
      ...(item === undefined || !isSeen(item) ? {} : { Item: item })
    }
  }

  const send: Dynamo.RawSend = (operation, request) =>
    Effect.suspend(() => {
      asked.push(operation)
      const answers: Array<Answer> = []
      const { Limit = Infinity, ...whole }: { readonly Limit?: number } = request
      server.handle(operation, whole, (answer) => answers.push(answer))
      const answer = answers[0]!
      const done = "ok" in answer
        ? Effect.succeed(visible(answer.ok as object, Limit))
        : Effect.fail<Dynamo.SendFailed>({ cause: answer.thrown })
      const between = meanwhile.get(operation) ?? Effect.void
      meanwhile.delete(operation)
      return Effect.andThen(between, done)
    })

  return {
    send,
    /** Every request that was made, by its name. */
    asked,
    /** Happens once, between the next such request and its answer. */
    meanwhile: (operation: Dynamo.Operation, effect: Effect.Effect<unknown>) => {
      meanwhile.set(operation, effect)
    },
    hide: (partition: string, version: number) => {
      hidden.add(nameOf(partition, version))
    },
    show: () => hidden.clear(),
    item: (partition: string, version: number) => server.table.get({ partition, sort: version }) as Dynamo.Item,
    items: () => server.table.partitions().flatMap(server.table.partition)
  }
}
