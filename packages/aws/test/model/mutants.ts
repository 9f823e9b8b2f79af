/**
 * The rules of the algorithm, each with what is left of the source when it is taken away. A text that is to be replaced
 * has to occur exactly once, so that a mutant can't grow stale unnoticed.
 */
import * as DynamoSimulation from "@reventless/testing/DynamoSimulation"

/** One replacement in a source file. */
export interface Edit {
  /** The file, from `packages/aws/src` on. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** What is left of the source without one rule. */
export interface Changed {
  /** The rule that it lacks. */
  readonly rule: string
  readonly edits: ReadonlyArray<Edit>
}

/** An algorithm that lacks one rule. */
export interface Mutant extends Changed {
  /** The kinds of violation by which it shows; one of them must be among the first to appear. */
  readonly caughtBy: ReadonlyArray<string>
  /** The circumstances in which it shows soonest. */
  readonly profile: keyof typeof DynamoSimulation.profiles
}

const appending = "internal/appending.ts"
const attempt = "internal/attempt.ts"
const partitions = "internal/partitions.ts"
const positions = "internal/positions.ts"
const reader = "internal/tableReader.ts"
const vector = "internal/vector.ts"
const write = "internal/write.ts"

export const mutants: ReadonlyArray<Mutant> = [
  {
    rule: "a missing version is a commit in progress, and never skipped",
    edits: [{
      file: reader,
      find: "found.filter(({ version }, index) => version === Math.max(1, next) + index)",
      replace: "found"
    }],
    caughtBy: ["boundary", "rejection-untrue", "incomplete-read"],
    profile: "contended"
  },
  {
    rule: "a read reaches the last version that the transaction of its last item adds",
    edits: [{ file: reader, find: "last.through <= last.version", replace: "true" }],
    caughtBy: ["torn-read"],
    profile: "contended"
  },
  {
    rule: "every item says the last version that its transaction adds to the partition",
    edits: [{ file: attempt, find: "through: through.get(partition)!", replace: "through: version" }],
    caughtBy: ["through"],
    profile: "usual"
  },
  {
    rule: "an append writes only where nothing is",
    edits: [{
      file: attempt,
      find: `ConditionExpression: "attribute_not_exists(pk)"`,
      replace: `ConditionExpression: "attribute_not_exists(nothing)"`
    }],
    caughtBy: ["boundary", "versions", "applied-twice", "position-order", "home-sequence", "copies"],
    profile: "usual"
  },
  {
    rule: "an append checks every partition that was read and isn't written",
    edits: [{ file: attempt, find: "claims: [...puts, ...checks]", replace: "claims: puts" }],
    caughtBy: ["boundary"],
    profile: "usual"
  },
  {
    rule: "an append doesn't go behind heads that its decision hasn't seen",
    edits: [{
      file: appending,
      find: "    ...unsettled(table, progress),\n",
      replace: ""
    }],
    caughtBy: ["boundary"],
    profile: "contended"
  },
  {
    rule: "an append moves behind what was added only if none of it matches",
    edits: [{ file: appending, find: "query !== undefined && Vector.touches(query, delta)", replace: "false" }],
    caughtBy: ["boundary", "rejection-untrue"],
    profile: "usual"
  },
  {
    rule: "an event that was seen through another partition isn't new",
    edits: [{ file: vector, find: "if (!wasSeen(vector, copy)) added", replace: "added" }],
    caughtBy: ["seen-twice", "needless-conflict"],
    profile: "usual"
  },
  {
    rule: "a boundary names the partitions that hold nothing yet",
    edits: [{
      file: vector,
      find: "[...heads].map(([partition, { version }]) => [partition, version])",
      replace: "[...heads].flatMap(([partition, { version }]) => version === 0 ? [] : [[partition, version]])"
    }],
    caughtBy: ["seen-twice"],
    profile: "usual"
  },
  {
    rule: "whoever finds its place taken looks first whether it has taken it itself",
    edits: [{
      file: appending,
      find: `outcome.places.map(({ item }) => own.get(Items.writeIdOf(item) ?? ""))`,
      replace: "outcome.places.map(() => own.get(\"\"))"
    }, {
      file: write,
      find: "unknown && (yield* stands(table, attempt)) ? applied : answer",
      replace: "answer"
    }],
    caughtBy: ["applied-twice", "failed-but-applied"],
    profile: "unreliable"
  },
  {
    rule: "after a lost answer a refusal is looked into, since it need not name the attempt's own place",
    edits: [{
      file: write,
      find: "unknown && (yield* stands(table, attempt)) ? applied : answer",
      replace: "answer"
    }],
    caughtBy: ["applied-twice", "failed-but-applied"],
    profile: "forgetful"
  },
  {
    rule: "after a timeout the same write is sent again, and nothing is looked at before",
    edits: [{
      file: write,
      find: `    unknown ||= answer === "unknown"\n`,
      replace: `    if (answer === "unknown") {
      const places = attempt.claims.filter(({ partition }) => !partition.startsWith("r#"))
      return { _tag: "Taken", places: places.map(({ partition }) => ({ partition, item: undefined })) } as const
    }\n`
    }],
    caughtBy: ["applied-twice", "failed-but-applied", "rejected-but-applied"],
    profile: "unreliable"
  },
  {
    rule: "a write whose outcome stays unknown has not failed",
    edits: [{ file: write, find: "if (unknown) return", replace: "if (false) return" }],
    caughtBy: ["failed-but-applied"],
    profile: "cutOff"
  },
  {
    rule: "an answer that says nothing leaves the outcome unknown",
    edits: [{ file: "Dynamo.ts", find: `$fault === "client" && (`, replace: `$fault !== undefined || (` }],
    caughtBy: ["failed-but-applied", "unexpected-failure"],
    profile: "usual"
  },
  {
    rule: "an attempt with other content has another write id",
    edits: [
      { file: appending, find: "  const own = new Map", replace: "  const only = writeId()\n  const own = new Map" },
      { file: appending, find: "progress.heads, writeId())", replace: "progress.heads, only)" }
    ],
    caughtBy: ["unexpected-failure", "failed-but-applied", "accepted-not-in-log"],
    profile: "repeated"
  },
  {
    rule: "a rejection is confirmed",
    edits: [{
      file: appending,
      find: "  yield* Attempt.checkSize({ events: [], reads, commandId })\n",
      replace: "  if (reads.length >= 0) return undefined\n"
    }],
    caughtBy: ["rejection-untrue", "redelivery-rejected"],
    profile: "contended"
  },
  {
    rule: "a rejection is confirmed at one instant",
    edits: [{
      file: reader,
      find: `    untilAnswered(
      table.name,
      table.dynamo.send("TransactGetItems", {
        TransactItems: keys.map((Key) => ({ Get: { TableName: table.name, Key } }))
      })
    ),
    ({ Responses: found = [] }) => keys.map((_, index) => found[index]?.Item)`,
      replace: `    Effect.forEach(keys, (Key) =>
      untilAnswered(table.name, table.dynamo.send("GetItem", { TableName: table.name, Key, ConsistentRead: true })), {
      concurrency: "unbounded"
    }),
    (found) => found.map(({ Item }) => Item)`
    }],
    caughtBy: ["rejection-untrue", "redelivery-refused", "redelivery-rejected"],
    profile: "acknowledgedEarly"
  },
  {
    rule: "a remembered command isn't rejected",
    edits: [{ file: appending, find: "commandId === undefined ? slots : [", replace: "true ? slots : [" }],
    caughtBy: ["redelivery-rejected"],
    profile: "usual"
  },
  {
    rule: "a remembered command is answered before a conflict is",
    edits: [{ file: appending, find: "commandId === undefined ? effect : ", replace: "true ? effect : " }],
    caughtBy: ["redelivery-refused"],
    profile: "usual"
  },
  {
    rule: "a command id is remembered in the transaction of its events",
    edits: [{ file: attempt, find: "if (commandId !== undefined) {", replace: "if (false) {" }],
    caughtBy: ["applied-twice"],
    profile: "usual"
  },
  {
    rule: "the partitions of an event are a set",
    edits: [{
      file: partitions,
      find: "names.size === 0 ? [homeless(type)] : [...names]",
      replace: "names.size === 0 ? [homeless(type)] : " +
        "[...names, ...found.filter((tag, index) => found.indexOf(tag) < index).map(ofTag)]"
    }],
    caughtBy: ["copies", "unexpected-failure"],
    profile: "usual"
  },
  {
    rule: "a query is read through a tag that is a partition of every type that it names",
    edits: [{ file: partitions, find: ".filter((tag) => keys.includes(Tag.key(tag)))", replace: "" }],
    caughtBy: ["boundary", "incomplete-read", "rejection-untrue"],
    profile: "crowded"
  },
  {
    rule: "a position is above every head that was read",
    edits: [
      { file: attempt, find: "Math.max(0, ...[...known.values()].map(({ position }) => position))", replace: "0" },
      { file: positions, find: "last = Math.max(last, tickOf(position))", replace: "" }
    ],
    caughtBy: ["position-order", "causality", "fold-order"],
    profile: "usual"
  },
  {
    rule: "a position is above all that the writer gave before",
    edits: [{ file: positions, find: "last + 1, ", replace: "" }],
    caughtBy: ["position-duplicate"],
    profile: "crowded"
  },
  {
    rule: "the home sequence counts the events whose home the partition is",
    edits: [{ file: attempt, find: "(partition === home ? 1 : 0)", replace: "1" }],
    caughtBy: ["home-sequence"],
    profile: "usual"
  }
]
