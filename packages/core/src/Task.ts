/**
 * Tasks: work of the application's own, as an Effect program that runs at its times, or when an object appears in an
 * object store or goes from it.
 *
 * Each run is durable work: begun again when its process was killed, tried a bounded number of times when it fails, then
 * kept with the reason. So a program may run more than once, and must bear it: what it sends with `commandId` is sent
 * once, and what it does elsewhere is done again.
 */
import * as Cron from "effect/Cron"
import * as DateTime from "effect/DateTime"
import * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { AnyTarget } from "./CommandBus.ts"
import type { ServicesOf } from "./internal/commands/behavior.ts"
import { checkName, definitionClass, refuse } from "./internal/definitions/definition.ts"
import { encodeWhen, faultOf } from "./internal/tasks/timetable.ts"
import type { ObjectStore } from "./ObjectStore.ts"
import type { When } from "./Scheduler.ts"

/** Runs a task by the clock. */
export interface Schedule {
  readonly _tag: "Schedule"
  readonly when: When
}

/** Runs a task for each object that appears or goes. */
export interface ObjectTrigger {
  readonly _tag: "ObjectCreated" | "ObjectRemoved"
  /** How the keys begin; all when it is empty. */
  readonly prefix: string
  /** How the keys end; all when it is empty. */
  readonly suffix: string
}

/** What runs a task. */
export type Trigger = Schedule | ObjectTrigger

/** Which objects. */
export interface Objects {
  /** How their keys begin: `products/` for all that are in that folder. */
  readonly prefix: string
  /** How their keys end: `.csv`. All when absent. */
  readonly suffix?: string
}

/** What a scheduled task is run with. */
export interface Firing {
  /** The instant that it runs for, in milliseconds since 1970; when it was missed, the first that was. */
  readonly due: number
}

/** What a task is run with that an object triggers. */
export interface ObjectEvent {
  readonly key: string
  /** The version that appeared, or that went. By the time of the run another may be there. */
  readonly version: string
  /** Of that version, in bytes. */
  readonly size: number
}

/** What a program is run with. */
export type InputOf<T extends Trigger> = T extends Schedule ? Firing : ObjectEvent

/** What a program knows beside its input. */
export interface RunContext {
  /**
   * The id of a command of this run, to be sent with it: `bus.send(AddProduct, product, { commandId: commandId(sku) })`.
   * The same name gives the same id in every attempt, and another in other runs, so that a run that is repeated sends each
   * command once. Every command of a run needs a name of its own.
   */
  readonly commandId: (name: string) => string
  /** 1 for the first. A process that is killed has had its attempt; one that is stopped gives it back. */
  readonly attempt: number
}

/** What a task definition says. */
export interface Options<T extends Trigger> {
  readonly trigger: T
  /** How often a run is tried that fails, at least once. 5 when absent. */
  readonly attempts?: number
  /** How long one attempt may take, after which it is interrupted and has failed. 15 minutes when absent. */
  readonly timeout?: Duration.Input
  /**
   * The commands that the program may send, of components of its plugin; the model of the application is drawn of them.
   * Without it the model shows none. What the program sends isn't compared with it.
   */
  readonly sends?: ReadonlyArray<AnyTarget>
  readonly description?: string
}

/** The services that a platform must have for a trigger. */
export type NeededBy<T extends Trigger> = T extends ObjectTrigger ? ObjectStore : never

/** A task definition. */
export interface Task<Name extends string, T extends Trigger> {
  new(_: never): object
  readonly kind: "Task"
  readonly tag: Name
  readonly trigger: T
  readonly attempts: number
  readonly timeout: Duration.Duration
  readonly sends: ReadonlyArray<AnyTarget> | undefined
  readonly description: string | undefined
  /**
   * The task's program. It acts as the application itself, and may use `CommandBus`, `QueryEngine` and `Scheduler`, which
   * the platform has, an `ObjectStore`, and services of the application. It has failed when it fails or breaks.
   */
  readonly run: <D extends Any, Out extends Effect.Effect<unknown, unknown, any>>(
    this: D,
    program: (input: InputOf<T>, context: RunContext) => Out
  ) => Behavior<Name, ServicesOf<Out> | NeededBy<T>, D>
}

/** Any task definition. */
export interface Any {
  readonly kind: "Task"
  readonly tag: string
  readonly trigger: Trigger
  readonly attempts: number
  readonly timeout: Duration.Duration
  /** The commands that it may send, for who draws the plugin; undefined when it doesn't say. */
  readonly sends: ReadonlyArray<AnyTarget> | undefined
  readonly description: string | undefined
}

/** A task with its program, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D extends Any = Any> {
  readonly kind: "TaskBehavior"
  readonly name: Name
  readonly definition: D
  readonly program: (input: any, context: RunContext) => Effect.Effect<unknown, unknown>
  readonly "~R": (_: never) => R
}

const schedule = (when: When): Schedule => {
  const fault = faultOf(encodeWhen(when))
  return fault === undefined ? { _tag: "Schedule", when } : refuse(`a task can't be scheduled like that: ${fault}`)
}

/**
 * Runs a task again and again, first after one interval. Not less than a second. The instants don't drift, and go on where
 * they were when the process is started again.
 */
export const every = (interval: Duration.Input): Schedule => schedule({ every: interval })

/**
 * Runs a task by a calendar: a cron expression, of minute, hour, day, month and weekday, or with seconds before them. In
 * UTC, or in a time zone by its IANA name with its summer time.
 */
export const cron = (expression: string, zone?: string): Schedule => {
  const parsed = Cron.parse(expression, zone ?? "UTC")
  return Result.isSuccess(parsed)
    ? schedule({ cron: parsed.success })
    : refuse(`'${expression}' is no calendar${zone === undefined ? "" : ` in '${zone}'`}: ${parsed.failure.message}`)
}

/** Runs a task once, at an instant: text as `2027-03-01T18:00:00Z`, or a `DateTime`. At once when it has passed. */
export const at = (instant: DateTime.DateTime.Input): Schedule => schedule({ at: DateTime.makeUnsafe(instant) })

const objects = (_tag: ObjectTrigger["_tag"], { prefix, suffix = "" }: Objects): ObjectTrigger => ({
  _tag,
  prefix,
  suffix
})

/**
 * Runs a task for each object that is there: once when it appears, and once for each version that it gets afterwards. An
 * object is noticed when it is written completely. Those that are there already when the task is new count as well.
 */
export const objectCreated = (which: Objects): ObjectTrigger => objects("ObjectCreated", which)

/**
 * Runs a task for each object that goes, also while no process ran. One that comes and goes between two looks, which are a
 * few seconds apart, was never there.
 */
export const objectRemoved = (which: Objects): ObjectTrigger => objects("ObjectRemoved", which)

/**
 * Defines a task. Refuses at once, with a sentence, a schedule that never fires.
 *
 * @example
 * ```ts
 * import { CommandBus } from "@reventless/core/CommandBus"
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import { ObjectStore } from "@reventless/core/ObjectStore"
 * import * as Plugin from "@reventless/core/Plugin"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Task from "@reventless/core/Task"
 * import * as Effect from "effect/Effect"
 *
 * const ProductId = Id.make("product")
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId }) {}
 * class AddProduct extends StateChangeSlice.make("AddProduct", {
 *   command: { productId: ProductId },
 *   consumes: [ProductAdded],
 *   produces: [ProductAdded]
 * }) {}
 * const AddProductLive = AddProduct.behavior({
 *   initial: false,
 *   evolve: { ProductAdded: () => true },
 *   decide: (command, exists) => Effect.succeed(exists ? [] : [ProductAdded.make(command)])
 * })
 *
 * class ImportProducts extends Task.make("ImportProducts", {
 *   trigger: Task.objectCreated({ prefix: "products/", suffix: ".csv" }),
 *   sends: [AddProduct]
 * }) {}
 * const ImportProductsLive = ImportProducts.run(({ key }, { commandId }) =>
 *   Effect.gen(function*() {
 *     const objects = yield* ObjectStore
 *     const bus = yield* CommandBus
 *     for (const line of (yield* objects.text(key)).split("\n")) {
 *       yield* bus.send(AddProduct, { productId: ProductId.make(line) }, { commandId: commandId(line) })
 *     }
 *   })
 * )
 *
 * const Catalog = Plugin.make("Catalog", {
 *   version: "1.0.0",
 *   stateChangeSlices: [AddProductLive],
 *   tasks: [ImportProductsLive]
 * })
 * ```
 */
export const make = <const Name extends string, T extends Trigger>(name: Name, options: Options<T>): Task<Name, T> => {
  checkName("a task", name)
  const attempts = options.attempts ?? 5
  if (!Number.isInteger(attempts) || attempts < 1) {
    refuse(`task '${name}' has ${attempts} 'attempts'; give a whole number, 1 or more`)
  }
  const definition = {
    kind: "Task" as const,
    tag: name,
    trigger: options.trigger,
    attempts,
    timeout: Duration.fromInputUnsafe(options.timeout ?? "15 minutes"),
    sends: options.sends,
    description: options.description
  }
  return definitionClass<Task<Name, T>>({
    ...definition,
    run(this: Any, program: Behavior<string, never>["program"]) {
      return { kind: "TaskBehavior", name, definition: this, program, "~R": (_: never) => _ }
    }
  })
}
