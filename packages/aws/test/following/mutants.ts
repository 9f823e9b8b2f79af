/** The rules of following, of the registry and of command ids, each with what is left of the source when it is taken away. */
import type { Changed } from "../model/mutants.ts"

/** A store that lacks one rule. */
export interface Mutant extends Changed {
  /** Claims that don't hold without it, by how they begin. */
  readonly caughtBy: ReadonlyArray<string>
}

const following = "internal/following.ts"
const items = "internal/items.ts"
const partitions = "internal/partitions.ts"
const pendingRings = "internal/pendingRings.ts"
const reader = "internal/tableReader.ts"
const receipts = "internal/receipts.ts"
const registry = "internal/registry.ts"
const scanning = "internal/scanning.ts"
const store = "EventStoreDynamo.ts"
const subscribing = "internal/subscribing.ts"

export const mutants: ReadonlyArray<Mutant> = [
  {
    rule: "listening begins before the table is scanned",
    edits: [
      { file: subscribing, find: "    const listener = yield* listen(table.name)\n", replace: "" },
      {
        file: subscribing,
        find: "Stream.fromEffectRepeat(listener.take)",
        replace: "Stream.unwrap(Effect.map(listen(table.name), (listener) => " +
          "Stream.fromEffectRepeat(listener.take)))"
      }
    ],
    caughtBy: [
      "an event that is added while the table is scanned comes (a lane by key)",
      "an event that is added while the table is scanned comes (a lane without order)"
    ]
  },
  {
    rule: "a lane by key reads what is missing before an event",
    edits: [{
      file: following,
      find: "if (placeOf(partition).version < version - 1) yield*",
      replace: "if (false) yield*"
    }],
    caughtBy: ["an event whose predecessors nobody heard of comes after them (a lane by key)"]
  },
  {
    rule: "a lane without order reads what is missing before an event",
    edits: [{ file: following, find: "if (!follows) return yield* readGap(partition, version)\n", replace: "" }],
    caughtBy: ["an event whose predecessors nobody heard of comes after them (a lane without order)"]
  },
  {
    rule: "what is missing is read, and not left out",
    edits: [{
      file: following,
      find: "if (!follows) return yield* readGap(partition, version)\n",
      replace: "if (!follows) return\n"
    }],
    caughtBy: ["an event whose predecessors nobody heard of comes after them (a lane without order)"]
  },
  {
    rule: "a ring for an item that can't be seen yet is waited for",
    edits: [{ file: reader, find: "copies.length === until - after ? copies : undefined", replace: "copies" }],
    caughtBy: ["a ring for an item that can't be seen yet is waited for (a lane by key)"]
  },
  {
    rule: "what a ring says is there isn't ahead of the log",
    edits: [{ file: reader, find: "until - after, true)", replace: "until - after)" }],
    caughtBy: ["it is waited for also when what precedes it rang, and can't be seen any more than it (a lane by key)"]
  },
  {
    rule: "lost rings are a reason to look at the table",
    edits: [{
      file: subscribing,
      find: `rings.some(({ _tag }) => _tag === "Rescan") ? scanned : Stream.empty`,
      replace: "Stream.empty"
    }],
    caughtBy: [
      "when rings were lost, the table is looked at (a lane by key)",
      "when rings were lost, the table is looked at (a lane without order)"
    ]
  },
  {
    rule: "what rang beside lost rings is delivered too",
    edits: [{
      file: subscribing,
      find: "Stream.fromIterableEffect(deliverRings(rings))",
      replace: `rings.some(({ _tag }) => _tag === "Rescan") ? Stream.empty : ` +
        "Stream.fromIterableEffect(deliverRings(rings))"
    }],
    caughtBy: [
      "what rang beside lost rings isn't lost, though the look at the table doesn't see it yet (a lane by key)",
      "what rang beside lost rings isn't lost, though the look at the table doesn't see it yet (a lane without order)"
    ]
  },
  {
    rule: "what rang beside lost rings is kept until it is taken",
    edits: [{
      file: pendingRings,
      find: `[...isRescan ? [{ _tag: "Rescan" } as const] : [], ...pending.values()]`,
      replace: `isRescan ? [{ _tag: "Rescan" } as const] : [...pending.values()]`
    }],
    caughtBy: [
      "what rang beside lost rings isn't lost, though the look at the table doesn't see it yet (a lane by key)"
    ]
  },
  {
    rule: "of what rang together the greatest version is kept",
    edits: [{ file: pendingRings, find: "Math.max(before.version, version)", replace: "version" }],
    caughtBy: ["several items of one partition that rang together cost one read"]
  },
  {
    rule: "of several items that rang together none stands for the others",
    edits: [{ file: pendingRings, find: "version: greatest, item: undefined", replace: "version: greatest, item" }],
    caughtBy: ["several items of one partition that rang together cost one read"]
  },
  {
    rule: "an event that was delivered isn't delivered again",
    edits: [{
      file: following,
      find: "if (versions.every(([partition, version]) => version <= placeOf(partition).version)) return\n",
      replace: ""
    }],
    caughtBy: [
      "what rings again, late or out of order comes once (a lane by key)",
      "an event of two entities comes once"
    ]
  },
  {
    rule: "an event that was delivered from its home isn't delivered again",
    edits: [{ file: following, find: "if (version <= place.version) return\n", replace: "" }],
    caughtBy: ["what rings again, late or out of order comes once (a lane without order)"]
  },
  {
    rule: "an event of two entities goes on in both",
    edits: [{
      file: following,
      find: "for (const [partition, version] of versions) goOn(partition, { version, homeSeq: undefined })",
      replace: "goOn(copy.partition, { version: copy.version, homeSeq: undefined })"
    }],
    caughtBy: ["an event of two entities comes once"]
  },
  {
    rule: "an event of two entities comes after what precedes it in the other one",
    edits: [{
      file: following,
      find: "for (const [partition, version] of versions) {",
      replace: "for (const [partition, version] of versions.filter(([partition]) => partition === copy.partition)) {"
    }],
    caughtBy: ["an event of two entities comes once"]
  },
  {
    rule: "an event of several partitions comes from its home alone",
    edits: [{
      file: following,
      find: "if (home) deliver(copy, [[partition, version]])",
      replace: "deliver(copy, [[partition, version]])"
    }],
    caughtBy: ["from the text of any batch's checkpoint exactly what came after it comes (a lane without order)"]
  },
  {
    rule: "the number among home events says that nothing is missing",
    edits: [{ file: following, find: "homeSeq === place.homeSeq + (home ? 1 : 0)", replace: "false" }],
    caughtBy: ["homes with copies of others between them are followed without a read"]
  },
  {
    rule: "that nothing is missing is read from the number among home events, and not taken for granted",
    edits: [{ file: following, find: "homeSeq === place.homeSeq + (home ? 1 : 0)", replace: "true" }],
    caughtBy: ["an event whose predecessors nobody heard of comes after them (a lane without order)"]
  },
  {
    rule: "a checkpoint says how far each partition was delivered",
    edits: [{
      file: subscribing,
      find: "Extent.versions(follower.versions())",
      replace: "Extent.versions(options.seen)"
    }],
    caughtBy: [
      "from the text of any batch's checkpoint exactly what came after it comes (a lane by key)",
      "from the text of any batch's checkpoint exactly what came after it comes (a lane without order)"
    ]
  },
  {
    rule: "a consumer begins where its checkpoint says",
    edits: [{ file: following, find: "Object.entries(seen).map(", replace: "Object.entries({}).map(" }],
    caughtBy: ["from the text of any batch's checkpoint exactly what came after it comes (a lane by key)"]
  },
  {
    rule: "a ring for another plugin isn't heard",
    edits: [{ file: subscribing, find: " || !ring.partition.startsWith(table.prefix)", replace: "" }],
    caughtBy: [
      "events of another plugin in the same table aren't delivered, whether they ring or are found (a lane by key)"
    ]
  },
  {
    rule: "what is found of another plugin is left out",
    edits: [{ file: scanning, find: "pk?.S?.startsWith(prefix) === true", replace: "pk?.S !== undefined" }],
    caughtBy: [
      "events of another plugin in the same table aren't delivered, whether they ring or are found (a lane by key)"
    ]
  },
  {
    rule: "the prefix of a store ends where that of another goes on",
    edits: [{ file: items, find: "`${encodeURIComponent(keyPrefix)}/`", replace: `""` }],
    caughtBy: [
      "a command id of one plugin is unknown to another in the same table",
      "events of another plugin in the same table aren't delivered"
    ]
  },
  {
    rule: "a table remembers by what its events are found",
    edits: [{
      file: registry,
      find:
        `        ConditionExpression: before === undefined ? "attribute_not_exists(e) OR e = :after" : "e = :before",\n`,
      replace: ""
    }],
    caughtBy: ["a store for another plan is refused"]
  },
  {
    rule: "what is known of other types of events isn't forgotten",
    edits: [{
      file: registry,
      find: `":after": { S: after.success },`,
      replace: `":after": { S: kept(plan) },`
    }],
    caughtBy: ["a store for more types of events opens, and no store then finds them otherwise"]
  },
  {
    rule: "who opens a table is counted",
    edits: [{ file: store, find: "Positions.make(start)", replace: "Positions.make(1)" }],
    caughtBy: ["processes that open the same table at the same time give no position twice"]
  },
  {
    rule: "a table remembers the shapes of events",
    edits: [{ file: store, find: "if (shapes.length > 0) yield*", replace: "if (false) yield*" }],
    caughtBy: ["the shape of an event that is stored may only change with its version"]
  },
  {
    rule: "shapes are remembered only if nobody else has added to them since",
    edits: [{
      file: registry,
      find: `{ ConditionExpression: "attribute_not_exists(pk)" }`,
      replace: "{}"
    }],
    caughtBy: ["the shapes of two that start at the same time are both remembered"]
  },
  {
    rule: "a command id that is remembered is answered whatever is to be appended now",
    edits: [{
      file: store,
      find: "const first = commandId === undefined ? undefined",
      replace: "const first = true ? undefined"
    }],
    caughtBy: ["a command id that comes again answers what the first answered, whatever is to be appended now"]
  },
  {
    rule: "a receipt knows the events in the order in which they were given",
    edits: [{
      file: receipts,
      find: "Effect.forEach(places,",
      replace: "Effect.forEach([...places].sort().reverse(),"
    }],
    caughtBy: ["a command id that comes again answers what the first answered, whatever is to be appended now"]
  },
  {
    rule: "a receipt knows the token of the first answer",
    edits: [{ file: receipts, find: "Extent.versions(token)", replace: "Extent.versions(Object.fromEntries(places))" }],
    caughtBy: ["a command id that comes again answers what the first answered, whatever is to be appended now"]
  },
  {
    rule: "a receipt says that it is one",
    edits: [{ file: receipts, find: "replayed: true", replace: "replayed: false" }],
    caughtBy: ["a command id that comes again answers what the first answered, whatever is to be appended now"]
  },
  {
    rule: "a command's receipt stands under its own id",
    edits: [{ file: partitions, find: "`r#${commandId}`", replace: "`r#`" }],
    caughtBy: ["a command id that comes again answers what the first answered, whatever is to be appended now"]
  }
]
