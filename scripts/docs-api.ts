/**
 * The API reference: a page for each public module, from the docstrings and declarations of its exports. Types are shown
 * as they are written in the sources; values whose type is inferred as the compiler declares them in `dist`, so `tsc -b`
 * has to have run.
 *
 * It reads with the compiler API of TypeScript 6, which TypeScript 7 doesn't have; `test/types` holds it.
 */
import * as fs from "node:fs"
import * as path from "node:path"
import ts from "../test/types/node_modules/typescript/lib/typescript.js"
import { root } from "./packages.ts"

interface Page {
  readonly file: string
  readonly text: string
}

/** An export: several declarations of one name (a type and its schema) are one entry. */
interface Entry {
  readonly name: string
  doc: string
  readonly signatures: Array<string>
}

interface Module {
  readonly name: string
  readonly specifier: string
  readonly source: string
  readonly doc: string
  readonly entries: ReadonlyArray<Entry>
}

const width = 100

const parse = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true)

/** The text of a `/** ... *\/` comment without its stars. */
const unstar = (comment: string): string =>
  comment.slice(3, -2).split("\n").map((line) => line.replace(/^\s*\*? ?/, "")).join("\n").trim()

const comments = (node: ts.Node): ReadonlyArray<string> => {
  const text = node.getSourceFile().text
  return (ts.getLeadingCommentRanges(text, node.getFullStart()) ?? [])
    .map(({ end, pos }) => text.slice(pos, end))
    .filter((comment) => comment.startsWith("/**"))
    .map(unstar)
}

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) &&
  (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)

const isFunctionLike = (
  node: ts.Node | undefined
): node is ts.ArrowFunction | ts.FunctionTypeNode =>
  node !== undefined && (ts.isArrowFunction(node) || ts.isFunctionTypeNode(node))

/** A text of several lines that ends where it began, whatever its indentation was. */
const outdent = (text: string): string => {
  const indent = /\n( *)\S[^\n]*$/.exec(text)?.[1] ?? ""
  return text.replaceAll(`\n${indent}`, "\n")
}

const list = (open: string, close: string, items: ReadonlyArray<string>, broken: boolean): string =>
  broken
    ? `${open}\n${items.map(outdent).join(",\n").replace(/^/gm, "  ")}\n${close}`
    : `${open}${items.join(", ")}${close}`

/** A parameter as callers see it: without a default value, which makes it optional. */
const parameter = (node: ts.ParameterDeclaration): string => {
  const name = ts.isIdentifier(node.name) ? node.name.text : "options"
  const optional = node.initializer !== undefined || node.questionToken !== undefined
  return `${node.dotDotDotToken === undefined ? "" : "..."}${name}${optional ? "?" : ""}: ${
    node.type?.getText() ?? "unknown"
  }`
}

/** A function's type: on one line if it fits, else a line for each parameter. */
const functionType = (name: string, node: ts.ArrowFunction | ts.FunctionTypeNode): string => {
  const types = (node.typeParameters ?? []).map((one) => one.getText())
  const parameters = node.parameters.map(parameter)
  const result = node.type?.getText() ?? "unknown"
  const write = (broken: boolean) =>
    `const ${name}: ${types.length === 0 ? "" : list("<", ">", types, broken && types.join(", ").length > width)}` +
    `${list("(", ")", parameters, broken && parameters.length > 0)} => ${result}`
  const short = write(false)
  return short.split("\n").every((line) => line.length <= width) ? short : write(true)
}

/** The compiler's four spaces, semicolons and imports in the style of the sources. */
const restyle = (text: string): string =>
  text
    .replace(/import\("\.\/internal\/\w+\.ts"\)\./g, "")
    .replace(/import\("[^"]*?(\w+)(?:\.ts)?"\)\./g, "$1.")
    .split("\n")
    .map((line) => line.replace(/^( {4})+/, (indent) => indent.slice(indent.length / 2)).replace(/;$/, ""))
    .join("\n")

const declared = (name: string, { initializer, type }: ts.VariableDeclaration): string =>
  isFunctionLike(type)
    ? functionType(name, type)
    : type === undefined && initializer !== undefined
    ? `const ${name} = ${initializer.getText()}`
    : `const ${name}: ${type?.getText() ?? "unknown"}`

/** A class without what its members do. */
const classText = (node: ts.ClassDeclaration): string => {
  const heritage = (node.heritageClauses ?? []).map((clause) => clause.getText()).join(" ")
  const members = node.members.flatMap((member) => {
    const name = member.name?.getText()
    if (name === undefined || name === "message" || name.startsWith("#")) return []
    const text = member.getText()
    const body = "body" in member && member.body !== undefined ? (member.body as ts.Node).getText() : ""
    const doc = comments(member).map((one) => `  /** ${one} */\n`).join("")
    return [`${doc}  ${text.slice(0, text.length - body.length).trim()}`]
  })
  const head = `class ${node.name?.text ?? ""} ${heritage}`
  return members.length === 0 ? `${head} {}` : `${head} {\n${members.join("\n")}\n}`
}

/** The declarations of a source's `.d.ts` in `dist` by name, for values whose type is inferred. */
const declarations = (source: string): ReadonlyMap<string, string> => {
  const file = source.replace("/src/", "/dist/").replace(/\.ts$/, ".d.ts")
  if (!fs.existsSync(file)) throw new Error(`${file} is missing; run 'tsc -b' first`)
  return new Map(
    parse(file).statements.filter(ts.isVariableStatement).flatMap((statement) =>
      statement.declarationList.declarations.map((
        one
      ) => [one.name.getText(), restyle(declared(one.name.getText(), one))])
    )
  )
}

/** The module that a name is imported from, when it is one of ours. */
const importedFrom = (file: ts.SourceFile, name: string): ts.SourceFile | undefined => {
  const found = file.statements.filter(ts.isImportDeclaration).find((statement) => {
    const bindings = statement.importClause?.namedBindings
    return bindings !== undefined && ts.isNamedImports(bindings) &&
      bindings.elements.some((element) => element.name.text === name)
  })
  const specifier = (found?.moduleSpecifier as ts.StringLiteral | undefined)?.text
  return specifier?.startsWith(".") === true ? parse(path.resolve(path.dirname(file.fileName), specifier)) : undefined
}

/** The function that a call of a local function answers, as in `make = variant(false)`. */
const answered = (initializer: ts.Expression | undefined): ts.ArrowFunction | undefined => {
  if (initializer === undefined || !ts.isCallExpression(initializer) || !ts.isIdentifier(initializer.expression)) {
    return undefined
  }
  const { text: called } = initializer.expression
  const file = initializer.getSourceFile()
  const maker = (importedFrom(file, called) ?? file).statements.filter(ts.isVariableStatement)
    .flatMap((statement) => statement.declarationList.declarations)
    .find((one) => one.name.getText() === called)?.initializer
  return maker !== undefined && ts.isArrowFunction(maker) && ts.isArrowFunction(maker.body) &&
      maker.body.type !== undefined
    ? maker.body
    : undefined
}

const signature = (
  statement: ts.Statement
): ReadonlyArray<{ readonly name: string; readonly text: string }> => {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((one) => {
      const name = one.name.getText()
      if (one.type !== undefined) return { name, text: declared(name, one) }
      const { initializer } = one
      const written = isFunctionLike(initializer) && initializer.type !== undefined
        ? initializer
        : answered(initializer)
      return {
        name,
        text: written === undefined
          ? declarations(statement.getSourceFile().fileName).get(name) ?? `const ${name}: unknown`
          : functionType(name, written)
      }
    })
  }
  if (ts.isClassDeclaration(statement)) return [{ name: statement.name?.text ?? "", text: classText(statement) }]
  return ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)
    ? [{ name: statement.name.text, text: statement.getText().replace(/^export /, "") }]
    : []
}

/**
 * The interfaces of internal modules that a type names, as in `type Options = TodoDefinition.Options`: no other page shows
 * what is in them.
 */
const internals = (statement: ts.Statement): ReadonlyArray<string> => {
  if (!ts.isInterfaceDeclaration(statement) && !ts.isTypeAliasDeclaration(statement)) return []
  const { fileName, statements } = statement.getSourceFile()
  const text = statement.getText()
  return statements.filter(ts.isImportDeclaration).flatMap(({ importClause, moduleSpecifier }) => {
    const bindings = importClause?.namedBindings
    const { text: specifier } = moduleSpecifier as ts.StringLiteral
    const from = path.resolve(path.dirname(fileName), specifier)
    if (!specifier.startsWith(".") || !from.includes("/src/internal/")) return []
    if (bindings === undefined || !ts.isNamespaceImport(bindings)) return []
    const { text: namespace } = bindings.name
    const named = new Set([...text.matchAll(new RegExp(`\\b${namespace}\\.(\\w+)`, "g"))].map((match) => match[1]))
    return parse(from).statements.filter(ts.isInterfaceDeclaration)
      .filter((one) => isExported(one) && named.has(one.name.text))
      .map((one) => one.getText().replace(/^export interface /, `interface ${namespace}.`))
  })
}

const readModule = (folder: string, name: string): Module => {
  const source = `${folder}/src/${name}.ts`
  const file = parse(path.join(root, source))
  const entries = new Map<string, Entry>()
  const add = (statement: ts.Statement, wanted?: ReadonlySet<string>): void => {
    for (const one of signature(statement)) {
      if (wanted !== undefined && !wanted.has(one.name)) continue
      const entry = entries.get(one.name) ?? { name: one.name, doc: "", signatures: [] }
      const doc = comments(statement).at(-1) ?? ""
      // The doc of a schema often repeats the one of its type.
      if (doc !== "" && !entry.doc.includes(doc)) entry.doc = entry.doc === "" ? doc : `${entry.doc}\n\n${doc}`
      entry.signatures.push(
        ...[one.text, ...internals(statement)].map((text) => text.replace(/\{@link ([\w.]+)\}/g, "$1"))
      )
      entries.set(one.name, entry)
    }
  }
  for (const statement of file.statements) {
    if (isExported(statement)) add(statement)
    else if (
      ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined &&
      statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)
    ) {
      const names = new Set(statement.exportClause.elements.map((element) => element.name.text))
      const from = (statement.moduleSpecifier as ts.StringLiteral).text
      for (const other of parse(path.join(root, folder, "src", from)).statements) {
        if (isExported(other)) add(other, names)
      }
    }
  }
  const [first] = file.statements
  const header = first === undefined ? [] : comments(first)
  return {
    name,
    specifier: `@reventless/${path.basename(folder)}/${name}`,
    source,
    doc: first !== undefined && (!isExported(first) || header.length > 1) ? header[0] ?? "" : "",
    entries: [...entries.values()]
  }
}

/** A docstring as Markdown: examples get a title, links to entries of the page lead there. */
const markdown = (doc: string, names: ReadonlySet<string>): string =>
  doc
    .replace(/\{@link ([\w.]+)\}/g, (_, to: string) => names.has(to) ? `[${to}](#${to.toLowerCase()})` : `\`${to}\``)
    .replace(/^@example\n/gm, "Example:\n\n")

const renderModule = ({ doc, entries, name, source, specifier }: Module): string => {
  const names = new Set(entries.map((entry) => entry.name))
  const sections = entries.map((entry) => {
    const [about = "", ...examples] = markdown(entry.doc, names).split(/^(?=Example:$)/m)
    return [
      `## ${entry.name}`,
      about.trim(),
      ["```ts", entry.signatures.join("\n\n"), "```"].join("\n"),
      ...examples.map((example) => example.trim())
    ].filter((part) => part !== "").join("\n\n")
  })
  return [
    "<!-- Made by 'pnpm run docs' from the docstrings of the module; edit those. -->",
    `# ${name}`,
    `\`import * as ${name} from "${specifier}"\` ([source](../../../${source}))`,
    markdown(doc, names),
    ...sections
  ].filter((part) => part !== "").join("\n\n") + "\n"
}

const firstSentence = (doc: string): string => /^[\s\S]*?\.(?=\s|$)/.exec(doc)?.[0].replace(/\s+/g, " ") ?? ""

/** Every page of the reference, the index first. */
export const pages = (): ReadonlyArray<Page> => {
  const packages = fs.globSync("packages/*/package.json", { cwd: root }).map((file) => path.dirname(file)).sort()
    .map((folder) => ({
      folder,
      about: JSON.parse(fs.readFileSync(path.join(root, folder, "package.json"), "utf8")).description as string,
      modules: fs.globSync("src/*.ts", { cwd: path.join(root, folder) }).sort()
        .map((file) => path.basename(file, ".ts"))
        .filter((name) => name !== "index")
        .map((name) => readModule(folder, name))
        .filter((module) => module.entries.length > 0)
    }))
  const index = [
    "<!-- Made by 'pnpm run docs' from the docstrings of the modules; edit those. -->",
    "# API reference",
    "A page for each public module. What stands here is what the docstrings in the sources say.",
    ...packages.flatMap(({ about, folder, modules }) => [
      `## @reventless/${path.basename(folder)}`,
      `${about}.`,
      modules.map(({ doc, name }) =>
        `- [${name}](${path.basename(folder)}/${name}.md): ${markdown(firstSentence(doc), new Set())}`
      ).join(
        "\n"
      )
    ])
  ].join("\n\n") + "\n"
  return [
    { file: "docs/api/README.md", text: index },
    ...packages.flatMap(({ folder, modules }) =>
      modules.map((module) => ({
        file: `docs/api/${path.basename(folder)}/${module.name}.md`,
        text: renderModule(module)
      }))
    )
  ]
}
