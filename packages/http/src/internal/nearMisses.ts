import type * as View from "@reventless/core/View"
import type { PluginApi } from "../PluginApi.ts"
import * as Paths from "./paths.ts"

/** What is meant by a path that nothing is at, if that can be told. */
export type NearMisses = (path: string) => string | undefined

/** How a row of a view is named: `/{memberId}/{bookId}`. */
const rowPath = ({ key, sort }: View.Spec): string => `/{${key}}${sort === undefined ? "" : `/{${sort}}`}`

const ofView = (plugin: string, { spec }: View.Any): NearMisses => {
  const [watch, rows] = [Paths.watch(plugin, spec.name), `${Paths.view(plugin, spec.name)}/`]
  return (path) => {
    if (path === watch && !spec.live) {
      return `${spec.name} can't be watched: make it a StateViewSliceStream or ReadModelStream.`
    }
    if (!path.startsWith(rows)) return undefined
    const given = path.slice(rows.length).split("/")
    const one = `Rows of ${spec.name} need ${rowPath(spec)}`
    if (spec.sort !== undefined && given.length === 1) {
      return `${one}; ?where.${spec.key}= lists all rows of one ${spec.key}.`
    }
    return given.length > (spec.sort === undefined ? 1 : 2) ? `${one}.` : undefined
  }
}

/** The near misses of the paths of plugins' views: a view that isn't live is watched, a row isn't named in full. */
export const make = (plugins: ReadonlyArray<PluginApi>): NearMisses => {
  const all = plugins.flatMap(({ plugin, views }) => views.map((view) => ofView(plugin, view)))
  return (path) => {
    const plain = path.replace(/\/$/, "")
    for (const one of all) {
      const found = one(plain)
      if (found !== undefined) return found
    }
    return undefined
  }
}
