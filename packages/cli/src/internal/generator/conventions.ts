/** How files are named for what is in them, and where that goes in the plugin. */

/** The lists of `Plugin.make`, in the order in which a plugin is read. */
export const lists = [
  "aggregates",
  "stateChangeSlices",
  "stateViewSlices",
  "readModels",
  "automationSlices",
  "outboundTranslationSlices",
  "inboundTranslationSlices",
  "tasks",
  "extensionPoints",
  "extensions"
] as const

export type List = typeof lists[number]

/** A kind of component: its definition is in `<Name>.ts`, its body in `<Name>_<suffix>.ts` beside it. */
export interface Kind {
  readonly suffix: string
  readonly list: List
}

/** The kinds of components, by the module of @reventless/core that makes them. */
export const kinds: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ["Aggregate", { suffix: "Behavior", list: "aggregates" }],
  ["StateChangeSlice", { suffix: "Behavior", list: "stateChangeSlices" }],
  ["StateViewSlice", { suffix: "Projection", list: "stateViewSlices" }],
  ["StateViewSliceStream", { suffix: "Projection", list: "stateViewSlices" }],
  ["ReadModel", { suffix: "Projections", list: "readModels" }],
  ["ReadModelStream", { suffix: "Projections", list: "readModels" }],
  ["AutomationSlice", { suffix: "Automation", list: "automationSlices" }],
  ["OutboundTranslationSlice", { suffix: "Translation", list: "outboundTranslationSlices" }],
  ["InboundTranslationSlice", { suffix: "Translation", list: "inboundTranslationSlices" }],
  ["Task", { suffix: "Run", list: "tasks" }]
])

/** What stands alone: its definition is the contract, in a package of contracts. `<Name>_<suffix>.ts` exports `<Name><live>`. */
export const connections = [
  { suffix: "ExtensionPointMapping", list: "extensionPoints", live: "MappingLive" },
  { suffix: "Extension", list: "extensions", live: "ExtensionLive" }
] as const satisfies ReadonlyArray<Kind & { readonly live: string }>

/** Whether files of this suffix stand alone. */
export const isConnection = (suffix: string): boolean => connections.some((one) => one.suffix === suffix)

/** The body that a file's name announces: `AddProduct_Behavior` is the Behavior of AddProduct. */
export const bodyOf = (base: string): { readonly name: string; readonly suffix: string } | undefined => {
  const [, name, suffix] = /^(.+)_([A-Za-z]+)$/.exec(base) ?? []
  if (name === undefined || suffix === undefined) return undefined
  return [...kinds.values(), ...connections].some((kind) => kind.suffix === suffix) ? { name, suffix } : undefined
}

/** Whether a package holds contracts only. */
export const isSpec = (packageName: string): boolean => packageName.endsWith("-spec")
