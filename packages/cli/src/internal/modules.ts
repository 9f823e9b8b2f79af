import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Predicate from "effect/Predicate"
import { refused } from "./failure.ts"

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0]!

/**
 * What a module exports, and what the modules export that it exports as a name. A file is imported as it is: JavaScript, or
 * TypeScript whose types Node can strip.
 */
export const load = Effect.fnUntraced(function*(file: string) {
  const path = yield* Path.Path
  const fs = yield* FileSystem.FileSystem
  if (!(yield* Effect.orElseSucceed(fs.exists(file), () => true))) return yield* refused(`There is no file '${file}'.`)
  const url = yield* Effect.orDie(path.toFileUrl(path.resolve(file)))
  const module = yield* Effect.tryPromise({
    try: (): Promise<Readonly<Record<string, unknown>>> => import(/* @vite-ignore */ url.href),
    catch: (error) =>
      refused(
        `${file} can't be imported: ${messageOf(error)}. It must be JavaScript, or TypeScript that Node can run (no ` +
          "enums, namespaces or parameter properties), and its packages must be installed."
      )
  })
  return [...new Set(valuesOf(module, 2))]
})

const isModule = (value: unknown): value is Readonly<Record<string, unknown>> =>
  Predicate.hasProperty(value, Symbol.toStringTag) && value[Symbol.toStringTag] === "Module"

const valuesOf = (module: Readonly<Record<string, unknown>>, depth: number): ReadonlyArray<unknown> =>
  Object.values(module).flatMap((value) => isModule(value) ? (depth > 0 ? valuesOf(value, depth - 1) : []) : [value])
