/** Judges the items of a table, whoever wrote them: versions without holes, a copy of every event where it belongs. */
import * as Dynamo from "@reventless/aws/Dynamo"
import * as IndexPlan from "@reventless/core/IndexPlan"
import { copyOf, isCopy } from "@reventless/testing/dynamodb/CommitLog"
import * as Layout from "@reventless/testing/dynamodb/Layout"
import type { Item } from "@reventless/testing/dynamodb/Wire"
import * as Effect from "effect/Effect"

/** All that is in a table. */
export const itemsOf = Effect.fnUntraced(function*(table: string) {
  const dynamo = yield* Dynamo.Dynamo
  const items: Array<Item> = []
  for (let from: Dynamo.Item | undefined, isFirst = true; isFirst || from !== undefined; isFirst = false) {
    const page = yield* dynamo.send("Scan", {
      TableName: table,
      ConsistentRead: true,
      ...(from === undefined ? {} : { ExclusiveStartKey: from })
    })
    items.push(...(page.Items ?? []) as unknown as ReadonlyArray<Item>)
    from = page.LastEvaluatedKey
  }
  return items
})

const text = (item: Item, name: string): string => item[name]?.S ?? ""

const sorted = (places: Iterable<string>): string => [...places].sort().join(", ")

/** One event, from all items that have its position: it is in its partitions and says so, with one home. */
const ofEvent = (plan: IndexPlan.IndexPlan, items: ReadonlyArray<Item>): ReadonlyArray<string> => {
  const copies = items.map(copyOf)
  const [first] = items
  const label = JSON.parse(text(first!, "m")).messageId
  const found = sorted(copies.map(({ partition, version }) => `${partition} ${version}`))
  const tags: ReadonlyArray<string> = JSON.parse(text(first!, "g"))
  return [
    ...(["m", "d", "t", "g", "v", "w"].every((name) => items.every((item) => text(item, name) === text(first!, name)))
      ? []
      : [`what has the position ${copies[0]!.position} is not one event: ${items.map((item) => text(item, "m"))}`]),
    ...(found === sorted(Object.entries(JSON.parse(text(first!, "v"))).map((place) => place.join(" ")))
      ? []
      : [`${label} is in ${found}, and says ${text(first!, "v")}`]),
    ...(sorted(copies.map(({ partition }) => partition)) ===
        sorted(Layout.expected(plan, { type: text(first!, "t"), tags }))
      ? []
      : [`${label} with ${text(first!, "g")} is in ${found}`]),
    ...(copies.filter(({ home }) => home).length === 1 ? [] : [`${label} hasn't one home`])
  ]
}

/** A command's receipt names events that the command's own write has put where it says. */
const ofReceipt = (receipt: Item, homes: ReadonlyMap<string, string>): ReadonlyArray<string> => {
  const { places } = JSON.parse(text(receipt, "e")) as { readonly places: ReadonlyArray<readonly [string, number]> }
  return places.filter((place) => homes.get(place.join(" ")) !== text(receipt, "w"))
    .map((place) => `${text(receipt, "pk")} names ${place.join(" ")}, which is no home of its events`)
}

/** Everything in a store's part of a table that a correct store can't have left behind. */
export const violations = (
  plan: IndexPlan.IndexPlan,
  found: ReadonlyArray<Item>,
  prefix = ""
): ReadonlyArray<string> => {
  const items = found.filter((item) => text(item, "pk").startsWith(prefix))
    .map((item): Item => ({ ...item, pk: { S: text(item, "pk").slice(prefix.length) } }))
    .sort((a, b) => Number(a["sk"]?.N) - Number(b["sk"]?.N))
  const copies = items.filter(isCopy)
  const homes = new Map(
    copies.filter((item) => copyOf(item).home).map((item) => [`${text(item, "pk")} ${item["sk"]?.N}`, text(item, "w")])
  )
  return [
    ...[...Map.groupBy(copies, (item) => text(item, "pk"))].flatMap(([name, items]) =>
      Layout.partition(name, items).map(({ detail, kind }) => `${kind}: ${detail}`)
    ),
    ...[...Map.groupBy(copies, (item) => copyOf(item).position).values()].flatMap((items) => ofEvent(plan, items)),
    ...items.filter((item) => text(item, "pk").startsWith("r#")).flatMap((receipt) => ofReceipt(receipt, homes))
  ]
}
