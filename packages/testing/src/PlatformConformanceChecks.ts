/**
 * The checks of the platform conformance suite, as values. `PlatformConformance.suite` registers them with vitest; any
 * other runner can run them: `Effect.provideService(check.run, Home, ...)`, with an empty home for each check.
 */
import { access } from "./platform/access.ts"
import type { AnyCheck, OrderedCheck } from "./platform/Check.ts"
import { commands } from "./platform/commands.ts"
import { inbound } from "./platform/inbound.ts"
import { lanes, totalOrder } from "./platform/lanes.ts"
import { parking } from "./platform/parking.ts"
import { plugins } from "./platform/plugins.ts"
import { rebuilding } from "./platform/rebuilding.ts"
import { restarting } from "./platform/restarting.ts"
import { snapshots } from "./platform/snapshots.ts"
import { talking } from "./platform/talking.ts"
import { tasks } from "./platform/tasks.ts"
import { todoLists } from "./platform/todoLists.ts"
import { tokens } from "./platform/tokens.ts"
import { versions } from "./platform/versions.ts"
import { views } from "./platform/views.ts"
import { watching } from "./platform/watching.ts"

export { Patience, Seed } from "./conformance/Check.ts"
export type { AnyCheck, Check, CheckError, OrderedCheck, Stores } from "./platform/Check.ts"
export { Home, OrderedHome } from "./platform/Check.ts"

/** Claims that every platform must hold. */
export const contract: ReadonlyArray<AnyCheck> = [
  ...commands,
  ...snapshots,
  ...versions,
  ...views,
  ...lanes,
  ...parking,
  ...rebuilding,
  ...tokens,
  ...watching,
  ...todoLists,
  ...tasks,
  ...inbound,
  ...talking,
  ...plugins,
  ...access
]

/** Claims about platforms whose data outlives them. */
export const durable: ReadonlyArray<AnyCheck> = restarting

/** Claims about platforms whose event stores have one commit order. */
export const ordered: ReadonlyArray<OrderedCheck> = totalOrder

/** What a platform can be asked for beyond the contract that all keep. */
export interface Capabilities {
  /**
   * The data outlives the provider: a provider that is built again opens it, as another process does, or the same one
   * after a restart.
   */
  readonly durable: boolean
  /** The event stores have one commit order: the provider gives `TotalOrder`. */
  readonly ordered: boolean
}

/** The claims that a platform with these capabilities isn't asked for, by the capability that it lacks. */
export const notAsked = (
  capabilities: Capabilities
): ReadonlyArray<{ readonly capability: keyof Capabilities; readonly claims: ReadonlyArray<string> }> =>
  ([["durable", durable], ["ordered", ordered]] as const).flatMap(([capability, checks]) =>
    capabilities[capability] ? [] : [{ capability, claims: checks.map(({ group, name }) => `${group}: ${name}`) }]
  )
