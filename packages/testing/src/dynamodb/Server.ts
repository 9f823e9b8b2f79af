/** The simulated DynamoDB itself: it answers requests on the wire, each after a time, in a world with its own time. */
import { notSimulated, range, updated } from "./Expression.ts"
import * as Table from "./Table.ts"
import * as Transactions from "./Transactions.ts"
import type { Answer, Conditional, Keyed, Put, Read, TransactGet, TransactWrite } from "./Wire.ts"
import { canceled, refusal } from "./Wire.ts"
import type { World } from "./World.ts"

/** A simulated DynamoDB with one table. */
export interface Server {
  /** Does what is asked for when the request has come in, and answers. */
  readonly handle: (operation: string, request: unknown, answer: (answer: Answer) => void) => void
  readonly table: Table.Table
  /** What was committed so far, in the order of commit. */
  readonly commits: ReadonlyArray<Transactions.Commit>
}

/** An empty simulated DynamoDB. */
export const make = (world: World, options: Transactions.Options): Server => {
  const table = Table.make()
  const commits: Array<Transactions.Commit> = []
  const transactWrite = Transactions.make(world, table, commits, options)

  /** Mostly quick, sometimes late. */
  const travel = () => world.random() * (world.random() < 0.15 ? 150 : 10)

  /** Writes one item, unless a transaction holds it or its condition isn't met. */
  const write = (conditional: Conditional, key: Table.Key, apply: () => unknown): Answer => {
    if (table.held(key)) return refusal("TransactionConflictException")
    if (!Table.meets(table, conditional, key)) {
      const old = Table.occupant(conditional, table.get(key))
      return refusal("ConditionalCheckFailedException", "The conditional request failed", old)
    }
    return { ok: apply() }
  }

  const put = (request: Put): Answer => {
    const key = Table.keyOf(request.Item)
    return write(request, key, () => {
      commits.push({ puts: [request.Item], checks: [], began: world.now(), ended: world.now() })
      table.put(key, request.Item)
      return {}
    })
  }

  const update = (request: Keyed): Answer => {
    const key = Table.keyOf(request.Key)
    return write(request, key, () => {
      table.put(key, updated(request, request.UpdateExpression ?? "", request.Key, table.get(key)))
      return request.ReturnValues === "ALL_NEW" ? { Attributes: table.get(key) } : {}
    })
  }

  const get = (request: Keyed): Answer => {
    const item = table.get(Table.keyOf(request.Key))
    return { ok: item === undefined ? {} : { Item: item } }
  }

  const transactGet = ({ TransactItems }: TransactGet): Answer => {
    const keys = TransactItems.map(({ Get }) => Table.keyOf(Get.Key))
    if (keys.some(table.held)) {
      return canceled(keys.map((key) => ({ Code: table.held(key) ? "TransactionConflict" : "None" })))
    }
    return {
      ok: {
        Responses: keys.map((key) => {
          const item = table.get(key)
          return item === undefined ? {} : { Item: item }
        })
      }
    }
  }

  /** A page is as long as was asked for, or shorter: DynamoDB ends a page where it likes. */
  const limitOf = (request: Read) =>
    Math.min(request.Limit ?? Infinity, world.random() < 0.3 ? 1 + world.below(3) : 100)

  const query = (request: Read): Answer => {
    if (request.FilterExpression !== undefined || request.IndexName !== undefined) {
      return notSimulated("filters or indexes")
    }
    if (request.ConsistentRead !== true) return notSimulated("a query that isn't consistent")
    return {
      ok: Table.page(table, range(request, request.KeyConditionExpression ?? ""), {
        backwards: request.ScanIndexForward === false,
        limit: limitOf(request),
        after: request.ExclusiveStartKey === undefined ? undefined : Table.keyOf(request.ExclusiveStartKey),
        names: request
      })
    }
  }

  const scan = (request: Read): Answer => {
    const { Segment = 0, TotalSegments = 1 } = request
    const all = table.partitions().filter((name) => name.length % TotalSegments === Segment).sort().flatMap((name) =>
      table.partition(name)
    )
    const start = request.ExclusiveStartKey === undefined ? undefined : Table.keyOf(request.ExclusiveStartKey)
    const left = start === undefined
      ? all
      : all.filter((item) => {
        const { partition, sort } = Table.keyOf(item)
        return partition > start.partition || (partition === start.partition && sort > start.sort)
      })
    const limit = limitOf(request)
    return { ok: Table.pageOf(left.slice(0, limit), limit, request) }
  }

  const active = { Table: { TableStatus: "ACTIVE" } }

  const operations: Readonly<Record<string, (request: never) => Answer>> = {
    PutItem: put,
    UpdateItem: update,
    GetItem: get,
    TransactGetItems: transactGet,
    Query: query,
    Scan: scan,
    DescribeTable: () => ({ ok: active })
  }

  const handle: Server["handle"] = (operation, request, answer) => {
    world.after(travel(), () => {
      if (operation === "TransactWriteItems") return transactWrite(request as TransactWrite, answer)
      const run = operations[operation] ?? notSimulated(`the operation ${operation}`)
      answer(run(request as never))
    })
  }

  return { handle, table, commits }
}
