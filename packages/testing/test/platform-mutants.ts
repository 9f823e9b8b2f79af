/** Providers that are wrong in one place: each breaks one promise that a provider could break by mistake. */
import type { EventStoreShape } from "@reventless/core/EventStore"
import { EventStores } from "@reventless/core/EventStores"
import * as Extent from "@reventless/core/Extent"
import { SnapshotStores } from "@reventless/core/SnapshotStore"
import { ViewStores, type ViewStoreShape } from "@reventless/core/ViewStore"
import { WorkStores, type WorkStoreShape } from "@reventless/core/WorkStore"
import type { Stores } from "@reventless/testing/PlatformConformanceChecks"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"

export interface Mutant {
  /** What the provider does wrong. */
  readonly name: string
  readonly make: (provider: Context.Context<Stores>) => Context.Context<Stores>
  /** The names of checks that must fail on it. */
  readonly caughtBy: ReadonlyArray<string>
}

type Provider = Context.Context<Stores>

const viewStores = (change: (store: ViewStoreShape) => Partial<ViewStoreShape>) => (provider: Provider): Provider => {
  const { of } = Context.get(provider, ViewStores)
  return Context.add(provider, ViewStores, {
    of: (plugin) => Effect.map(of(plugin), (store) => ({ ...store, ...change(store) }))
  })
}

const eventStores =
  (change: (store: EventStoreShape) => Partial<EventStoreShape>) => (provider: Provider): Provider => {
    const { of } = Context.get(provider, EventStores)
    return Context.add(provider, EventStores, {
      of: (plugin) =>
        Effect.map(of(plugin), ({ store }) => ({ positioned: false, store: { ...store, ...change(store) } }) as const)
    })
  }

const workStores = (change: (store: WorkStoreShape) => Partial<WorkStoreShape>) => (provider: Provider): Provider => {
  const { of } = Context.get(provider, WorkStores)
  return Context.add(provider, WorkStores, {
    of: (plugin) => Effect.map(of(plugin), (store) => ({ ...store, ...change(store) }))
  })
}

const closes =
  "an event closes the items of its entity from before it, whatever their state, and none from after it when it comes again"
const givesUp =
  "a rejected command is a failed attempt; when they are used up it is said once, and the item waits for a person"
const anyTurn = "a delivery that is interrupted at any of its turns, and comes again, is applied once"
const inOrder = "the events of one account are applied in their order, whatever is applied between them"
const oldRows = "queries see the old rows, whole and up to date, until the new ones take their place"
const removed = "a row that is removed is told of"
const written = "a query with a command's token shows the command's rows, however many commands there are at once"
const anyObject = "each object that appears, changes or goes is one run, also while nothing runs"
const anyWatch = "a watch that begins at any moment comes to the same rows as a query"

export const mutants: ReadonlyArray<Mutant> = [
  {
    name: "removed rows leave no tombstone",
    make: viewStores((store) => ({
      load: (...asked) => Effect.map(store.load(...asked), (rows) => rows.filter(({ row }) => row !== undefined)),
      changes: (...asked) => Effect.map(store.changes(...asked), (rows) => rows.filter(({ row }) => row !== undefined))
    })),
    caughtBy: [removed, "a row that was removed leaves a tombstone with the version that removed it, and is in no list"]
  },
  {
    name: "the checkpoint is committed before the rows",
    make: viewStores((store) => ({
      commit: Effect.fnUntraced(function*(step) {
        const revision = yield* store.commit({ ...step, writes: [], park: [], release: [], skip: [] })
        if (revision === undefined) return undefined
        yield* Effect.yieldNow
        return yield* store.commit({ ...step, revision })
      })
    })),
    caughtBy: [anyTurn]
  },
  {
    name: "rows are committed before the checkpoint",
    make: viewStores((store) => ({
      commit: Effect.fnUntraced(function*(step) {
        const state = yield* store.state(step.view, step.generation)
        const revision = yield* store.commit({ ...step, checkpoint: state!.checkpoint })
        if (revision === undefined) return undefined
        yield* Effect.yieldNow
        return yield* store.commit({ ...step, revision, writes: [], park: [], release: [], skip: [] })
      })
    })),
    caughtBy: [anyTurn]
  },
  {
    name: "a commit ignores the revision that it was computed from",
    make: viewStores((store) => ({
      commit: Effect.fnUntraced(function*(step) {
        yield* Effect.yieldNow
        const state = yield* store.state(step.view, step.generation)
        return yield* store.commit({ ...step, revision: state!.revision })
      })
    })),
    caughtBy: ["three that feed one view at once apply every event once"]
  },
  {
    name: "what is parked is dropped",
    make: viewStores((store) => ({ commit: (step) => store.commit({ ...step, park: [] }) })),
    caughtBy: [
      "an event that can't be applied parks the later ones of its lane, and only that lane waits",
      "replay applies the parked events of a lane in their order, once they can be applied"
    ]
  },
  {
    name: "what was parked stays parked",
    make: viewStores((store) => ({ commit: (step) => store.commit({ ...step, release: [] }) })),
    caughtBy: ["replay applies the parked events of a lane in their order, once they can be applied"]
  },
  {
    name: "parked events come back in the order of their arrival at the table, newest first",
    make: viewStores((store) => ({
      parked: (...asked) => Effect.map(store.parked(...asked), (all) => all.toReversed())
    })),
    caughtBy: ["replay applies the parked events of a lane in their order, once they can be applied"]
  },
  {
    name: "which lanes wait is forgotten",
    make: viewStores(() => ({ blocked: () => Effect.succeed([]) })),
    caughtBy: ["events that come while a lane waits are parked behind it, also after a new start"]
  },
  {
    name: "who skipped what is not recorded",
    make: viewStores((store) => ({ commit: (step) => store.commit({ ...step, skip: [] }) })),
    caughtBy: ["skip gives up the first parked event, records who and why, and applies those behind it"]
  },
  {
    name: "a generation takes the old one's place as soon as it is begun",
    make: viewStores((store) => ({
      build: (view, fingerprint) =>
        Effect.tap(store.build(view, fingerprint), ({ generation }) => store.promote(view, generation))
    })),
    caughtBy: [oldRows]
  },
  {
    name: "a rebuild begins anew at each start",
    make: viewStores((store) => ({
      own: (view) =>
        Effect.tap(store.own(view), () =>
          Effect.gen(function*() {
            const active = yield* store.active(view)
            const building = yield* store.state(view, (active?.generation ?? 0) + 1)
            if (building !== undefined) yield* store.build(view, building.fingerprint)
          }))
    })),
    caughtBy: ["a rebuild that ended midway goes on where it was, and comes to the same rows"]
  },
  {
    name: "a query is answered from the newest generation, whole or not",
    make: viewStores((store) => ({
      list: Effect.fnUntraced(function*(view, generation, query) {
        const newer = yield* store.state(view, generation + 1)
        return yield* store.list(view, newer?.generation ?? generation, query)
      })
    })),
    caughtBy: [oldRows]
  },
  {
    name: "a change is left out of the changes when it is the first after a look",
    make: viewStores((store) => ({
      changes: (view, generation, { after, limit }) =>
        store.changes(view, generation, { after: after < 1 ? after : after + 1, limit })
    })),
    caughtBy: [anyWatch]
  },
  {
    name: "nobody is told of changes",
    make: viewStores(() => ({ changed: Effect.succeed(Effect.never) })),
    caughtBy: [removed, anyWatch]
  },
  {
    name: "a queue forgets what was done",
    make: workStores((store) => ({
      finish: (queue, item, result, now) =>
        store.finish(queue, item, result._tag === "Done" ? { _tag: "Forget" } : result, now)
    })),
    caughtBy: ["directives are fired once, and none when everything is collected once more"]
  },
  {
    name: "the tags of what is appended are lost",
    make: eventStores((store) => ({
      append: (events, options) =>
        store.append(
          events.map((event) => event.type === "GoodAdded" ? { ...event, tags: ["entity:all"] } : event),
          options
        )
    })),
    caughtBy: ["what isn't declared in the contract doesn't leave"]
  },
  {
    name: "the rows of all plugins are in one place",
    make: (provider) => {
      const { of } = Context.get(provider, ViewStores)
      return Context.add(provider, ViewStores, { of: () => of("all") })
    },
    caughtBy: [
      "with equal names for events, tags and views they see their own events and rows only",
      "a rebuild of one leaves the other as it is"
    ]
  },
  {
    name: "the events of all plugins are in one log",
    make: (provider) => {
      const { of } = Context.get(provider, EventStores)
      return Context.add(provider, EventStores, { of: ({ plan }) => of({ name: "all", plan }) })
    },
    caughtBy: [
      "with equal names for events, tags and views they see their own events and rows only",
      "they don't conflict, and neither remembers the other's command ids"
    ]
  },
  {
    name: "receipts are forgotten",
    make: eventStores((store) => ({
      append: (events, options) => store.append(events, { ...options, commandId: undefined }),
      confirm: (boundary) => store.confirm(boundary)
    })),
    caughtBy: [
      "a command id that comes again gives the first result and writes nothing",
      "of many with one command id at once, on two platforms, one is decided and all get its result",
      "what is begun again although it was done publishes and sends nothing twice"
    ]
  },
  {
    name: "what was decided on is not checked at the write",
    make: eventStores((store) => ({
      append: (events, options) => store.append(events, { ...options, boundary: undefined })
    })),
    caughtBy: [
      "a decision never rests on a state that another platform has changed",
      "of transfers that race on two platforms none overdraws an account, and no money is lost or made",
      "a decision that met a conflict is counted, and decided again"
    ]
  },
  {
    name: "a decision to do nothing is not checked",
    make: eventStores(() => ({ confirm: () => Effect.undefined })),
    caughtBy: ["a refusal never rests on a state that another platform has changed"]
  },
  {
    name: "a subscription loses the last event of a batch of several",
    make: eventStores((store) => ({
      subscribe: (options) =>
        Stream.map(
          store.subscribe(options),
          (batch) => batch.events.length < 2 ? batch : { ...batch, events: batch.events.slice(0, -1) }
        )
    })),
    caughtBy: [inOrder]
  },
  {
    name: "the order of a lane is broken within a batch",
    make: eventStores((store) => ({
      subscribe: (options) =>
        Stream.map(store.subscribe(options), (batch) => ({ ...batch, events: batch.events.toReversed() }))
    })),
    caughtBy: [inOrder]
  },
  {
    name: "a token stands for less than the command did",
    make: eventStores((store) => ({
      append: (events, options) =>
        Effect.map(store.append(events, options), (appended) => ({
          ...appended,
          token: { extent: Extent.upTo(appended.events[0]!.position - 1) }
        }))
    })),
    caughtBy: [written]
  },
  {
    name: "the version of a stored event is lost",
    make: eventStores((store) => ({
      append: (events, options) =>
        store.append(events.map((event) => ({ ...event, meta: { ...event.meta, schemaVersion: 2 } })), options)
    })),
    caughtBy: [
      "an event of an older version counts in decisions as one of today",
      "an event of an older version counts in views as one of today, also when they are rebuilt"
    ]
  },
  {
    name: "the snapshots of all ids are one",
    make: (provider) => {
      const { of } = Context.get(provider, SnapshotStores)
      return Context.add(provider, SnapshotStores, {
        of: (plugin) =>
          Effect.map(of(plugin), (store) => ({
            load: (aggregate) => store.load(aggregate, "all"),
            save: (aggregate, _, snapshot) => store.save(aggregate, "all", snapshot)
          }))
      })
    },
    caughtBy: ["each aggregate has its own snapshot"]
  },
  {
    name: "a snapshot that is saved is always of the current version",
    make: (provider) => {
      const { of } = Context.get(provider, SnapshotStores)
      return Context.add(provider, SnapshotStores, {
        of: (plugin) =>
          Effect.map(of(plugin), (store) => ({
            ...store,
            load: (aggregate, id) =>
              Effect.map(
                store.load(aggregate, id),
                (found) => found === undefined ? undefined : { ...found, version: 2 }
              )
          }))
      })
    },
    caughtBy: ["a snapshot of another version is stale: the state is folded anew from all events"]
  },
  {
    name: "snapshots are never found again",
    make: (provider) => {
      const { of } = Context.get(provider, SnapshotStores)
      return Context.add(provider, SnapshotStores, {
        of: (plugin) => Effect.map(of(plugin), (store) => ({ ...store, load: () => Effect.undefined }))
      })
    },
    caughtBy: ["a platform that starts reads only what came after the last snapshot"]
  },
  {
    name: "the items of one entity don't wait for each other",
    make: workStores((store) => ({
      add: (queue, items, now) => store.add(queue, items.map((item) => ({ ...item, lane: item.id })), now)
    })),
    caughtBy: [givesUp]
  },
  {
    name: "a closed item is its worker's still, and goes on",
    make: workStores(() => ({ complete: () => Effect.succeed(true) })),
    caughtBy: [closes]
  },
  {
    name: "an item that is given up is tried again, for ever",
    make: workStores((store) => ({
      finish: (queue, item, result, now) =>
        store.finish(queue, item, result._tag === "Park" ? { ...result, _tag: "Retry", due: now } : result, now)
    })),
    caughtBy: [givesUp]
  },
  {
    name: "the id of a command isn't kept with its events",
    make: eventStores((store) => ({
      append: (events, options) => store.append(events, { ...options, commandId: undefined }),
      confirm: (boundary, options) => store.confirm(boundary, { ...options, commandId: undefined })
    })),
    caughtBy: [
      "an item that is begun again although its commands were accepted does nothing twice",
      "however often it is stopped midway, whoever goes on sends each command once"
    ]
  },
  {
    name: "an item that is begun again as another one is as it was",
    make: workStores((store) => ({
      finish: (queue, item, result, now) =>
        store.finish(queue, item, result._tag === "Again" ? { ...result, content: item.content } : result, now)
    })),
    caughtBy: [
      "a plugin that moves to another major version, and back, and is stopped midway each time, does everything once"
    ]
  },
  {
    name: "objects that tasks have seen aren't remembered",
    make: workStores((store) => ({
      add: (queue, items, now) => queue === "tasks.known" ? Effect.void : store.add(queue, items, now)
    })),
    caughtBy: [anyObject]
  },
  {
    name: "objects that have gone are remembered for ever",
    make: workStores((store) => ({
      cancel: (queue, id) => queue === "tasks.known" ? Effect.succeed(true) : store.cancel(queue, id)
    })),
    caughtBy: [anyObject]
  },
  {
    name: "the work that an object triggers is lost",
    make: workStores((store) => ({
      add: (queue, items, now) => queue === "tasks.objects" ? Effect.void : store.add(queue, items, now)
    })),
    caughtBy: [anyObject]
  },
  {
    name: "what is done is forgotten, with its id",
    make: workStores((store) => ({
      finish: (queue, item, result, now) =>
        store.finish(
          queue,
          item,
          queue.startsWith("inbound.") && result._tag === "Done" ? { _tag: "Forget" } : result,
          now
        )
    })),
    caughtBy: ["what was accepted is done after a restart, and what was received before is known"]
  },
  {
    name: "what comes in is stored under an id of its own each time",
    make: workStores((store) => ({
      add: (queue, items, now) => {
        const changed = queue.startsWith("inbound.")
          ? items.map((item) => ({ ...item, id: `${item.id}${now}` }))
          : items
        return store.add(queue, changed, now)
      }
    })),
    caughtBy: ["a delivery is taken once and done once, by however many platforms and however often it is received"]
  }
]
