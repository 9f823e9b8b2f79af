import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Action from "../../Action.ts"
import type { AnyTarget } from "../../CommandBus.ts"
import type * as Event from "../../Event.ts"
import * as Lane from "../../Lane.ts"
import { checkName, definitionClass, type Fields, refuse } from "../definitions/definition.ts"
import { tagKey } from "../definitions/tagAnnotations.ts"
import type { ErasedBehavior, Options } from "./todoDefinition.ts"
import type { OwnItems, TodoBehavior, TodoList } from "./todoList.ts"

const defaultAttempts = 8

const listOf = (answer: unknown): ReadonlyArray<any> =>
  answer === undefined ? [] : Array.isArray(answer) ? answer : [answer]

/** The key of an item must be an id that every event carries: there is no order without it. */
const laneOf = (what: string, options: AnyOptions, consumes: ReadonlyArray<Event.Any>): Lane.Lane => {
  const field = options.item[options.key]
  const key = field === undefined ? undefined : tagKey(field.ast)
  if (key === undefined) return refuse(`the key '${options.key}' of ${what} is no field of its item made by Id.make`)
  const without = consumes.find((event) => !event.tagPaths.keys.has(key))
  if (without !== undefined) {
    return refuse(
      `${what} is keyed by '${key}', which its event '${without.tag}' doesn't carry; add the id to the event`
    )
  }
  return Lane.keyed([...new Set(consumes.map((event) => event.tag))], key)
}

const attemptsOf = (what: string, attempts: number | undefined = defaultAttempts): number =>
  Number.isInteger(attempts) && attempts >= 1
    ? attempts
    : refuse(`${what} is tried ${attempts} times; 'attempts' must be a whole number of at least 1`)

type Kind = Exclude<TodoList["kind"], "EventMapping">

type Behavior = TodoBehavior<string, never>

type AnyOptions = Options<Fields, string, Event.Any, Event.Any, AnyTarget>

/** Queues that the platform has for itself. */
const reserved = ["commands", "tasks"]

/**
 * Makes the class of a definition, once what it says is checked. `author` gives what its author calls to make the behaviour,
 * whatever the work on an item is called there.
 */
export const defineTodoList = <D>(
  kind: Kind,
  name: string,
  options: AnyOptions,
  defaultTimeout: Duration.Input,
  author: (behave: (behavior: ErasedBehavior) => Behavior) => object
): D => {
  const behave = listing(kind, name, options, defaultTimeout)
  const self: D = definitionClass<D>({
    kind,
    tag: name,
    item: options.item,
    key: options.key,
    collects: options.collects,
    resolves: options.resolves ?? [],
    sends: options.sends ?? [],
    description: options.description,
    ...author((behavior) => behave(self, behavior))
  })
  return self
}

/** Checks what a todo list's definition says, and gives what makes a behaviour of it. */
const listing = (kind: Kind, name: string, options: AnyOptions, defaultTimeout: Duration.Input) => {
  const what = `${kind === "AutomationSlice" ? "automation" : "translation"} '${name}'`
  checkName("an automation or translation", name)
  if (reserved.includes(name)) refuse(`${what} needs another name: the platform has a queue of that name`)
  const { collects, item, key, resolves = [], sends = [], since, timeout = defaultTimeout, version = 1 } = options
  const consumes = [...new Set([...collects, ...resolves])]
  const list: TodoList = {
    kind,
    name,
    consumes,
    lane: laneOf(what, options, consumes),
    sends,
    attempts: attemptsOf(what, options.attempts),
    timeout: Duration.fromInputUnsafe(timeout),
    since: since === undefined ? undefined : DateTime.toEpochMillis(since),
    version
  }
  const codec = Schema.toCodecJson(Schema.Struct(item)) as unknown as Schema.Codec<any, Schema.Json>
  const resolving = new Set(resolves.map((event) => event.tag))
  return (definition: unknown, { collect, onExhausted, resolve, work }: ErasedBehavior): Behavior => {
    const items: OwnItems = {
      _tag: "Items",
      codec,
      key,
      collect: (event, context) => listOf(collect[event._tag]?.(event, context)),
      closes: resolving.size > 0,
      resolve: (event) => {
        if (!resolving.has(event._tag)) return []
        const keys = resolve?.[event._tag]
        return keys === undefined ? "all" : listOf(keys(event))
      },
      work: (one, context) => Effect.map(work(one, context), Action.list) as ReturnType<OwnItems["work"]>,
      exhausted: onExhausted === undefined
        ? undefined
        : (one, context) => Effect.map(onExhausted(one, context), Action.list) as ReturnType<OwnItems["work"]>
    }
    return { kind: `${kind}Behavior`, name, definition, list, items, "~R": (_) => _ }
  }
}
