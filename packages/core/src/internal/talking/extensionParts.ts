import { logName } from "../../EventStores.ts"
import type * as Extension from "../../Extension.ts"
import * as ExtensionPoint from "../../ExtensionPoint.ts"
import type * as ExtensionPointMapping from "../../ExtensionPointMapping.ts"
import type { ListenedPoint, Plugin, ProvidedPoint } from "../../Plugin.ts"
import { checkName, refuse } from "../definitions/definition.ts"
import * as MappedSource from "./mappedSource.ts"

type Part = Pick<ExtensionPointMapping.Mapping, "name" | "source">

/** What a part is called whose author gave no name: what it maps from. */
const derivedName = (plugin: string, { source }: Pick<Part, "source">, otherwise: string): string =>
  source === undefined ? otherwise : source.aggregate?.tag ?? logName(plugin)

const unmapped = { mapping: "commands", extension: "events" } as const

/** The name of a part as its author gave it: people know no other. What is stored has one in any case. */
export const givenName = (
  plugin: string,
  what: keyof typeof unmapped,
  part: Pick<Part, "source"> & { readonly name: string }
): string | undefined => part.name === derivedName(plugin, part, unmapped[what]) ? undefined : part.name

/** Gives each part its name, and refuses two of one name: people are told by it which one failed. */
const named = <P extends Part & Pick<ExtensionPointMapping.Mapping, "point">>(
  plugin: string,
  what: keyof typeof unmapped,
  parts: ReadonlyArray<P>
): ReadonlyArray<P & { readonly name: string }> => {
  const all = parts.map((part) => ({ ...part, name: part.name ?? derivedName(plugin, part, unmapped[what]) }))
  for (const { name } of parts) if (name !== undefined) checkName(`a ${what}`, name)
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) !== index)
  if (twice !== undefined) {
    refuse(`plugin '${plugin}' has two ${what}s of '${twice.point.tag}' named '${twice.name}'; give one a 'name'`)
  }
  return all
}

/** The parts by the extension point that they are of, in the order in which these come first. */
const byPoint = <P extends { readonly point: ExtensionPoint.Any }>(
  plugin: string,
  parts: ReadonlyArray<P>
): ReadonlyArray<readonly [ExtensionPoint.Any, ReadonlyArray<P>]> => {
  const found = new Map<string, Array<P>>()
  for (const part of parts) found.set(part.point.tag, [...found.get(part.point.tag) ?? [], part])
  return Array.from(found.values(), (of) => {
    const { point } = of[0]!
    if (of.some((part) => part.point !== point)) {
      refuse(`plugin '${plugin}' uses two definitions of the extension point '${point.tag}'`)
    }
    return [point, of] as const
  })
}

/** Refuses an older contract that is none, or is served twice. */
const checkOlder = (point: ExtensionPoint.Any, older: ReadonlyArray<ExtensionPointMapping.Older>): void => {
  const majors = (of: ExtensionPoint.Any) =>
    [ExtensionPoint.major(of.version.commands), ExtensionPoint.major(of.version.events)] as const
  const text = ({ version: { commands, events } }: ExtensionPoint.Any) =>
    commands === events ? events : `${commands} of its commands and ${events} of its events`
  const [commands, events] = majors(point)
  const known = [String(majors(point))]
  for (const { older: contract } of older) {
    const [olderCommands, olderEvents] = majors(contract)
    if (olderCommands > commands || olderEvents > events || (olderCommands === commands && olderEvents === events)) {
      refuse(
        `the older contract of '${point.tag}' has version ${text(contract)}, which is no older major of ${text(point)}`
      )
    }
    const both = String(majors(contract))
    if (known.includes(both)) refuse(`version ${text(contract)} of '${point.tag}' is served twice`)
    known.push(both)
  }
}

/** The extension points of a plugin, each with all that is listed of it. */
export const provided = (
  plugin: string,
  parts: ReadonlyArray<ExtensionPointMapping.Any>
): ReadonlyArray<ProvidedPoint> =>
  byPoint(plugin, parts).map(([point, of]): ProvidedPoint => {
    const { plugin: owner, tag, version } = point
    if (owner !== plugin) refuse(`extension point '${tag}' can't be provided by plugin '${plugin}'`)
    const mappings = named(plugin, "mapping", of.filter((part) => part.kind === "ExtensionPointMapping"))
    MappedSource.checkOrder(`the mappings of '${tag}' in plugin '${plugin}'`, mappings)
    const older = of.filter((part) => part.kind === "OlderContract")
    checkOlder(point, older)
    const missing = point.commandDefinitions.find(({ tag }) => !mappings.some(({ incoming }) => incoming?.[tag]))
    if (missing !== undefined) {
      refuse(`nothing maps the command '${missing.tag}' of extension point '${tag}': give a mapping its 'incoming'`)
    }
    return {
      point,
      mappings,
      older,
      outputs: {
        name: tag,
        aggregateNames: mappings.flatMap(({ source }) =>
          source === undefined ? [] : [source.aggregate?.tag ?? logName(plugin)]
        ),
        commandTopic: `${tag}.v${ExtensionPoint.major(version.commands)}.commands`,
        eventTopic: `${tag}.v${ExtensionPoint.major(version.events)}.events`
      }
    }
  })

/** What a plugin follows, each extension point with all that is listed of it. */
export const listened = (
  plugin: string,
  extensions: ReadonlyArray<Extension.Extension>
): ReadonlyArray<ListenedPoint> =>
  byPoint(plugin, extensions).map(([point, of]) => {
    MappedSource.checkOrder(`the extensions of '${point.tag}' in plugin '${plugin}'`, of)
    return { point, extensions: named(plugin, "extension", of) }
  })

/** What mappings and extensions map from. */
export const sourcesOf = (
  { extensionPoints, extensions }: Pick<Plugin<string, unknown>, "extensionPoints" | "extensions">
): ReadonlyArray<ExtensionPointMapping.MappedSource> =>
  [
    ...extensionPoints.flatMap(({ mappings }) => mappings),
    ...extensions.flatMap((listened) => listened.extensions)
  ].flatMap(({ source }) => source ?? [])
