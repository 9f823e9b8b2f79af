/** What doesn't follow the conventions, and the way out of each. */
import { bodyOf, isConnection, kinds } from "./conventions.ts"
import { byText } from "./order.ts"
import { core, type Made, type Source } from "./source.ts"

/** A sentence about a file, which says what to do. */
export interface Problem {
  /** From the package's folder. */
  readonly file: string
  readonly line?: number
  readonly message: string
}

export type Place = Pick<Problem, "file" | "line">

/** Something that is made in a file. */
export interface Definition extends Made {
  readonly file: string
}

export const folderOf = (file: string): string => file.slice(0, file.lastIndexOf("/"))

/** A file's name without its ending. */
export const baseOf = (file: string): string => file.slice(file.lastIndexOf("/") + 1, -".ts".length)

/** What a definition is called by most: where its three names differ, one word about that is enough. */
export const nameOf = ({ file, name, title }: Definition): string =>
  name === baseOf(file) || title === baseOf(file) ? baseOf(file) : name

/** `src/AddProduct/AddProduct.ts:18` */
export const placeOf = ({ file, line }: Place): string => line === undefined ? file : `${file}:${line}`

/** Problems as one reads them: by file, then by line. */
export const byPlace = (a: Problem, b: Problem): number =>
  byText(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || byText(a.message, b.message)

/** The files beside a definition that are named as bodies of one of the names. */
export const bodiesBeside = (
  { file }: Definition,
  names: ReadonlyArray<string>,
  sources: ReadonlyMap<string, Source>
): ReadonlyArray<string> =>
  [...sources.keys()].filter((other) => {
    const body = bodyOf(baseOf(other))
    return folderOf(other) === folderOf(file) && body !== undefined && !isConnection(body.suffix) &&
      names.includes(body.name)
  })

/** `a, b and c`. */
export const listed = (parts: ReadonlyArray<string>): string =>
  parts.length < 2 ? parts.join("") : `${parts.slice(0, -1).join(", ")} and ${parts.at(-1)}`

export const unreadable = (file: string, { line, message }: NonNullable<Source["error"]>): Problem => ({
  file,
  line,
  message: `it can't be read: ${message.replace(/\.$/, "")}. Mend what the compiler says first.`
})

/** A definition's class, the string that it is given and its file have one name, and others can import it. */
export const ofDefinition = (definition: Definition): ReadonlyArray<Problem> => {
  const { exported, file, kind, line, name, title } = definition
  const base = baseOf(file)
  const names = title === undefined
    ? `the name of ${name} can't be read without running it. Write it as a string: ${kind}.make("${name}", ...).`
    : title !== name
    ? `${name} is made as "${title}" in ${base}.ts. Give the class, the string and the file one name.`
    : base === name
    ? undefined
    : `${name} is defined in ${base}.ts. A definition has a file of its name: ${
      bodyOf(base) === undefined ? `rename the file to ${name}.ts, or move ${name} there` : `move ${name} to ${name}.ts`
    }.`
  return [
    ...names === undefined ? [] : [{ file, line, message: names }],
    ...exported ? [] : [{ file, line, message: `${name} isn't exported. Write 'export class ${name} ...'.` }]
  ]
}

/**
 * A definition has no body where it is looked for; says where something like it is. Answers those files, too: no more is
 * to be said of them.
 */
export const missingBody = (
  definition: Definition,
  expected: string,
  sources: ReadonlyMap<string, Source>
): { readonly problem: Problem; readonly told: ReadonlyArray<string> } => {
  const { file, kind, line } = definition
  const name = nameOf(definition)
  const live = `${name}Live`
  const elsewhere = [...sources.keys()].filter((other) => baseOf(other) === baseOf(expected))
  const beside = bodiesBeside(definition, [name, baseOf(file)], sources)
  const way = sources.get(file)?.exports.has(live) === true
    ? `Move ${live} there, out of ${baseOf(file)}.ts.`
    : elsewhere[0] !== undefined
    ? `Move ${elsewhere[0]} there.`
    : beside[0] !== undefined
    ? `Rename ${beside[0]}.`
    : `Write it, exporting ${live}.`
  const message = `${name} has no body: that of the kind ${kind} is ${expected}. ${way}`
  return { problem: { file, line, message }, told: [...elsewhere, ...beside] }
}

export const missingExport = (file: string, live: string): Problem => ({
  file,
  message: `it doesn't export ${live}. Write 'export const ${live} = ...'.`
})

/** A body that no definition has, or not under this name. */
export const strayBody = (
  file: string,
  name: string,
  definition: Definition | undefined,
  sources: ReadonlyMap<string, Source>
): Problem => {
  const own = `${folderOf(file)}/${name}.ts`
  const message = definition !== undefined
    ? `${name} is of the kind ${definition.kind}, whose body is ${name}_${kinds.get(definition.kind)?.suffix}.ts. ` +
      "Rename this file, or remove it."
    : sources.has(own)
    ? `there is no definition for this body: ${own} has no 'class ${name} extends <Kind>.make("${name}", ...)'. ` +
      "Write it so, rename this file, or write Plugin.ts by hand."
    : `there is no definition for this body. Define ${name} in ${own}, or rename this file.`
  return { file, message }
}

/** What makes it isn't a kind of component, or isn't known as one. */
export const unknownKind = (definition: Definition): Problem => {
  const { file, from, kind, line, name } = definition
  const origin = from === undefined ? "isn't imported" : `is from "${from}"`
  const way = kinds.has(kind)
    ? `Import it from "${core}/${kind}"`
    : `The kinds are ${listed([...kinds.keys()])}: make it one of them`
  return {
    file,
    line,
    message: `${name} is made by ${kind}, which ${origin}. ${way}, or write Plugin.ts by hand.`
  }
}

export const contractOutside = ({ file, line, name }: Definition, packageName: string): Problem => ({
  file,
  line,
  message: `${name} is a contract, and '${packageName}' is no package of contracts. ` +
    "Move it to one whose name ends in '-spec': that is all that other plugins import."
})

/** Components that would be one name in the plugin, by where they are. */
export const sameName = (name: string, first: Place, others: ReadonlyArray<Place>): Problem => ({
  ...first,
  message: `${name} is also defined in ${listed(others.map(placeOf))}. A plugin's names are unique: rename one.`
})

/** Files that would export one name. */
export const sameLive = (live: string, first: Place, others: ReadonlyArray<Place>): Problem => ({
  ...first,
  message: `${live} is also what ${
    listed(others.map(placeOf))
  } comes to. Rename one; what belongs to one contract merges anyway.`
})
