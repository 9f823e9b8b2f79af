/**
 * State change slices: one command, the events that its decision looks at, and the events it makes. The consistency
 * boundary is the slice's query: of two commands that race on overlapping boundaries at most one succeeds as decided, the
 * other is decided again on what was added.
 *
 * The query follows from the command's ids: of every consumed event type that carries one of them, the events with that
 * id. It can be given explicitly, as data, with `query`.
 */
import type * as Access from "./Access.ts"
import * as Command from "./Command.ts"
import type * as CommandBus from "./CommandBus.ts"
import type * as Event from "./Event.ts"
import type {
  DecideContext,
  Decision,
  ErasedBehavior,
  Evolve,
  EvolveInput,
  Literal,
  NoExcess,
  ServicesOf
} from "./internal/commands/behavior.ts"
import type { NoForbidden } from "./internal/commands/forbidden.ts"
import * as QueryTemplate from "./internal/commands/queryTemplate.ts"
import {
  checkName,
  definitionClass,
  type ErrorSchema,
  type ErrorsOf,
  type Fields,
  type InstanceOf,
  type ValuesOf
} from "./internal/definitions/definition.ts"

/** One item of an explicit query: the events of `types` that carry the ids at every field path of `by`. */
export interface QueryItem<Consumed extends Event.Any, F extends Fields> {
  readonly types: ReadonlyArray<Consumed>
  /** Fields of the command, dotted when they are nested. None selects the types whatever their ids. */
  readonly by?: ReadonlyArray<(keyof F & string) | `${keyof F & string}.${string}`>
}

/** What a slice definition says. */
export interface Options<
  F extends Fields,
  Consumed extends Event.Any,
  Produced extends Event.Any,
  Errors extends ReadonlyArray<ErrorSchema>,
  Async extends boolean
> {
  /** The fields of the command. */
  readonly command: F
  /** The events that the decision's state is made of. */
  readonly consumes: ReadonlyArray<Consumed>
  /** The events that the decision may make. */
  readonly produces: ReadonlyArray<Produced>
  /** The errors that the decision may answer with. */
  readonly errors?: Errors
  /** The events that the decision is consistent about, when they don't follow from the command's ids. */
  readonly query?: ReadonlyArray<QueryItem<NoInfer<Consumed>, F>>
  /**
   * Take the command now and decide it later, after those taken before it for the same entity: the one that the command's
   * first id names.
   */
  readonly async?: Async
  /** Who may send the command; the platform's default when absent. */
  readonly access?: Access.Access
  readonly description?: string
}

/** A slice definition. */
export interface StateChangeSlice<
  Name extends string,
  F extends Fields,
  Consumed extends Event.Any,
  Produced extends Event.Any,
  Errors extends ReadonlyArray<ErrorSchema>,
  Async extends boolean = false
> extends CommandBus.Target<F, Errors, Async, Name> {
  new(_: never): object
  readonly kind: "StateChangeSlice"
  readonly tag: Name
  readonly fields: F
  readonly errors: Errors
  readonly consumes: ReadonlyArray<Consumed>
  readonly produces: ReadonlyArray<Produced>
  readonly command: Command.Command<Name, F, Errors>
  readonly query: QueryTemplate.QueryTemplate
  readonly description: string | undefined
  /**
   * The slice's behaviour: how the state follows from the consumed events, and the decision. `decide` is an Effect
   * program and may run several times for one command.
   */
  readonly behavior: <
    D extends Any,
    State,
    L extends Literal,
    E extends Evolve<State, Consumed>,
    Out extends Decision<InstanceOf<Produced>, ErrorsOf<Errors>>
  >(
    this: D,
    behavior: {
      readonly initial: State
      readonly evolve: E & EvolveInput<NoInfer<State>, Consumed, L> & NoExcess<E, Consumed["tag"], "events">
      readonly decide: (
        command: ValuesOf<F>,
        state: State,
        context: DecideContext
      ) => Out & NoForbidden<Out>
    }
  ) => Behavior<Name, ServicesOf<Out>, D>
}

/** A slice with its behaviour, to be listed in a plugin. */
export interface Behavior<out Name extends string, out R, out D extends Any = Any> {
  readonly kind: "StateChangeSliceBehavior"
  readonly name: Name
  readonly definition: D
  readonly behavior: ErasedBehavior
  readonly "~R": (_: never) => R
}

/** Any slice definition. */
export interface Any extends CommandBus.AnyTarget {
  readonly kind: "StateChangeSlice"
  readonly tag: string
  readonly consumes: ReadonlyArray<Event.Any>
  readonly produces: ReadonlyArray<Event.Any>
  readonly command: Command.Any
  readonly query: QueryTemplate.QueryTemplate
  readonly description: string | undefined
}

/**
 * Defines a slice.
 *
 * @example
 * ```ts
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Effect from "effect/Effect"
 * import * as Schema from "effect/Schema"
 *
 * const ProductId = Id.make("product")
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId, name: Schema.String }) {}
 * class ProductExists extends Schema.TaggedError<ProductExists>()("ProductExists", { productId: ProductId }) {}
 *
 * class AddProduct extends StateChangeSlice.make("AddProduct", {
 *   command: { productId: ProductId, name: Schema.NonEmptyString },
 *   consumes: [ProductAdded],
 *   produces: [ProductAdded],
 *   errors: [ProductExists]
 * }) {}
 *
 * const AddProductLive = AddProduct.behavior({
 *   initial: { exists: false },
 *   evolve: { ProductAdded: () => ({ exists: true }) },
 *   decide: (command, state) =>
 *     state.exists
 *       ? Effect.fail(new ProductExists({ productId: command.productId }))
 *       : Effect.succeed([ProductAdded.make(command)])
 * })
 * ```
 */
export const make = <
  const Name extends string,
  const F extends Fields,
  Consumed extends Event.Any = never,
  Produced extends Event.Any = never,
  const Errors extends ReadonlyArray<ErrorSchema> = [],
  const Async extends boolean = false
>(
  name: Name,
  options: Options<F, Consumed, Produced, Errors, Async>
): StateChangeSlice<Name, F, Consumed, Produced, Errors, Async> => {
  checkName("a slice", name)
  const command: Command.Any = Command.make(name, options.command as Fields, options)
  const definition = {
    kind: "StateChangeSlice" as const,
    tag: name,
    component: name,
    fields: options.command,
    errors: command.errors,
    async: options.async === true,
    consumes: options.consumes,
    produces: options.produces,
    command,
    query: options.query === undefined
      ? QueryTemplate.derive(name, command, options.consumes)
      : QueryTemplate.explicit(name, command, options.consumes, options.query),
    description: options.description,
    "~address": { component: name, command, async: options.async === true }
  }
  const behavior = (behavior: ErasedBehavior): Behavior<Name, never> => ({
    kind: "StateChangeSliceBehavior",
    name,
    definition: self,
    behavior,
    "~R": (_) => _
  })
  const self = definitionClass<StateChangeSlice<Name, F, Consumed, Produced, Errors, Async> & Any>({
    ...definition,
    behavior
  })
  return self
}
