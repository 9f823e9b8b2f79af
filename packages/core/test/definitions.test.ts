import { assert, describe, it } from "@effect/vitest"
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as IndexPlan from "@reventless/core/IndexPlan"
import * as Message from "@reventless/core/Message"
import * as Plugin from "@reventless/core/Plugin"
import * as Query from "@reventless/core/Query"
import * as ReadModel from "@reventless/core/ReadModel"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"

const CourseId = Id.make("course")
const StudentId = Id.make("student")

describe("ids", () => {
  it("are found at any depth, in arrays, optionals and unions, each tag once", () => {
    const Deep = Event.make("Deep", {
      course: CourseId,
      nested: Schema.Struct({ students: Schema.Array(Schema.Struct({ id: StudentId })) }),
      maybe: Schema.optionalKey(CourseId),
      either: Schema.Union([
        Schema.Struct({ kind: Schema.Literal("a"), id: StudentId }),
        Schema.Struct({ kind: Schema.Literal("b"), id: Schema.String })
      ]),
      nullable: Schema.NullOr(StudentId),
      pair: Schema.Tuple([CourseId, StudentId])
    })
    const event = Deep.make({
      course: CourseId.make("c1"),
      nested: { students: [{ id: StudentId.make("s1") }, { id: StudentId.make("s2") }] },
      maybe: CourseId.make("c2"),
      either: { kind: "b", id: "not a tag" },
      nullable: StudentId.make("s1"),
      pair: [CourseId.make("c3"), StudentId.make("s3")]
    })
    assert.deepStrictEqual(Deep.tags(event), [
      "course:c1",
      "student:s1",
      "student:s2",
      "course:c2",
      "course:c3",
      "student:s3"
    ])
  })

  it("keep their tag when checks and annotations are added", () => {
    const Checked = Event.make("Checked", {
      course: CourseId.check(Schema.isMinLength(2)).annotate({ description: "the course" })
    })
    assert.deepStrictEqual(Checked.tags({ _tag: "Checked", course: "c1" }), ["course:c1"])
  })

  it("are no tags as references", () => {
    const Referring = Event.make("Referring", { course: CourseId, mentions: Id.reference(StudentId) })
    assert.deepStrictEqual(Referring.tags({ _tag: "Referring", course: "c1", mentions: "s1" }), ["course:c1"])
    assert.deepStrictEqual([...Referring.tagPaths.references], ["student"])
  })

  it("are found in recursive schemas", () => {
    interface Node {
      readonly id: string
      readonly children: ReadonlyArray<Node>
    }
    const Node: Schema.Codec<Node, any> = Schema.Struct({
      id: CourseId,
      children: Schema.Array(Schema.suspend((): Schema.Codec<Node, any> => Node))
    }) as never
    const Tree = Event.make("Tree", { root: Node })
    const root = { id: "a", children: [{ id: "b", children: [{ id: "c", children: [] }] }] }
    assert.deepStrictEqual(Tree.tags({ _tag: "Tree", root }), ["course:a", "course:b", "course:c"])
  })

  it("are refused where their tag can't be found, naming the field", () => {
    assert.throws(() => Event.make("Bad", { some: Schema.Option(CourseId) }), /event 'Bad': the id at 'some' is inside/)
    assert.throws(() => Event.make("Bad", { all: Schema.Record(Schema.String, CourseId) }), /the id at 'all'/)
    assert.throws(
      () => Event.make("Bad", { who: Schema.Union([CourseId, StudentId]) }),
      /'who' can be the id of a 'course' or of a 'student'/
    )
  })

  it("refuse what no store returns as it was written", () => {
    for (const value of ["", "\udc00", "x".repeat(Id.maxLength + 1)]) {
      assert.throws(() => CourseId.make(value))
    }
    assert.throws(() => Id.make("a:b"), /can't be a tag key/)
  })
})

describe("events", () => {
  const Renamed = Event.make("Renamed", { course: CourseId, name: Schema.String }, {
    version: 3,
    upcasts: {
      1: Event.upcast({ course: CourseId, title: Schema.String }, ({ course, title }) => ({ course, name: title })),
      2: Event.upcast({ course: CourseId, label: Schema.String }, ({ course, label }) => ({ course, name: label }))
    }
  })

  it("leave out fields that they don't have", () => {
    const command = { course: CourseId.make("c1"), name: "n", surplus: 1 }
    assert.deepStrictEqual({ ...Renamed.make(command) }, { _tag: "Renamed", course: CourseId.make("c1"), name: "n" })
  })

  it("are made from other events and states without taking their tag", () => {
    const Opened = Event.make("Opened", { course: CourseId })
    const Closed = Event.make("Closed", { course: CourseId })
    assert.deepStrictEqual(Closed.make(Opened.make({ course: CourseId.make("c1") })), {
      _tag: "Closed",
      course: CourseId.make("c1")
    })
  })

  it.effect("of older versions are read by the schema of their version", () =>
    Effect.gen(function*() {
      const expected = { _tag: "Renamed", course: "c1", name: "n" }
      assert.deepStrictEqual(yield* Renamed["~decode"](1, { course: "c1", title: "n" }), expected)
      assert.deepStrictEqual(yield* Renamed["~decode"](2, { course: "c1", label: "n" }), expected)
      assert.deepStrictEqual(yield* Renamed["~decode"](3, { course: "c1", name: "n" }), expected)
    }))

  it.effect("that no version decodes fail with the event, the version and the field", () =>
    Effect.gen(function*() {
      const wrong = yield* Effect.flip(Renamed["~decode"](1, { course: "c1", name: "n" }))
      assert.include(wrong.message, "A stored 'Renamed' of version 1 can't be decoded")
      assert.include(wrong.message, "title")
      const newer = yield* Effect.flip(Renamed["~decode"](4, { course: "c1", name: "n" }))
      assert.include(newer.message, "the definition knows the versions 1 to 3 only")
    }))

  it("need an upcast for every older version", () => {
    assert.throws(() => Event.make("Gap", { course: CourseId }, { version: 2 }), /no upcast for version 1/)
  })
})

describe("derived message ids", () => {
  it("are equal for an equal cause, component, target and index, and differ otherwise", () => {
    const id = Message.deriveId("cause", "component", "target", 0)
    assert.strictEqual(Message.deriveId("cause", "component", "target", 0), id)
    assert.match(id, /^[\da-f]{8}-[\da-f]{4}-3[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/)
    assert.notStrictEqual(Message.deriveId("cause", "component", "target", 1), id)
    assert.notStrictEqual(Message.deriveId("cause", "componenttarget", "", 0), id)
  })

  it.effect("keep the correlation and continue the trace", () =>
    Effect.gen(function*() {
      const cause = yield* Message.root("A.B", 1)
      const derived = Message.derive(cause, {
        component: "A.B",
        target: "Happened",
        index: 0,
        service: "A.B",
        time: 1,
        schemaVersion: 1
      })
      assert.strictEqual(derived.correlationId, cause.correlationId)
      assert.strictEqual(derived.causationId, cause.messageId)
      assert.strictEqual(derived.traceparent, cause.traceparent)
      assert.match(cause.traceparent!, /^00-[\da-f]{32}-[\da-f]{16}-01$/)
    }).pipe(Effect.withSpan("test")))
})

describe("the index plan", () => {
  class CourseDefined extends Event.make("CourseDefined", { course: CourseId }) {}
  class Subscribed extends Event.make("Subscribed", { course: CourseId, student: StudentId }) {}
  class Noted extends Event.make("Noted", { text: Schema.String }) {}
  const Subscribe = StateChangeSlice.make("Subscribe", {
    command: { course: CourseId, student: StudentId },
    consumes: [CourseDefined, Subscribed],
    produces: [Subscribed]
  })
  const SubscribeLive = Subscribe.behavior({
    initial: 0,
    evolve: { CourseDefined: (n) => n, Subscribed: (n) => n + 1 },
    decide: () => Effect.succeed([])
  })

  it("holds exactly the tags that queries and views read by", () => {
    const plugin = Plugin.make("School", { version: "1.0.0", stateChangeSlices: [SubscribeLive] })
    assert.deepStrictEqual(plugin.plan, {
      _tag: "Planned",
      all: false,
      types: {
        CourseDefined: { partitions: ["course"], references: [], home: "course", byType: false },
        Subscribed: { partitions: ["course", "student"], references: [], home: "course", byType: false }
      }
    })
  })

  it("covers a query by a tag that every type it names is found by, and nothing else", () => {
    const { plan } = Plugin.make("School", { version: "1.0.0", stateChangeSlices: [SubscribeLive] })
    const covered = (item: Query.QueryItem) => IndexPlan.uncovered(plan, Query.make(item))
    assert.isUndefined(covered({ types: ["CourseDefined", "Subscribed"], tags: ["course:1"] }))
    assert.isUndefined(covered({ types: ["Subscribed"], tags: ["student:1"] }))
    assert.isUndefined(covered({ tags: ["student:1"] }))
    assert.strictEqual(
      covered({ types: ["CourseDefined", "Subscribed"], tags: ["student:1"] }),
      "'CourseDefined', 'Subscribed' can't be found by the tag 'student:1': no key of it is a partition of every type"
    )
    assert.strictEqual(
      covered({ types: ["Subscribed"] }),
      "'Subscribed' can't be found by type alone in the index plan"
    )
    assert.strictEqual(covered({ types: ["Noted"] }), "event type 'Noted' is not part of the index plan")
    assert.strictEqual(IndexPlan.uncovered(plan, Query.all), "the query of all events is not in the index plan")
  })

  it("is remembered by a store with those before it: types come and go, and none is found otherwise", () => {
    const of = (types: Readonly<Record<string, ReadonlyArray<string>>>, all = false): IndexPlan.IndexPlan => ({
      _tag: "Planned",
      all,
      types: Object.fromEntries(
        Object.entries(types).map(([type, partitions]) =>
          [type, { partitions, references: [], home: partitions[0], byType: partitions.length === 0 }] as const
        )
      )
    })
    const after = (...plans: ReadonlyArray<IndexPlan.IndexPlan>) =>
      plans.reduce(
        (before, plan) => Result.flatMap(before, (text) => IndexPlan.remembered(text, plan)),
        Result.succeed(undefined) as Result.Result<string | undefined, string>
      )
    const both = after(of({ A: ["a"], B: [] }))
    assert.deepStrictEqual(after(of({ A: ["a"] }), of({ B: [] })), both)
    assert.deepStrictEqual(after(of({ B: [], A: ["a"] }), of({ A: ["a"] })), both)
    assert.deepStrictEqual(after(IndexPlan.open, IndexPlan.open), Result.succeed("\"open\""))
    const why = (...plans: ReadonlyArray<IndexPlan.IndexPlan>) => Result.getFailure(after(...plans))
    assert.deepStrictEqual(
      [
        why(of({ A: ["a"], B: [] }), of({ A: ["a"] }), of({ B: ["a", "b"] })),
        why(of({ A: ["a"] }), of({ A: ["a"] }, true)),
        why(of({ A: ["a"] }), IndexPlan.open)
      ].map(Option.getOrUndefined),
      [
        "the events 'B' are found by their type, and would be by a, b",
        "one of the plans has a partition of all events, and the other hasn't",
        "one of the plans finds everything by everything, and the other doesn't"
      ]
    )
  })

  it("refuses a consumed event that the command has no id of", () => {
    assert.throws(
      () => StateChangeSlice.make("Odd", { command: { course: CourseId }, consumes: [Noted], produces: [] }),
      /slice 'Odd' consumes 'Noted', which carries none of the command's ids \(course\)/
    )
  })

  it("refuses a query by several ids that no one of serves every type", () => {
    const Pair = StateChangeSlice.make("Pair", {
      command: { course: CourseId, student: StudentId },
      consumes: [CourseDefined, Subscribed],
      produces: [],
      query: [{ types: [Subscribed], by: ["course", "student"] }, { types: [CourseDefined], by: ["course"] }]
    })
    const behavior = Pair.behavior({
      initial: 0,
      evolve: { CourseDefined: (n) => n, Subscribed: (n) => n },
      decide: () => Effect.succeed([])
    })
    const { plan } = Plugin.make("School", { version: "1.0.0", stateChangeSlices: [behavior] })
    assert.isTrue(plan._tag === "Planned" && plan.types["Subscribed"]!.partitions.length === 1)
    assert.throws(
      () =>
        StateChangeSlice.make("Wrong", {
          command: { course: CourseId, student: StudentId },
          consumes: [CourseDefined],
          produces: [],
          query: [{ types: [CourseDefined], by: ["student"] }]
        }),
      /looks for 'CourseDefined' by 'student', a tag that it doesn't carry/
    )
  })
})

describe("definitions that can't work are refused with a sentence", () => {
  class Defined extends Event.make("Defined", { course: CourseId }) {}

  it("an aggregate whose command or event lacks its id", () => {
    const Wrong = Event.make("Wrong", { student: StudentId })
    assert.throws(
      () => Aggregate.make("Course", { id: CourseId, commands: [], events: [Wrong] }),
      /event 'Wrong' of aggregate 'Course' has no id 'course'/
    )
    assert.throws(
      () =>
        Aggregate.make("Course", {
          id: CourseId,
          commands: [Command.make("Two", { from: CourseId, to: CourseId })],
          events: [Defined]
        }),
      /command 'Two' of aggregate 'Course' needs exactly one field of the id 'course'/
    )
  })

  it("a view whose events don't carry its key", () => {
    assert.throws(
      () => StateViewSlice.make("Students", { row: { student: StudentId }, key: "student", consumes: [Defined] }),
      /view 'Students' is keyed by 'student', which its event 'Defined' doesn't carry/
    )
  })

  it("a slice whose query leaves out an event that it consumes", () => {
    const Closed = Event.make("Closed", { course: CourseId })
    assert.throws(
      () =>
        StateChangeSlice.make("Close", {
          command: { course: CourseId },
          consumes: [Defined, Closed],
          produces: [],
          query: [{ types: [Closed], by: ["course"] }]
        }),
      /slice 'Close' consumes 'Defined', which no item of its query selects/
    )
  })

  it("a read model of an aggregate that the plugin doesn't list", () => {
    const Course = Aggregate.make("Course", { id: CourseId, commands: [], events: [Defined] })
    const Courses = ReadModel.make("Courses", { row: { course: CourseId }, key: "course", sources: { Course } })
    const CoursesLive = Courses.projections((rows) => ({ Course: { Defined: ({ course }) => rows.set({ course }) } }))
    assert.throws(
      () => Plugin.make("P", { version: "1.0.0", readModels: [CoursesLive] }),
      /read model 'Courses' projects 'Course', which plugin 'P' doesn't list/
    )
  })

  it("two components or events of one name in a plugin", () => {
    const view = () =>
      StateViewSlice.make("Courses", { row: { course: CourseId }, key: "course", consumes: [Defined] }).projection(
        (rows) => ({ Defined: ({ course }) => rows.set({ course }) })
      )
    assert.throws(
      () => Plugin.make("P", { version: "1.0.0", stateViewSlices: [view(), view()] }),
      /plugin 'P' has two components named 'Courses'/
    )
    const Other = Event.make("Defined", { course: CourseId })
    const other = StateViewSlice.make("Others", { row: { course: CourseId }, key: "course", consumes: [Other] })
      .projection((rows) => ({ Defined: ({ course }) => rows.set({ course }) }))
    assert.throws(
      () => Plugin.make("P", { version: "1.0.0", stateViewSlices: [view(), other] }),
      /plugin 'P' has two definitions of the event 'Defined'/
    )
  })
})
