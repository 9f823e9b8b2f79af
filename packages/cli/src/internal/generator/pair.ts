/** Definitions and their bodies: which components a plugin has, and why it can't be made of its files. */
import { bodyOf, connections, isSpec, kinds, type List, lists } from "./conventions.ts"
import { byText } from "./order.ts"
import * as Problems from "./problems.ts"
import { core, type Source } from "./source.ts"

/** What the plugin lists. */
export interface Component {
  readonly name: string
  readonly list: List
  /** What the body exports. */
  readonly live: string
  /** The body's file, from the package's folder. */
  readonly file: string
  /** Where its definition is, or its file when it stands alone. */
  readonly definedAt: Problems.Place
}

/** Components in the order of the plugin's lists, then by name. */
export interface Paired {
  readonly components: ReadonlyArray<Component>
  readonly problems: ReadonlyArray<Problems.Problem>
}

/** What a look at one thing came to, and which bodies need no further word. */
interface Look {
  readonly components?: ReadonlyArray<Component>
  readonly problems: ReadonlyArray<Problems.Problem>
  readonly told?: ReadonlyArray<string>
}

const isCore = ({ from }: Problems.Definition): boolean => from === core || from?.startsWith(`${core}/`) === true

/** What a file that can be read should export and doesn't. */
const lacking = ({ error, exports, file }: Source, live: string): Problems.Problem | undefined =>
  error === undefined && !exports.has(live) ? Problems.missingExport(file, live) : undefined

const lookAtDefinition = (definition: Problems.Definition, sources: ReadonlyMap<string, Source>): Look => {
  const name = Problems.nameOf(definition)
  const { list, suffix } = kinds.get(definition.kind)!
  const file = `${Problems.folderOf(definition.file)}/${name}_${suffix}.ts`
  const live = `${name}Live`
  const body = sources.get(file)
  const { problem, told } = body === undefined
    ? Problems.missingBody(definition, file, sources)
    : { problem: lacking(body, live), told: [file] }
  return {
    components: [{ name, list, live, file, definedAt: { file: definition.file, line: definition.line } }],
    problems: [...Problems.ofDefinition(definition), ...problem === undefined ? [] : [problem]],
    told
  }
}

const lookAtOther = (
  definition: Problems.Definition,
  sources: ReadonlyMap<string, Source>,
  packageName: string
): Look => {
  if (isCore(definition) && definition.kind === "ExtensionPoint") {
    return { problems: isSpec(packageName) ? [] : [Problems.contractOutside(definition, packageName)] }
  }
  const told = Problems.bodiesBeside(definition, [definition.name], sources)
  return { told, problems: told.length > 0 || kinds.has(definition.kind) ? [Problems.unknownKind(definition)] : [] }
}

const lookAtBody = (
  source: Source,
  sources: ReadonlyMap<string, Source>,
  definitions: ReadonlyArray<Problems.Definition>
): Look => {
  const { file } = source
  const { name, suffix } = bodyOf(Problems.baseOf(file)) ?? {}
  if (name === undefined) return { problems: [] }
  const connection = connections.find((one) => one.suffix === suffix)
  if (connection !== undefined) {
    const live = `${name}${connection.live}`
    const problem = lacking(source, live)
    return {
      components: [{ name, list: connection.list, live, file, definedAt: { file } }],
      problems: problem === undefined ? [] : [problem]
    }
  }
  const folder = Problems.folderOf(file)
  const definition = definitions.find((one) => Problems.nameOf(one) === name && Problems.folderOf(one.file) === folder)
  const isUnread = sources.get(`${folder}/${name}.ts`)?.error !== undefined
  return { problems: isUnread ? [] : [Problems.strayBody(file, name, definition, sources)] }
}

const duplicates = (components: ReadonlyArray<Component>): ReadonlyArray<Problems.Problem> =>
  [...Map.groupBy(components, ({ live }) => live)].flatMap(([live, [first, ...others]]) => {
    if (first === undefined || others.length === 0) return []
    const places = others.map(({ definedAt }) => definedAt)
    const isStanding = [first, ...others].some(({ list }) => connections.some((one) => one.list === list))
    return [
      isStanding
        ? Problems.sameLive(live, first.definedAt, places)
        : Problems.sameName(first.name, first.definedAt, places)
    ]
  })

/** Pairs definitions with bodies. The order of the sources doesn't matter. */
export const pair = (packageName: string, given: ReadonlyArray<Source>): Paired => {
  const ordered = [...given].sort((a, b) => byText(a.file, b.file))
  const sources = new Map(ordered.map((source) => [source.file, source]))
  const made = ordered.flatMap(({ file, made }) => made.map((one): Problems.Definition => ({ ...one, file })))
  const { false: others = [], true: definitions = [] } = Object.groupBy(
    made,
    (one) => `${isCore(one) && kinds.has(one.kind)}` as const
  )
  const looks = [
    ...definitions.map((one) => lookAtDefinition(one, sources)),
    ...others.map((one) => lookAtOther(one, sources, packageName))
  ]
  const told = new Set(looks.flatMap(({ told = [] }) => told))
  const all = [
    ...looks,
    ...ordered.filter(({ file }) => !told.has(file)).map((source) => lookAtBody(source, sources, definitions))
  ]
  const components = all.flatMap(({ components = [] }) => components).sort((a, b) =>
    lists.indexOf(a.list) - lists.indexOf(b.list) || byText(a.name, b.name) || byText(a.file, b.file)
  )
  const problems = [
    ...ordered.flatMap(({ error, file }) => error === undefined ? [] : [Problems.unreadable(file, error)]),
    ...all.flatMap(({ problems }) => problems),
    ...duplicates(components)
  ]
  return { components, problems }
}
