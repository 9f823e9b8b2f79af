import type * as Effect from "effect/Effect"
import type * as Event from "../../Event.ts"
import type * as Message from "../../Message.ts"
import type * as Principal from "../../Principal.ts"
import type { InstanceOf } from "../definitions/definition.ts"

/** How the state follows from the events: a function for each event. */
export type Evolve<State, E extends Event.Any> = {
  readonly [K in E["tag"]]: (state: State, event: InstanceOf<Extract<E, { readonly tag: K }>>) => State
}

/** A literal that a state may be, or hold in a field. */
export type Literal = string | number | boolean

/**
 * The same as an author writes it. `L` keeps the literals of a state that a handler without parameters returns, which the
 * compiler would widen; whether they are a state's is checked by {@link Evolve}.
 */
export type EvolveInput<State, E extends Event.Any, L extends Literal> = {
  readonly [K in E["tag"]]: (
    state: State,
    event: InstanceOf<Extract<E, { readonly tag: K }>>
  ) => State | L | { readonly [field: string]: L | object | null | undefined }
}

/** What a decision knows beside the command and the state. */
export interface DecideContext {
  /** The meta of the command. */
  readonly meta: Message.Meta
  readonly principal: Principal.Principal
}

/** The result of a decision: events of the declared kinds, or a declared error. */
export type Decision<Produced, Errors> = Effect.Effect<ReadonlyArray<Produced>, Errors, any>

/** The services that an effect needs. */
export type ServicesOf<Out> = Out extends Effect.Effect<infer _A, infer _E, infer R> ? R : never

/** Refuses handlers for what isn't declared, with a sentence. */
export type NoExcess<Handlers, Declared, Of extends string> = keyof Handlers extends Declared ? unknown
  : { readonly [K in `'${Exclude<keyof Handlers, Declared> & string}' is not one of the declared ${Of}`]: never }

/** The behaviour of a component, erased: what the command pipeline runs, with the services it was captured with. */
export interface ErasedBehavior {
  readonly initial: unknown
  readonly evolve: Readonly<Record<string, (state: any, event: any) => unknown>>
  readonly decide: (
    command: unknown,
    state: unknown,
    context: DecideContext
  ) => Effect.Effect<ReadonlyArray<unknown>, unknown>
}
