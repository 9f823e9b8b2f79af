import type { EventStoreError } from "@reventless/core/EventStore"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Item } from "../Dynamo.ts"
import * as Items from "./items.ts"
import * as Partitions from "./partitions.ts"
import { untilAnswered } from "./retries.ts"
import type { Place } from "./tableReader.ts"

/** In how many parts a table is scanned at the same time. */
const segments = 4

/** The name of an item's partition in a place, or undefined when the item belongs to another. */
export const partitionOf = ({ prefix }: Place, { pk }: Item): string | undefined =>
  pk?.S?.startsWith(prefix) === true ? pk.S.slice(prefix.length) : undefined

/** The copies of events among items, in their order. */
export const copiesOf = (place: Place, items: ReadonlyArray<Item>) =>
  Items.decodeCopies(place.prefix, items.filter((item) => Partitions.holdsEvents(partitionOf(place, item) ?? "")))

/** Every item of the table, a page at a time; within a partition in order of version. */
export const scan = (place: Place): Stream.Stream<ReadonlyArray<Item>, EventStoreError> =>
  Stream.mergeAll(
    Array.from({ length: segments }, (_, segment) =>
      Stream.paginate(undefined, (from: Item | undefined) =>
        Effect.map(
          untilAnswered(
            place.name,
            place.dynamo.send("Scan", {
              TableName: place.name,
              ConsistentRead: true,
              Segment: segment,
              TotalSegments: segments,
              ...(from === undefined ? {} : { ExclusiveStartKey: from })
            })
          ),
          ({ Items: items = [], LastEvaluatedKey: next }) => [[items], Option.fromUndefinedOr(next)] as const
        ))),
    { concurrency: segments }
  )
