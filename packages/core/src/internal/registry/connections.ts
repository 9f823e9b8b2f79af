import * as SemVer from "effect/SemVer"
import type {
  Connection,
  ConnectionStatus,
  ListenedPoint,
  PluginDefinition,
  ProvidedPoint,
  RegisteredPlugin,
  RegisteredVersion
} from "../../Registry.ts"
import * as Registered from "./registered.ts"

/** The plugins of the registry by their names. */
export type Plugins = ReadonlyMap<string, RegisteredPlugin>

/** One half of a contract: each has its own version. */
type Half = "commands" | "events"

/** Why one half of what an extension was made for isn't what the provider serves, and what to do. */
const mismatch = (half: Half, wanted: ListenedPoint, offered: ProvidedPoint): string | undefined => {
  const asked = SemVer.parseUnsafe(wanted[half])
  const served = [offered, ...offered.older].map((versions) => SemVer.parseUnsafe(versions[half]))
  const current = served[0]!
  const same = served.find(({ major }) => major === asked.major)
  if (same !== undefined && asked.minor <= same.minor) return undefined
  return same !== undefined || asked.major > current.major
    ? "deploy the provider first"
    : `it doesn't serve version ${asked.major} any more: build the extension with the current contract, or list ` +
      `'${offered.name}' of version ${asked.major} with 'older' in the provider`
}

/** Why an extension may not connect, if it may not. */
const refusal = (
  consumer: PluginDefinition,
  wanted: ListenedPoint,
  provider: PluginDefinition,
  offered: ProvidedPoint
): string | undefined => {
  const { connect, name } = offered
  if (connect?.includes(consumer.name) === false) {
    const others = connect.length === 0 ? "nobody" : connect.join(", ")
    return `'${provider.name}' ${provider.version} lets ${others} connect to '${name}', and not '${consumer.name}': ` +
      `add '${consumer.name}' to its 'connect'`
  }
  for (const half of ["events", "commands"] as const) {
    const wrong = mismatch(half, wanted, offered)
    if (wrong !== undefined) {
      return `'${consumer.name}' ${consumer.version} was made for the ${half} ${wanted[half]} of '${name}', and ` +
        `'${provider.name}' ${provider.version} provides ${offered[half]}: ${wrong}`
    }
  }
  return undefined
}

/** Why a version doesn't talk with other plugins, if a person has taken it out of use, and what to do. */
const rest = ({ by, definition: { name, version }, status, why }: RegisteredVersion): string | undefined => {
  if (status !== "inactive" && status !== "retired") return undefined
  const said = `${by === undefined ? "" : ` by ${by}`}${why === undefined ? "" : `: ${why}`}`
  return status === "inactive"
    ? `'${name}' ${version} was deactivated${said}; activate it, or start another version`
    : `'${name}' ${version} was retired${said}; start another version`
}

/** How an extension stands: it follows from the registry, and is stored nowhere. */
export const connection = (plugins: Plugins, consumer: PluginDefinition, wanted: ListenedPoint): Connection => {
  const { name } = wanted
  const registered = plugins.get(name.split(".")[0]!)
  if (registered === undefined) return { _tag: "Waiting", reason: `nobody provides '${name}' yet` }
  const standing = Registered.standing(registered)
  if (standing === undefined) return { _tag: "Waiting", reason: `no version of '${registered.plugin}' was current yet` }
  const resting = rest(standing)
  if (resting !== undefined) return { _tag: "Waiting", reason: resting }
  const provider = standing.definition
  const offered = provider.extensionPoints.find((point) => point.name === name)
  const of = `'${provider.name}' ${provider.version}`
  if (offered === undefined) {
    return registered.points[name] === undefined
      ? { _tag: "Waiting", reason: `${of} doesn't provide '${name}' yet` }
      : {
        _tag: "Refused",
        reason:
          `${of} doesn't provide '${name}' any more: take the extension out of '${consumer.name}', or bring it back`,
        provider
      }
  }
  const reason = refusal(consumer, wanted, provider, offered)
  return reason === undefined ? { _tag: "Connected", provider } : { _tag: "Refused", reason, provider }
}

const statuses = { Connected: "connected", Waiting: "waiting", Refused: "refused" } as const

/** How every extension stands of the versions that are talked about, by plugin and extension point. */
export const all = (plugins: Plugins): ReadonlyArray<ConnectionStatus> =>
  [...plugins.values()].flatMap((registered) => {
    const standing = Registered.standing(registered)
    if (standing === undefined) return []
    const consumer = standing.definition
    const resting = rest(standing)
    return consumer.extensions.map((wanted): ConnectionStatus => {
      const found: Connection = resting === undefined
        ? connection(plugins, consumer, wanted)
        : { _tag: "Waiting", reason: resting }
      return {
        plugin: consumer.name,
        version: consumer.version,
        extensionPoint: wanted.name,
        commands: wanted.commands,
        events: wanted.events,
        status: statuses[found._tag],
        ...(found._tag === "Connected" ? {} : { reason: found.reason }),
        ...(found._tag === "Waiting" ? {} : { provider: found.provider.version })
      }
    })
  }).sort((a, b) => compare(a.plugin, b.plugin) || compare(a.extensionPoint, b.extensionPoint))

const compare = (a: string, b: string): number => a < b ? -1 : a > b ? 1 : 0
