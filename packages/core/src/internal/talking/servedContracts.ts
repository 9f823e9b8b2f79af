import type * as ExtensionPoint from "../../ExtensionPoint.ts"
import { major } from "../../ExtensionPoint.ts"
import type { ProvidedPoint } from "../../Plugin.ts"

/** A contract that is served: the current one, or an older one through it. */
export interface Served {
  readonly contract: ExtensionPoint.Any
  /** Whether it has a log of its own: an older contract may differ in its commands only. */
  readonly hasEvents: boolean
  /** Whether it has a queue of its own. */
  readonly hasCommands: boolean
  /** Directives belong to the current contract. */
  readonly isCurrent: boolean
  /** What an event of the current contract is in this one; undefined where it has none. */
  readonly down: (event: { readonly _tag: string }) => { readonly _tag: string } | undefined
  /** What a command of this contract is in the current one. */
  readonly up: (name: string, command: unknown) => { readonly name: string; readonly command: unknown }
}

/** The contracts that an extension point serves, the current one first. Of one major there is one log, and one queue. */
export const servedContracts = ({ older, point }: ProvidedPoint): ReadonlyArray<Served> => {
  const all: ReadonlyArray<Omit<Served, "hasEvents" | "hasCommands">> = [
    { contract: point, isCurrent: true, down: (event) => event, up: (name, command) => ({ name, command }) },
    ...older.map(({ down, older: contract, up }) => ({
      contract,
      isCurrent: false,
      down: (event: { readonly _tag: string }) => down[event._tag]?.(event),
      up: (name: string, command: unknown) => {
        const { command: current, to } = up[name]!(command)
        return { name: to["~address"].command.tag, command: current }
      }
    }))
  ]
  const isFirst = (part: keyof ExtensionPoint.Versions, { contract }: Pick<Served, "contract">) =>
    all.find((one) => major(one.contract.version[part]) === major(contract.version[part]))?.contract === contract
  return all.map((served) => ({
    ...served,
    hasEvents: served.contract.events.length > 0 && isFirst("events", served),
    hasCommands: served.contract.commandDefinitions.length > 0 && isFirst("commands", served)
  }))
}
