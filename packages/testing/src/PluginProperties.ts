/**
 * Property tests for free: from the schemas of a plugin, random values and histories, and claims that hold for every
 * plugin. One call in a test file:
 *
 * ```ts
 * PluginProperties.check(Catalog)
 * ```
 *
 * What fails is shrunk to a small input and told with the seed that repeats it (`REVENTLESS_SEED`).
 */
import type { CommandBus } from "@reventless/core/CommandBus"
import type { TotalOrder } from "@reventless/core/EventStores"
import type { Plugin } from "@reventless/core/Plugin"
import type { QueryEngine } from "@reventless/core/QueryEngine"
import type { Scheduler } from "@reventless/core/Scheduler"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { describe, test } from "vitest" // oxlint-disable-line no-restricted-imports -- it registers tests
import { encoded } from "./properties/codecs.ts"
import { commands } from "./properties/folding.ts"
import { Effort, type Property } from "./properties/Property.ts"
import { views } from "./properties/views.ts"

export type { Property, PropertyFailed } from "./properties/Property.ts"

/** What may be said about the properties of a plugin. */
export interface Options<R> {
  /** The services that the plugin's behaviours need. */
  readonly services?: Layer.Layer<R>
  /** With how many inputs each claim is tried: 100 unless given; claims about histories with a fifth of them. */
  readonly runs?: number | undefined
  /** What inputs are made from; `REVENTLESS_SEED` wins. A new one for each run when there is neither. */
  readonly seed?: string | undefined
}

/** The services that the tests have to be given: not those of a platform. */
type Needs<R> = Exclude<R, TotalOrder | CommandBus | QueryEngine | Scheduler>

/** Options; they must name the services of a plugin that needs some. */
type Arguments<R> = [R] extends [never] ? [options?: Options<never>]
  : [options: Options<R> & { readonly services: Layer.Layer<R> }]

/** The properties of a plugin, as values: for runners other than vitest. */
export const properties = <R>(plugin: Plugin<string, R>): ReadonlyArray<Property<Needs<R>>> =>
  [...encoded(plugin as Plugin<string, unknown>), ...commands(plugin), ...views(plugin)] as unknown as ReadonlyArray<
    Property<Needs<R>>
  >

/** Registers the property tests of a plugin. Call it at the top of a test file. */
export const check = <R>(plugin: Plugin<string, R>, ...[options]: Arguments<Needs<R>>): void => {
  const { runs = 100, seed, services = Layer.empty } = (options ?? {}) as Options<Needs<R>>
  const effort = Effect.map(
    Config.option(Config.String("REVENTLESS_SEED")),
    (given) => ({ runs, seed: Option.getOrElse(given, () => seed) })
  )
  describe(`the properties of ${plugin.name}`, () => {
    for (const [group, members] of Map.groupBy(properties(plugin), ({ group }) => group)) {
      describe(group, () => {
        for (const { name, run, untried } of members) {
          test(name, { timeout: 60_000 }, (context) =>
            untried === undefined
              ? Effect.runPromise(
                Effect.flatMap(effort, (effort) => Effect.provideService(run, Effort, effort)).pipe(
                  Effect.provide(services as Layer.Layer<Needs<R>>)
                )
              )
              : context.skip(`no values can be made for it: ${untried}`))
        }
      })
    }
  })
}
