/**
 * Query semantics: each claim is tried three ways, as reading, as the decision read, and as the condition of a write,
 * because a store may answer them by different code.
 */
import type { NewEvent } from "@reventless/core/EventStore"
import * as Query from "@reventless/core/Query"
import * as Effect from "effect/Effect"
import { type AnyCheck, chapter, equal } from "./Check.ts"
import { append, event, labels, ofTypes, read, readBoundary, tagged, typed } from "./Fixture.ts"

const check = chapter("queries")

const log: ReadonlyArray<NewEvent> = [
  event("defined-1", "CourseDefined", ["course:1"]),
  event("defined-10", "CourseDefined", ["course:10"]),
  event("subscribed-1a", "StudentSubscribed", ["course:1", "student:a"]),
  event("subscribed-1b", "StudentSubscribed", ["course:1", "student:b"]),
  event("left-1a", "StudentLeft", ["student:a", "course:1"]),
  event("untagged", "TermEnded", []),
  event("bare", "TermEnded", ["term"])
]

/** The query selects exactly these events of the log: when read, and when it is the condition of a write. */
const selects = Effect.fnUntraced(function*(
  events: ReadonlyArray<NewEvent>,
  query: Query.Query,
  expected: ReadonlyArray<string>
) {
  yield* append(events)
  yield* equal(labels(yield* read(query)), expected, "events read")
  yield* equal(labels((yield* readBoundary(query)).events), expected, "events of the decision read")
  const moved: Array<string> = []
  for (const event of events) {
    const { boundary } = yield* readBoundary(query)
    const copy = { ...event, meta: { ...event.meta, messageId: `again-${event.meta.messageId}` } }
    yield* append([copy])
    const accepted = yield* append([event], { boundary }).pipe(
      Effect.as(true),
      Effect.catchTag("AppendConflict", () => Effect.succeed(false))
    )
    if (!accepted) moved.push(event.meta.messageId)
  }
  yield* equal(moved, expected, "events that conflict with the query's boundary")
})

const claim = (
  name: string,
  query: Query.Query,
  expected: ReadonlyArray<string>,
  events: ReadonlyArray<NewEvent> = log
): AnyCheck => check(name, selects(events, query, expected))

const subscriptions = ["subscribed-1a", "subscribed-1b"]

export const queries: ReadonlyArray<AnyCheck> = [
  claim("the query of everything selects every event", Query.all, labels(log)),
  claim("a type selects the events of that type", ofTypes("StudentSubscribed"), subscriptions),
  claim("the types of an item are alternatives", ofTypes("StudentSubscribed", "StudentLeft"), [
    ...subscriptions,
    "left-1a"
  ]),
  claim("a tag selects the events of every type that carry it", tagged("course:1"), [
    "defined-1",
    ...subscriptions,
    "left-1a"
  ]),
  claim("the tags of an item must all be there, in any order", tagged("student:a", "course:1"), [
    "subscribed-1a",
    "left-1a"
  ]),
  claim("an item with a type and tags needs both", typed("StudentSubscribed", "student:a"), ["subscribed-1a"]),
  claim("an item with types and tags takes any of the types with all of the tags", {
    items: [{ types: ["StudentLeft", "CourseDefined"], tags: ["course:1"] }]
  }, ["defined-1", "left-1a"]),
  claim(
    "the items of a query are alternatives",
    Query.make({ types: ["TermEnded"] }, { tags: ["student:b"] }, { types: ["CourseDefined"], tags: ["course:10"] }),
    ["defined-10", "subscribed-1b", "untagged", "bare"]
  ),
  claim(
    "an event that matches several items comes once",
    Query.make({ types: ["StudentLeft"] }, { tags: ["student:a"] }, { tags: ["course:1", "student:a"] }),
    ["subscribed-1a", "left-1a"]
  ),
  claim("an item with an empty list of types takes any type", { items: [{ types: [], tags: ["student:b"] }] }, [
    "subscribed-1b"
  ]),
  claim("an item with an empty list of tags takes any tags", { items: [{ types: ["TermEnded"], tags: [] }] }, [
    "untagged",
    "bare"
  ]),
  claim("an item without types and tags selects every event", { items: [{}] }, labels(log)),
  claim("a tag or type that is named twice counts once", {
    items: [{ types: ["StudentLeft", "StudentLeft"], tags: ["student:a", "student:a"] }]
  }, ["left-1a"]),
  claim("a query that nothing matches selects nothing", typed("CourseDefined", "student:a"), []),
  claim("an event without tags is found by its type", ofTypes("TermEnded"), ["untagged", "bare"]),
  claim("a tag without a colon is a tag", tagged("term"), ["bare"]),
  claim("a tag is matched whole, not by its beginning", tagged("course:10"), ["defined-10"]),
  claim("a type is matched whole and exactly", Query.make({ types: ["coursedefined"] }, { types: ["Course"] }), []),
  claim(
    "two values of one tag key on one event are both found, alone and together",
    {
      items: [{ tags: ["account:1", "account:2"] }, { tags: ["account:3"] }]
    },
    ["transfer", "to-3"],
    [
      event("transfer", "Transferred", ["account:1", "account:2"]),
      event("to-3", "Transferred", ["account:1", "account:3"]),
      event("to-2", "Transferred", ["account:2"])
    ]
  ),
  claim("an event that names a tag twice comes once", tagged("account:1"), ["self"], [
    event("self", "Transferred", ["account:1", "account:1"])
  ]),
  claim("tags whose joined text is equal are different tags", tagged("a:1", "b:2"), ["two", "swapped"], [
    event("comma", "T", ["a:1,b:2"]),
    event("bar", "T", ["a:1|b:2"]),
    event("hash", "T", ["a:1#b:2"]),
    event("space", "T", ["a:1 b:2"]),
    event("nul", "T", ["a:1\u0000b:2"]),
    event("quoted", "T", ["a:1\",\"b:2"]),
    event("two", "T", ["a:1", "b:2"]),
    event("swapped", "T", ["b:2", "a:1"]),
    event("type", "T#a:1", ["b:2"])
  ]),
  claim("a type and a tag whose joined text is equal are kept apart", typed("Ab", "c:1"), ["right"], [
    event("left", "A", ["bc:1"]),
    event("right", "Ab", ["c:1"]),
    event("longer", "Abc", [":1"])
  ]),
  claim("characters that mean something elsewhere mean themselves", tagged("path:%_*?'\"\\[a]#"), ["odd"], [
    event("plain", "T", ["path:anything"]),
    event("odd", "T", ["path:%_*?'\"\\[a]#"]),
    event("wild", "T", ["path:%"])
  ]),
  claim("tags differ by case and by how a letter is composed", tagged("name:Zo\u00eb"), ["composed"], [
    event("lower", "T", ["name:zo\u00eb"]),
    event("composed", "T", ["name:Zo\u00eb"]),
    event("decomposed", "T", ["name:Zoe\u0308"])
  ]),
  claim("a tag holds any text, up to 300 code units", tagged(`text:${"\u{1F680}".repeat(147)}x`), ["long"], [
    event("shorter", "T", [`text:${"\u{1F680}".repeat(147)}`]),
    event("long", "T", [`text:${"\u{1F680}".repeat(147)}x`])
  ])
]
