/** What a source file defines and exports, read without running it. */
import type { Expression as AnyExpression, File, ParserOptions } from "@babel/parser"
import * as Effect from "effect/Effect"

/** A class or a constant that is made by `<Kind>.make("<title>", ...)`. */
export interface Made {
  readonly name: string
  readonly line: number
  readonly exported: boolean
  /** The module that makes it, as it is called: `StateChangeSlice`. */
  readonly kind: string
  /** Where that module comes from; absent when the file doesn't import it. */
  readonly from: string | undefined
  /** The name that it is given; absent unless it is written as a string. */
  readonly title: string | undefined
}

/** A source file. */
export interface Source {
  /** From the package's folder, with slashes: `src/AddProduct/AddProduct.ts`. */
  readonly file: string
  readonly made: ReadonlyArray<Made>
  /** The names of the values that it exports. */
  readonly exports: ReadonlySet<string>
  /** Why it can't be read. */
  readonly error?: { readonly line: number; readonly message: string }
}

/** The package of the kinds. */
export const core = "@reventless/core"

type Statement = File["program"]["body"][number]
type Node<Type> = Extract<Statement, { readonly type: Type }>
type Import = Node<"ImportDeclaration">
type Specifier = Import["specifiers"][number]
type Declaration = NonNullable<Node<"ExportNamedDeclaration">["declaration"]>

/** What a local name stands for: a module, or what a module exports. */
interface Imported {
  readonly from: string
  readonly name: string | undefined
}

const exportedName = (node: { readonly name: string } | { readonly value: string }): string =>
  "name" in node ? node.name : node.value

const importedBy = (specifier: Specifier): string | undefined =>
  specifier.type === "ImportSpecifier" ? exportedName(specifier.imported) : undefined

const importsOf = (body: ReadonlyArray<Statement>): ReadonlyMap<string, Imported> =>
  new Map(
    body.flatMap((statement) =>
      statement.type === "ImportDeclaration"
        ? statement.specifiers.map((specifier) =>
          [specifier.local.name, { from: statement.source.value, name: importedBy(specifier) }] as const
        )
        : []
    )
  )

/** The module behind `<expression>.make`, and where it is from. */
const makerOf = (
  callee: Call["callee"],
  imports: ReadonlyMap<string, Imported>
): Pick<Made, "from" | "kind"> | undefined => {
  const moduleOf = (from: string) => from.slice(from.lastIndexOf("/") + 1)
  // import { make } from "@reventless/core/Task"
  if (callee.type === "Identifier") {
    const imported = imports.get(callee.name)
    return imported?.name === "make" ? { kind: moduleOf(imported.from), from: imported.from } : undefined
  }
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return undefined
  if (callee.property.name !== "make") return undefined
  const { object } = callee
  if (object.type === "Identifier") {
    const imported = imports.get(object.name)
    if (imported === undefined) return { kind: object.name, from: undefined }
    // import { Task } from "@reventless/core", or import * as Task from "@reventless/core/Task"
    if (imported.name !== undefined) return { kind: imported.name, from: imported.from }
    return { kind: imported.from.startsWith(`${core}/`) ? moduleOf(imported.from) : object.name, from: imported.from }
  }
  // import * as Reventless from "@reventless/core"; Reventless.Task.make
  if (
    object.type === "MemberExpression" && object.object.type === "Identifier" && object.property.type === "Identifier"
  ) {
    return { kind: object.property.name, from: imports.get(object.object.name)?.from }
  }
  return undefined
}

type Call = Extract<AnyExpression, { readonly type: "CallExpression" }>

const titleOf = (node: Call["arguments"][number] | undefined): string | undefined => {
  if (node?.type === "StringLiteral") return node.value
  if (node?.type === "TemplateLiteral" && node.expressions.length === 0) {
    return node.quasis[0]?.value.cooked ?? undefined
  }
  return undefined
}

/** The call in `class extends (call as any)` and the like. */
const callIn = (node: AnyExpression): Call | undefined => {
  if (node.type === "CallExpression") return node
  if (node.type === "ClassExpression") return node.superClass == null ? undefined : callIn(node.superClass)
  if (
    node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression" || node.type === "TSNonNullExpression" ||
    node.type === "TSInstantiationExpression" || node.type === "ParenthesizedExpression"
  ) {
    return callIn(node.expression)
  }
  return undefined
}

/** The values that a declaration names, with what makes them. */
const valuesOf = (
  declaration: Statement | Declaration
): ReadonlyArray<{ readonly name: string; readonly line: number; readonly by?: AnyExpression }> => {
  const line = declaration.loc?.start.line ?? 1
  switch (declaration.type) {
    case "ClassDeclaration":
      return declaration.id == null
        ? []
        : [{
          name: declaration.id.name,
          line,
          ...(declaration.superClass == null ? {} : { by: declaration.superClass })
        }]
    case "FunctionDeclaration":
      return declaration.id == null ? [] : [{ name: declaration.id.name, line }]
    case "VariableDeclaration":
      return declaration.declarations.flatMap(({ id, init }) =>
        id.type === "Identifier" ? [{ name: id.name, line, ...(init == null ? {} : { by: init }) }] : []
      )
    default:
      return []
  }
}

/** What a statement declares, exported or not. */
const declarationIn = (statement: Statement): Statement | Declaration => {
  const { type } = statement
  if (type === "ExportNamedDeclaration") return statement.declaration ?? statement
  return type === "ExportDefaultDeclaration" && statement.declaration.type === "ClassDeclaration"
    ? statement.declaration
    : statement
}

const exportsOf = (statement: Statement): ReadonlyArray<readonly [exported: string, local: string | undefined]> => {
  if (statement.type !== "ExportNamedDeclaration" || statement.exportKind === "type") return []
  if (statement.declaration != null) return valuesOf(statement.declaration).map(({ name }) => [name, name])
  return statement.specifiers.flatMap((specifier) =>
    specifier.type === "ExportSpecifier" && specifier.exportKind !== "type"
      ? [[exportedName(specifier.exported), statement.source == null ? exportedName(specifier.local) : undefined]]
      : []
  )
}

const read = (file: string, { program: { body } }: File): Source => {
  const imports = importsOf(body)
  const exported = body.flatMap(exportsOf)
  const made = body.flatMap((statement) => {
    return valuesOf(declarationIn(statement)).flatMap(({ by, line, name }): ReadonlyArray<Made> => {
      const call = by === undefined ? undefined : callIn(by)
      const maker = call === undefined ? undefined : makerOf(call.callee, imports)
      if (call === undefined || maker === undefined) return []
      const isExported = exported.some(([as, local]) => as === name && local === name)
      return [{ name, line, exported: isExported, ...maker, title: titleOf(call.arguments[0]) }]
    })
  })
  return { file, made, exports: new Set(exported.map(([as]) => as)) }
}

const failed = (file: string, error: unknown): Source => {
  const { loc, message } = error as SyntaxError & { readonly loc?: { readonly line: number } }
  return {
    file,
    made: [],
    exports: new Set(),
    error: { line: loc?.line ?? 1, message: message.replace(/ \(\d+:\d+\)$/, "") }
  }
}

/** Whatever a compiler may take; what is read but wrong, such as a name that is declared twice, is left to it. */
const options: ParserOptions = {
  sourceType: "module",
  errorRecovery: true,
  plugins: ["typescript", "decorators", "decoratorAutoAccessors", "deferredImportEvaluation"]
}

/** Reads source texts. The parser is loaded when it is first needed: other commands do without. */
export const reader = Effect.map(
  Effect.promise(() => import("@babel/parser")),
  ({ parse }) => (file: string, text: string): Effect.Effect<Source> =>
    Effect.match(
      Effect.try({
        try: () => read(file, parse(text, options)),
        catch: (error) => failed(file, error)
      }),
      { onFailure: (source) => source, onSuccess: (source) => source }
    )
)
