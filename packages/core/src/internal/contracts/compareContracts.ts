import type { Change, Contract } from "../../Contract.ts"
import { type Difference, fields as differences, own } from "./compareShapes.ts"
import type { Field } from "./shape.ts"

type Fields = Readonly<Record<string, Field>>
type Half = Change["half"]

/** Why a difference breaks, and what wouldn't break instead. */
interface Fault {
  readonly why: string
  readonly instead: ReadonlyArray<string>
}

/** Whether a difference breaks those on the other side, and why if it does. */
type Judge = (difference: Difference) => Fault | undefined

const takeBack = "take it back"
const optional = "make it optional"
const upcast = "raise the event's version with an upcast"

const fault = (why: string, ...instead: ReadonlyArray<string>): Fault => ({
  why,
  instead: instead.length === 0 ? [takeBack] : instead
})

/** A difference of an event whose version stays: who reads it reads what was published before, too. */
const ofSameEvent: Judge = ({ kind }) => {
  switch (kind) {
    case "optional field added":
      return undefined
    case "required field added":
      return fault("what was published before hasn't got it", optional, upcast)
    case "field removed":
      return fault("who reads it finds it missing")
    case "wider":
      return fault("who reads it may not know what it can be now")
    case "narrower":
      return fault("what was published before may not keep to it", takeBack, upcast)
    case "changed":
      return fault("who reads it can't read it any more")
  }
}

/** A difference of an event whose version is raised: what was published before is upcast, older readers read what comes. */
const ofRaisedEvent: Judge = (difference) =>
  difference.kind === "required field added" || difference.kind === "narrower" ? undefined : ofSameEvent(difference)

/** A difference of a command: who sends it knows the older one. */
const ofCommand: Judge = ({ kind }) => {
  switch (kind) {
    case "optional field added":
    case "wider":
      return undefined
    case "required field added":
      return fault("who sends the command doesn't know it", optional)
    case "field removed":
      return fault("who sends the command still sends it, and what was in it is lost")
    case "narrower":
      return fault("who sends the command may not keep to it")
    case "changed":
      return fault("who sends the command sends something else")
  }
}

/** A difference of an error, which whoever sent the command reads; nothing is stored of it. */
const ofError: Judge = ofRaisedEvent

/** A difference of a directive: extensions make them and handle them. */
const ofDirective: Judge = ({ kind }) => {
  if (kind === "optional field added") return undefined
  return fault(
    "extensions make such directives and handle them",
    kind === "required field added" ? optional : takeBack
  )
}

const change = (half: Half, message: string, kind: string, detail: string, fault?: Fault): Change => ({
  half,
  message,
  path: "",
  kind,
  isBreaking: fault !== undefined,
  bump: fault === undefined ? "minor" : "major",
  detail,
  ...fault
})

const fieldChanges = (
  half: Half,
  message: string,
  before: Fields,
  after: Fields,
  judge: Judge
): ReadonlyArray<Change> =>
  differences(before, after).map((difference) => {
    const { detail, kind, path } = difference
    const field = `the field '${path}' of ${message}`
    return { ...change(half, message, kind, `${field} ${detail}`, judge(difference)), path }
  })

interface Named<A> {
  readonly half: Half
  readonly what: string
  /** What it is a part of. */
  readonly within?: string
  readonly before: Readonly<Record<string, A>>
  readonly after: Readonly<Record<string, A>>
  /** Why it breaks when one is gone; undefined when it doesn't. */
  readonly gone: Fault | undefined
  readonly both: (message: string, before: A, after: A) => ReadonlyArray<Change>
}

/** How named things differ: those that are new, those that are gone, and those that are in both. */
const named = <A>({ after, before, both, gone, half, what, within }: Named<A>): ReadonlyArray<Change> =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])].sort().flatMap((name) => {
    const message = within === undefined ? `${what} '${name}'` : `${what} '${name}' of ${within}`
    const [old, now] = [own(before, name), own(after, name)]
    if (old === undefined) return [change(half, message, "added", `${message} is new`)]
    if (now === undefined) return [change(half, message, "removed", `${message} is gone`, gone)]
    return both(message, old, now)
  })

/** The entity of a message is what it is ordered by. */
const entityChanges = (
  half: Half,
  message: string,
  before: string | undefined,
  after: string | undefined
): ReadonlyArray<Change> => {
  if (before === after) return []
  const words = (entity: string | undefined) => entity === undefined ? "no id of its own" : `'${entity}'`
  return [change(
    half,
    message,
    "entity changed",
    `the first id of ${message} was ${words(before)}, and is ${words(after)}`,
    fault("messages come in the order of the entity that it names", "put new ids behind it")
  )]
}

const eventChanges = (previous: Contract, next: Contract): ReadonlyArray<Change> =>
  named({
    half: "events",
    what: "event",
    before: previous.events,
    after: next.events,
    gone: fault("who follows it waits for it in vain"),
    both: (message, before, after) => {
      const detail = `${message} was of version ${before.version}, and is of version ${after.version}`
      const version = before.version === after.version
        ? []
        : before.version < after.version
        ? [change("events", message, "version raised", detail)]
        : [
          change(
            "events",
            message,
            "version lowered",
            detail,
            fault("what was published before can't be read any more")
          )
        ]
      const judge = before.version < after.version ? ofRaisedEvent : ofSameEvent
      return [
        ...version,
        ...entityChanges("events", message, before.entity, after.entity),
        ...fieldChanges("events", message, before.fields, after.fields, judge)
      ]
    }
  })

const commandChanges = (previous: Contract, next: Contract): ReadonlyArray<Change> =>
  named({
    half: "commands",
    what: "command",
    before: previous.commands,
    after: next.commands,
    gone: fault("who sends it finds nobody to take it"),
    both: (message, before, after) => [
      ...entityChanges("commands", message, before.entity, after.entity),
      ...fieldChanges("commands", message, before.fields, after.fields, ofCommand),
      ...named({
        half: "commands",
        what: "error",
        within: message,
        before: before.errors,
        after: after.errors,
        gone: undefined,
        both: (error, old, now) => fieldChanges("commands", error, old, now, ofError)
      })
    ]
  })

const directiveChanges = (previous: Contract, next: Contract): ReadonlyArray<Change> =>
  named({
    half: "events",
    what: "directive",
    before: previous.directives,
    after: next.directives,
    gone: fault("extensions make it and handle it"),
    both: (message, before, after) => fieldChanges("events", message, before.fields, after.fields, ofDirective)
  })

/** Who may connect: told of each half that has messages. */
const connectChanges = (previous: Contract, next: Contract): ReadonlyArray<Change> => {
  const { connect: before } = previous
  const { connect: after } = next
  const halves = (["commands", "events"] as const).filter((half) => Object.keys(next[half]).length > 0)
  const told = halves.length === 0 ? ["events" as const] : halves
  const tell = (kind: string, detail: string, fault?: Fault) =>
    told.map((half) => change(half, "who may connect", kind, detail, fault))
  if (before === undefined && after === undefined) return []
  if (after === undefined) return tell("wider", "every plugin may connect now")
  if (before === undefined) {
    return tell("narrower", `only ${after.join(", ") || "nobody"} may connect now`, fault("others are refused"))
  }
  return [
    ...before.filter((plugin) => !after.includes(plugin)).flatMap((plugin) =>
      tell("narrower", `plugin '${plugin}' may not connect any more`, fault("it is refused"))
    ),
    ...after.filter((plugin) => !before.includes(plugin)).flatMap((plugin) =>
      tell("wider", `plugin '${plugin}' may connect now`)
    )
  ]
}

/** Every change from one contract to the next: of commands, events, directives, and of who may connect. */
export const changes = (previous: Contract, next: Contract): ReadonlyArray<Change> => [
  ...commandChanges(previous, next),
  ...eventChanges(previous, next),
  ...directiveChanges(previous, next),
  ...connectChanges(previous, next)
]
