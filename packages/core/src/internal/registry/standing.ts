import type { PluginStatus, RegisteredPlugin, Standing } from "../../Registry.ts"
import * as Registered from "./registered.ts"

/** Who has taken a version out of use, and why. */
const taken = (what: string, { by, why }: { readonly by?: string; readonly why?: string }): string =>
  `was ${what}${by === undefined ? "" : ` by ${by}`}${why === undefined ? "" : `: ${why}`}`

/** How the version of a plugin that a process runs stands among the others. */
export const standingOf = (
  known: RegisteredPlugin | undefined,
  { name, version }: { readonly name: string; readonly version: string }
): Standing => {
  const current = known?.current === undefined ? {} : { current: known.current }
  const own = known === undefined ? undefined : Registered.versionOf(known, version)
  const what = `'${name}' ${version}`
  switch (own?.status) {
    case "connected":
      return known?.current === version
        ? { status: "current", ...current }
        : { status: "resting", ...current, reason: `'${name}' ${known?.current} is current` }
    case "inactive":
      return {
        status: "inactive",
        ...current,
        reason: `${what} ${taken("deactivated", own)}; activate it, or stop this process`
      }
    case "retired":
      return {
        status: "retired",
        ...current,
        reason: `${what} ${taken("retired", own)}; stop this process${
          known?.current === undefined ? ", and start another version" : ""
        }`
      }
    default:
      return {
        status: "disconnected",
        ...current,
        reason: `${what} isn't connected: its stores can't be reached, or it was taken for dead. It connects by itself`
      }
  }
}

/** What is said of a version that isn't the current one. */
const becomes: Readonly<Record<PluginStatus, string>> = {
  connected: "rests",
  disconnected: "is disconnected",
  inactive: "is inactive",
  retired: "is retired",
  unknown: "is unknown"
}

/**
 * What there is to say where another version is current than before, to a process that runs `own`: which one it is, and what
 * becomes of that one, of its own, and of those that rest.
 */
export const news = (
  { current, plugin, versions }: RegisteredPlugin,
  own: string,
  /** The version that was said to be current; false where nothing was said yet, and a process alone is no news. */
  before: string | undefined | false
): string | undefined => {
  if (before === current) return undefined
  const others = versions.filter(({ status, version }) =>
    version !== current && (status === "connected" || version === own || version === before)
  )
  if (before === false && others.length === 0) return undefined
  const now = current === undefined ? `No version of ${plugin} is current now` : `${plugin} ${current} is current now`
  return [now, ...others.map(({ status, version }) => `${version} ${becomes[status]}`)].join("; ")
}
