import type { CommandBus } from "../../CommandBus.ts"
import type { EventStore, PositionedEventStore } from "../../EventStore.ts"
import type { EventStores } from "../../EventStores.ts"
import type { QueryEngine } from "../../QueryEngine.ts"
import type { Scheduler } from "../../Scheduler.ts"
import type { SnapshotStores } from "../../SnapshotStore.ts"
import type { ViewStores } from "../../ViewStore.ts"
import type { ServicesOf } from "./behavior.ts"

/** What a decision may not use: it would read or write outside its consistency boundary, and it may run several times. */
export type Forbidden =
  | EventStore
  | PositionedEventStore
  | EventStores
  | ViewStores
  | SnapshotStores
  | CommandBus
  | QueryEngine
  | Scheduler

/** Refuses a decision that uses a forbidden service, with a sentence. */
export type NoForbidden<Out> = [Extract<Known<ServicesOf<Out>>, Forbidden>] extends [never] ? unknown
  : { readonly "decide may not use EventStore, CommandBus, QueryEngine or Scheduler": never }

/** While the compiler still infers, the services are `any`: nothing is refused yet. */
type Known<R> = 0 extends 1 & R ? never : R
