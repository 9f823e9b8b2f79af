import type * as Event from "../../Event.ts"
import type { ListenedPoint, Plugin } from "../../Plugin.ts"
import * as MappedSource from "./mappedSource.ts"
import * as PointNames from "./pointNames.ts"
import { servedContracts } from "./servedContracts.ts"

/** The events of an extension point that a plugin has a handler of. */
export const followed = ({ extensions, point }: ListenedPoint): ReadonlyArray<Event.Any> =>
  point.events.filter(({ tag }) => extensions.some(({ incoming }) => incoming?.[tag] !== undefined))

/** What a plugin collects for its extension points and extensions, by the names under which it is shown. */
export const namesOf = (
  { extensionPoints, extensions, name }: Pick<Plugin<string, unknown>, "name" | "extensionPoints" | "extensions">
): ReadonlyArray<string> =>
  [
    ...extensionPoints.flatMap((provided) => {
      const keys = MappedSource.of(provided.mappings).byKey.map(({ key }) => key)
      return servedContracts(provided).flatMap(({ contract, hasEvents }) =>
        hasEvents ? keys.map((key) => PointNames.outgoingList(contract, key)) : []
      )
    }),
    ...extensions.flatMap((listened) => [
      ...(followed(listened).length > 0 ? [PointNames.incomingList(listened.point)] : []),
      ...MappedSource.of(listened.extensions).byKey.map(({ key }) => PointNames.sendingList(listened.point, key))
    ])
  ].map((list) => `${name}.${list}`)
