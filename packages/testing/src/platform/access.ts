/** Access: nobody from outside may do anything unless a rule lets them. */
import * as Access from "@reventless/core/Access"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as Principal from "@reventless/core/Principal"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSliceStream from "@reventless/core/StateViewSliceStream"
import type { Token } from "@reventless/core/Token"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { equal } from "../conformance/Check.ts"
import { type AnyCheck, chapter, refusedWith } from "./Check.ts"
import { as, log, start, type StartOptions } from "./Fixture.ts"

const check = chapter("access")

const DoorId = Id.make("door")
const Entered = Event.make("Entered", { door: DoorId, user: Schema.String })
const fields = { door: DoorId, user: Schema.String }

/** A door: a command that opens it and a view of who did, both under one rule; under none when it is undefined. */
const door = <const Name extends string>(name: Name, rule?: Access.Access) => {
  const access = rule === undefined ? {} : { access: rule }
  const Enter = StateChangeSlice.make(`Enter${name}`, {
    command: fields,
    consumes: [],
    produces: [Entered],
    ...access
  })
  const Seen = StateViewSliceStream.make(`Seen${name}`, {
    row: fields,
    key: "door",
    sort: "user",
    consumes: [Entered],
    ...access
  })
  return {
    name,
    Enter,
    Seen,
    enter: Enter.behavior({ initial: 0, evolve: {}, decide: (command) => Effect.succeed([Entered.make(command)]) }),
    seen: Seen.projection((rows) => ({ Entered: ({ door, user }) => rows.set({ door, user }) }))
  }
}

const unruled = door("Unruled")
const open = door("Open", Access.anyone)
const known = door("Known", Access.authenticated)
const staff = door("Staff", Access.groups("staff", "guards"))
const own = door("Own", Access.owner("user"))
const walled = door("Walled", Access.deny)

const house = Plugin.make("House", {
  version: "1.0.0",
  stateChangeSlices: [unruled.enter, open.enter, known.enter, staff.enter, own.enter, walled.enter],
  stateViewSlices: [unruled.seen, open.seen, known.seen, staff.seen, own.seen, walled.seen]
})

type Door = typeof unruled

const principals = {
  nobody: Principal.anonymous,
  ada: Principal.user("ada"),
  guard: Principal.user("guard", ["guards"]),
  system: Principal.system
}

/** For each door, who gets through. */
const passes = {
  Unruled: ["system"],
  Open: ["nobody", "ada", "guard", "system"],
  Known: ["ada", "guard", "system"],
  Staff: ["guard", "system"],
  Walled: []
} as const

const doors = [unruled, open, known, staff, walled] as unknown as ReadonlyArray<Door>

const front = DoorId.make("front")

const startHouse = (options: Omit<StartOptions<never>, "plugins"> = {}) => start({ ...options, plugins: [house] })

/** The names of those with whom it succeeds; any failure but `AccessDenied` is the check's. */
const those = Effect.fnUntraced(function*<A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E>) {
  const found: Array<string> = []
  for (const [name, principal] of Object.entries(principals)) {
    const result = yield* Effect.result(as(principal)(effect))
    if (Result.isSuccess(result)) found.push(name)
    else if (result.failure._tag !== "AccessDenied") return yield* Effect.fail(result.failure)
  }
  return found
})

export const access: ReadonlyArray<AnyCheck> = [
  check(
    "a command passes for those whom its rule names, and without a rule for the application alone",
    Effect.gen(function*() {
      const running = yield* startHouse()
      for (const { Enter, name } of doors) {
        const found = yield* those(running.bus.send(Enter, { door: front, user: "ada" }))
        yield* equal(found, [...passes[name as keyof typeof passes]], `who may enter ${name}`)
      }
    })
  ),
  check(
    "a command that comes in an envelope is judged alike, and one that was denied writes nothing",
    Effect.gen(function*() {
      const running = yield* startHouse()
      let expected = 0
      for (const { name } of doors) {
        const found = yield* those(
          running.bus.dispatch({ target: `House.Enter${name}`, command: { door: "front", user: "ada" } })
        )
        yield* equal(found, [...passes[name as keyof typeof passes]], `who may enter ${name}`)
        expected += found.length
      }
      yield* equal((yield* log(running)).length, expected, "events in the log")
    })
  ),
  check(
    "a query, a list and a watch pass for those whom the view's rule names",
    Effect.gen(function*() {
      const running = yield* startHouse()
      const { token } = yield* running.bus.send(open.Enter, { door: front, user: "ada" })
      for (const { name, Seen } of doors) {
        const expected = [...passes[name as keyof typeof passes]]
        const { queries } = running
        yield* equal(yield* those(queries.get(Seen, [front, "ada"], { after: token })), expected, `get ${name}`)
        yield* equal(yield* those(queries.list(Seen, { after: token })), expected, `list ${name}`)
        yield* equal(
          yield* those(Stream.runHead(queries.watch(Seen, { after: token }))),
          expected,
          `watch ${name}`
        )
      }
    })
  ),
  check(
    "an owner's rule lets the owner send, and shows each caller the rows of their own only",
    Effect.gen(function*() {
      const { bus, queries } = yield* startHouse()
      const enter = (user: string) => bus.send(own.Enter, { door: front, user })
      yield* enter("ada")
      yield* refusedWith(as(Principal.user("bob"))(enter("ada")), "AccessDenied", "in the name of another")
      yield* refusedWith(as(Principal.anonymous)(enter("ada")), "AccessDenied", "by nobody")
      const { token } = yield* as(Principal.user("bob"))(enter("bob"))
      const seenBy = (principal: Principal.Principal) =>
        as(principal)(Effect.map(queries.list(own.Seen, { after: token }), ({ rows }) => rows.map(({ user }) => user)))
      yield* equal(yield* seenBy(Principal.user("ada")), ["ada"], "what ada sees")
      yield* equal(yield* seenBy(Principal.user("bob")), ["bob"], "what bob sees")
      yield* equal(yield* seenBy(Principal.system), ["ada", "bob"], "what the application sees")
      yield* refusedWith(seenBy(Principal.anonymous), "AccessDenied", "a list for nobody")
      const another = yield* as(Principal.user("ada"))(queries.get(own.Seen, [front, "bob"]))
      yield* equal(Option.isNone(another), true, "another's row isn't there")
      const watched = yield* as(Principal.user("bob"))(Stream.runHead(queries.watch(own.Seen)))
      yield* equal(
        Option.getOrUndefined(watched),
        { _tag: "RowSet", row: { door: "front", user: "bob" } },
        "what bob's watch begins with"
      )
    })
  ),
  check(
    "an owner's pages are full of the caller's own rows, whoever's are between, and the last one says so",
    Effect.gen(function*() {
      const { bus, queries } = yield* startHouse()
      const ada = as(Principal.user("ada"))
      const doors = Array.from({ length: 12 }, (_, index) => `door-${String(index).padStart(2, "0")}`)
      let after: Token | undefined
      for (const [index, name] of doors.entries()) {
        const user = index % 3 === 0 ? "ada" : "bob"
        after = (yield* bus.send(own.Enter, { door: DoorId.make(name), user })).token
      }
      for (const order of ["asc", "desc"] as const) {
        const seen: Array<ReadonlyArray<string>> = []
        let cursor: string | undefined
        do {
          const page = yield* ada(queries.list(own.Seen, { order, limit: 2, cursor, after }))
          seen.push(page.rows.map(({ door }) => door))
          cursor = page.cursor
        } while (cursor !== undefined)
        const whole = doors.filter((_, index) => index % 3 === 0)
        const expected = order === "asc" ? whole : [...whole].reverse()
        yield* equal(seen, [expected.slice(0, 2), expected.slice(2)], `ada's pages, ${order}`)
      }
    })
  ),
  check(
    "the platform's default takes the place of missing rules, and of no others",
    Effect.gen(function*() {
      const { bus, queries } = yield* startHouse({ defaultAccess: Access.anyone })
      const found = yield* those(bus.send(unruled.Enter, { door: front, user: "ada" }))
      yield* equal(found, Object.keys(principals), "who may enter where there is no rule")
      yield* equal(yield* those(queries.list(unruled.Seen)), Object.keys(principals), "who may list")
      yield* equal(
        yield* those(bus.send(staff.Enter, { door: front, user: "ada" })),
        ["guard", "system"],
        "the staff's"
      )
    })
  ),
  check(
    "the operations are denied to everybody but the application, unless the platform names its operators",
    Effect.gen(function*() {
      const closed = yield* startHouse({ defaultAccess: Access.anyone })
      const all = ({ operations }: typeof closed) => [
        operations.views,
        operations.parked("House.SeenOpen"),
        operations.replay("House.SeenOpen", "front"),
        operations.skip("House.SeenOpen", "front", "why"),
        operations.skipped("House.SeenOpen"),
        Stream.runDrain(operations.rebuild("House.SeenOpen"))
      ]
      for (const operation of all(closed)) {
        yield* equal(
          yield* those(operation as Effect.Effect<unknown, { readonly _tag: string }>),
          ["system"],
          "who may operate"
        )
      }
      yield* closed.stop
      const configured = yield* startHouse({ operators: Access.groups("guards") })
      for (const operation of all(configured)) {
        yield* equal(
          yield* those(operation as Effect.Effect<unknown, { readonly _tag: string }>),
          ["guard", "system"],
          "who may operate"
        )
      }
    })
  )
]
